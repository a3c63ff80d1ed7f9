import type { IamRole } from "./world.ts";

/** Returns a role's ARN, which has its path and no region. */
export function roleArn(accountId: string, { roleName, path }: Pick<IamRole, "roleName" | "path">): string {
  return `arn:aws:iam::${accountId}:role${path}${roleName}`;
}
