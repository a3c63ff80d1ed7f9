import type { GetCallerIdentityResponse } from "@aws-sdk/client-sts";
import * as sdk from "@aws-sdk/client-sts";
import type { Service } from "./service.ts";
import type { World } from "./world.ts";

/** The caller's identity. Needs no permission, and cannot be denied (STS API reference, GetCallerIdentity). */
export function createSts({ accountId }: World): Service {
  return {
    name: "sts",
    sdk,
    operations: {
      GetCallerIdentity: (_input, { principal }): GetCallerIdentityResponse => ({
        Account: accountId,
        Arn: principal ?? `arn:aws:iam::${accountId}:user/operator`,
        UserId: "AIDAEXAMPLEUSER",
      }),
    },
  };
}
