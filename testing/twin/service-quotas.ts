import type { GetServiceQuotaRequest } from "@aws-sdk/client-service-quotas";
import * as sdk from "@aws-sdk/client-service-quotas";
import type { Region } from "./region.ts";
import { AwsError, type Service } from "./service.ts";

/** Service Quotas, as far as Elastic IPs are concerned. */
export function createServiceQuotas({ world, addressQuota }: Pick<Region, "world" | "addressQuota">): Service {
  return {
    name: "servicequotas",
    sdk,
    operations: {
      GetServiceQuota({ ServiceCode, QuotaCode }: GetServiceQuotaRequest) {
        if (ServiceCode !== "ec2" || QuotaCode !== "L-0263D0A3") {
          throw new AwsError(
            "NoSuchResourceException",
            "The request failed because the specified quota does not exist.",
          );
        }
        return {
          Quota: {
            ServiceCode,
            QuotaCode,
            QuotaName: "EC2-VPC Elastic IPs",
            QuotaArn: `arn:aws:servicequotas:${world.region}:${world.accountId}:ec2/${QuotaCode}`,
            Value: addressQuota,
            Unit: "None",
            Adjustable: true,
            GlobalQuota: false,
          },
        };
      },
    },
  };
}
