/**
 * Lookups that the AWS provider (7.20.0) lacks, made with the AWS SDK: whether an address counts towards the quota, and
 * VPC Block Public Access.
 *
 * SST gives the program its credentials in SST_AWS_* (pkg/project/provider/aws.go), and leaves `@aws-sdk/*` to be loaded
 * from where the program runs (pkg/js/js.go, External). Without SST there are no credentials, and the lookups are skipped.
 */
import type { EC2Client } from "@aws-sdk/client-ec2";
import { getRegion } from "@pulumi/aws";
import { readOrWarn } from "./read-or-warn.ts";

/** `block-ingress` allows egress only through NAT gateways and egress-only gateways (SDK, BlockPublicAccessStates). */
export type BlockMode = "off" | "block-bidirectional" | "block-ingress";

/**
 * Returns how many addresses of the region count towards the quota: those of load balancers (`ServiceManaged`;
 * jantman/awslimitchecker#594) and those of the customer's own ranges (`PublicIpv4Pool`; alienplatform/alien#662) do not.
 */
export function countAddresses(): Promise<number | undefined> {
  return lookUp("which Elastic IPs count towards the quota", "ec2:DescribeAddresses", async (sdk, client) => {
    const { Addresses = [] } = await client.send(new sdk.DescribeAddressesCommand({}));
    const counted = Addresses.filter(
      ({ ServiceManaged, PublicIpv4Pool = "amazon" }) => ServiceManaged === undefined && PublicIpv4Pool === "amazon",
    );
    return counted.length;
  });
}

/** Returns the mode of VPC Block Public Access in each subnet of a VPC, exclusions included. */
export function readSubnetBlocks(vpcId: string): Promise<Map<string, BlockMode> | undefined> {
  return lookUp("VPC Block Public Access", "ec2:DescribeSubnets", async (sdk, client) => {
    const modes = new Map<string, BlockMode>();
    const input = { Filters: [{ Name: "vpc-id", Values: [vpcId] }] };
    for await (const { Subnets = [] } of sdk.paginateDescribeSubnets({ client }, input)) {
      for (const { SubnetId = "", BlockPublicAccessStates: states } of Subnets) {
        modes.set(SubnetId, states?.InternetGatewayBlockMode ?? "off");
      }
    }
    return modes;
  });
}

/** Returns the mode for VPCs that do not exist yet: no exclusion can apply to them. */
export function readRegionBlock(): Promise<BlockMode | undefined> {
  return lookUp("VPC Block Public Access", "ec2:DescribeVpcBlockPublicAccessOptions", async (sdk, client) => {
    const { VpcBlockPublicAccessOptions: options } = await client.send(
      new sdk.DescribeVpcBlockPublicAccessOptionsCommand({}),
    );
    return options?.InternetGatewayBlockMode ?? "off";
  });
}

type Sdk = typeof import("@aws-sdk/client-ec2");

async function lookUp<T>(
  unchecked: string,
  action: string,
  read: (sdk: Sdk, client: EC2Client) => Promise<T>,
): Promise<T | undefined> {
  const {
    SST_AWS_ACCESS_KEY_ID: accessKeyId,
    SST_AWS_SECRET_ACCESS_KEY: secretAccessKey,
    SST_AWS_SESSION_TOKEN: sessionToken,
  } = process.env;
  if (!accessKeyId || !secretAccessKey) return undefined;
  return readOrWarn(unchecked, action, async () => {
    const sdk = await import("@aws-sdk/client-ec2");
    const { region } = await getRegion({});
    const credentials = { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
    return read(sdk, new sdk.EC2Client({ region, credentials }));
  });
}
