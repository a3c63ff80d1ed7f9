/** A pool's Elastic IPs, of whatever role. */
import { type Address, DescribeAddressesCommand, type EC2Client, type Tag } from "@aws-sdk/client-ec2";
import { call } from "../aws/errors.ts";
import { tagKeys } from "./tags.ts";

/** Returns every address with the pool's tag; the call has no pages (EC2 API reference, DescribeAddresses). */
export async function describePoolAddresses(ec2: EC2Client, poolName: string): Promise<Address[]> {
  const Filters = [{ Name: `tag:${tagKeys.pool}`, Values: [poolName] }];
  const output = await call("ec2:DescribeAddresses", () => ec2.send(new DescribeAddressesCommand({ Filters })));
  return output.Addresses ?? [];
}

export function tagOf(tags: readonly Tag[] | undefined, key: string): string | undefined {
  return tags?.find((it) => it.Key === key)?.Value;
}
