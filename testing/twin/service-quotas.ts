import type { GetServiceQuotaRequest } from "@aws-sdk/client-service-quotas";
import * as sdk from "@aws-sdk/client-service-quotas";
import type { Region } from "./region.ts";
import { AwsError, type Service } from "./service.ts";

/** Service Quotas, as far as Elastic IPs, VPCs and concurrent executions are concerned; only the first is enforced. */
export function createServiceQuotas({ world, addressQuota }: Pick<Region, "world" | "addressQuota">): Service {
  // Defaults of a new account (VPC quotas; Lambda quotas).
  const quotas: Readonly<Record<string, readonly [name: string, value: number]>> = {
    "ec2/L-0263D0A3": ["EC2-VPC Elastic IPs", addressQuota],
    "vpc/L-F678F1CE": ["VPCs per Region", 5],
    "lambda/L-B99A9384": ["Concurrent executions", 1_000],
  };
  return {
    name: "servicequotas",
    sdk,
    operations: {
      GetServiceQuota({ ServiceCode, QuotaCode }: GetServiceQuotaRequest) {
        const quota = quotas[`${ServiceCode}/${QuotaCode}`];
        if (!quota) {
          throw new AwsError(
            "NoSuchResourceException",
            "The request failed because the specified quota does not exist.",
          );
        }
        const [QuotaName, Value] = quota;
        return {
          Quota: {
            ServiceCode,
            QuotaCode,
            QuotaName,
            QuotaArn: `arn:aws:servicequotas:${world.region}:${world.accountId}:${ServiceCode}/${QuotaCode}`,
            Value,
            Unit: "None",
            Adjustable: true,
            GlobalQuota: false,
          },
        };
      },
    },
  };
}
