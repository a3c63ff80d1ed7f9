import type { AssumeRoleRequest, AssumeRoleResponse, GetCallerIdentityResponse } from "@aws-sdk/client-sts";
import * as sdk from "@aws-sdk/client-sts";
import { accessKeyIdOf } from "./dispatch.ts";
import type { RegionContext } from "./region-context.ts";
import type { Service } from "./service.ts";

/** Of credentials that AssumeRole gives, unless asked for otherwise (STS API reference). */
const SESSION_SECONDS = 3_600;

/** The caller's identity, which cannot be denied (STS API reference, GetCallerIdentity), and sessions of roles. Trust is not judged. */
export function createSts({ world, clock }: Pick<RegionContext, "world" | "clock">): Service {
  const { accountId } = world;
  return {
    name: "sts",
    sdk,
    operations: {
      GetCallerIdentity: (_input, { principal }): GetCallerIdentityResponse => ({
        Account: accountId,
        Arn: principal ?? `arn:aws:iam::${accountId}:user/operator`,
        UserId: "AIDAEXAMPLEUSER",
      }),
      AssumeRole({
        RoleArn = "",
        RoleSessionName,
        DurationSeconds = SESSION_SECONDS,
      }: AssumeRoleRequest): AssumeRoleResponse {
        const arn = `arn:aws:sts::${accountId}:assumed-role/${RoleArn.split("/").at(-1)}/${RoleSessionName}`;
        return {
          Credentials: {
            AccessKeyId: accessKeyIdOf(arn),
            SecretAccessKey: "twin",
            SessionToken: "twin",
            Expiration: new Date(clock.now() + DurationSeconds * 1_000),
          },
          AssumedRoleUser: { AssumedRoleId: `AROAEXAMPLE:${RoleSessionName}`, Arn: arn },
        };
      },
    },
  };
}
