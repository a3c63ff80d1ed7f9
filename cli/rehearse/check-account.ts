/** Whether the account and the region allow what Holdfast needs, before anything is made. */
import { DescribeTrailsCommand, GetTrailStatusCommand } from "@aws-sdk/client-cloudtrail";
import {
  DescribeAddressesCommand,
  DescribeAvailabilityZonesCommand,
  DescribeVpcBlockPublicAccessOptionsCommand,
  DescribeVpcsCommand,
} from "@aws-sdk/client-ec2";
import { GetServiceQuotaCommand } from "@aws-sdk/client-service-quotas";
import { readable } from "../../src/aws/errors.ts";
import { type Account, ask } from "./account.ts";
import { check } from "./check.ts";

/** `undefined`: AWS did not say. */
interface Facts {
  readonly blockMode: string | undefined;
  readonly addresses: number;
  readonly addressQuota: number | undefined;
  readonly vpcs: number;
  readonly vpcQuota: number | undefined;
  readonly concurrency: number | undefined;
  readonly trailLogs: boolean | undefined;
  readonly zones: number;
  /** What the rehearsal makes. */
  readonly needed: { readonly addresses: number; readonly vpcs: number };
}

/** New accounts may have no more than ten (Lambda quotas); Holdfast's own functions and the members share them. */
const littleConcurrency = 10;

const quotas = {
  addresses: ["ec2", "L-0263D0A3"],
  vpcs: ["vpc", "L-F678F1CE"],
  concurrency: ["lambda", "L-B99A9384"],
} as const;

export const accountCheck = check<Facts>({
  id: "account",
  question: "Do quotas, VPC Block Public Access and CloudTrail allow a deployment?",
  needs: [],
  makes: "",
  seconds: 5,
  async observe({ account, run, choices, network }) {
    const { ec2 } = account.clients;
    account.say("reading quotas, VPC Block Public Access and trails");
    const own = (tags: readonly { Value?: string | undefined }[] = []) => tags.some(({ Value }) => Value === run.id);
    const { Addresses = [] } = await ask(account, "ec2:DescribeAddresses", () =>
      ec2.send(new DescribeAddressesCommand({})),
    );
    const { Vpcs = [] } = await ask(account, "ec2:DescribeVpcs", () => ec2.send(new DescribeVpcsCommand({})));
    const options = await readable(() =>
      ask(account, "ec2:DescribeVpcBlockPublicAccessOptions", () =>
        ec2.send(new DescribeVpcBlockPublicAccessOptionsCommand({})),
      ),
    );
    const { AvailabilityZones = [] } = await ask(account, "ec2:DescribeAvailabilityZones", () =>
      ec2.send(new DescribeAvailabilityZonesCommand({})),
    );
    return {
      // An existing subnet may be excluded from what holds for the account.
      blockMode:
        (choices.existing && (await network()).blockMode) ??
        options?.VpcBlockPublicAccessOptions?.InternetGatewayBlockMode,
      addresses: Addresses.filter(({ Tags, ServiceManaged }) => !ServiceManaged && !own(Tags)).length,
      addressQuota: await quotaOf(account, quotas.addresses),
      vpcs: Vpcs.filter(({ Tags }) => !own(Tags)).length,
      vpcQuota: await quotaOf(account, quotas.vpcs),
      concurrency: await quotaOf(account, quotas.concurrency),
      trailLogs: await readable(() => trailLogs(account)),
      zones: AvailabilityZones.filter(({ ZoneType }) => ZoneType === "availability-zone").length,
      needed: { addresses: choices.nat ? 3 : 2, vpcs: choices.existing ? 0 : 1 },
    };
  },
  judge: judgeAccount,
});

export function judgeAccount(facts: Facts) {
  const { addresses, addressQuota, vpcs, vpcQuota, blockMode, trailLogs: logs, concurrency, zones, needed } = facts;
  const found = [
    `${addresses} of ${addressQuota ?? "an unknown number of"} Elastic IPs`,
    `${vpcs} of ${vpcQuota ?? "an unknown number of"} VPCs`,
    `${concurrency ?? "an unknown number of"} concurrent executions`,
    `${zones} zones`,
    `Block Public Access ${blockMode ?? "unknown"}`,
    logs === undefined ? "trails unknown" : logs ? "a trail that logs" : "no trail that logs",
  ].join(", ");
  if (blockMode !== undefined && blockMode !== "off") {
    return {
      outcome: "fail",
      found,
      meaning:
        "VPC Block Public Access lets nothing out through an internet gateway, whatever address an interface has",
      remediation: "exclude the VPC of Holdfast's pools (an exclusion that allows egress), or take a region without it",
    } as const;
  }
  if (addressQuota !== undefined && addresses + needed.addresses > addressQuota) {
    return {
      outcome: "fail",
      found,
      meaning: "there is no room for the addresses of a pool",
      remediation:
        "request a higher quota (Service Quotas, EC2-VPC Elastic IPs, L-0263D0A3), or release unused addresses",
    } as const;
  }
  if (vpcQuota !== undefined && vpcs + needed.vpcs > vpcQuota) {
    return {
      outcome: "fail",
      found,
      meaning: "there is no room for a VPC",
      remediation: "request a higher quota (Service Quotas, VPCs per Region, L-F678F1CE), or delete an unused VPC",
    } as const;
  }
  if (logs === false) {
    return {
      outcome: "differs",
      found,
      meaning:
        "without a trail that logs writes no event reaches a rule, so that healing begins with the sweep: a minute later",
      remediation: "set trail to create, or have a trail that logs management events",
    } as const;
  }
  if (concurrency !== undefined && concurrency <= littleConcurrency) {
    return {
      outcome: "differs",
      found,
      meaning: "Lambda throttles members, or the functions that heal them, when all run at once",
      remediation: "request a higher quota (Service Quotas, AWS Lambda, Concurrent executions, L-B99A9384)",
    } as const;
  }
  if ([blockMode, addressQuota, vpcQuota, concurrency, logs].includes(undefined)) {
    return {
      outcome: "differs",
      found,
      meaning: "a deployment checks the same, and warns that it could not",
      remediation: "allow the reads of `rehearse --print-policy`; a quota under another code is for the maintainers",
    } as const;
  }
  return { outcome: "pass", found } as const;
}

async function quotaOf(
  account: Account,
  [ServiceCode, QuotaCode]: readonly [string, string],
): Promise<number | undefined> {
  const command = new GetServiceQuotaCommand({ ServiceCode, QuotaCode });
  const read = () => ask(account, "servicequotas:GetServiceQuota", () => account.clients.quotas.send(command));
  return (await readable(read))?.Quota?.Value;
}

async function trailLogs(account: Account): Promise<boolean> {
  const { cloudTrail } = account.clients;
  const { trailList = [] } = await ask(account, "cloudtrail:DescribeTrails", () =>
    cloudTrail.send(new DescribeTrailsCommand({})),
  );
  for (const { TrailARN: Name } of trailList) {
    const { IsLogging } = await ask(account, "cloudtrail:GetTrailStatus", () =>
      cloudTrail.send(new GetTrailStatusCommand({ Name })),
    );
    if (IsLogging) return true;
  }
  return false;
}
