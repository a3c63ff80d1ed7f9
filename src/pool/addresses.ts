/** A pool's Elastic IPs, of whatever role. */
import { type Address, DescribeAddressesCommand, type EC2Client, type Tag } from "@aws-sdk/client-ec2";
import { AwsCallError, call, type ErrorClass } from "../aws/errors.ts";
import { type Described, type LostAddress, lostAddresses, type OwnAddresses, ownAddresses } from "./lost-addresses.ts";
import { tagKeys } from "./tags.ts";

/** Returns every address with the tag of one of the pools; the call has no pages (EC2 API reference, DescribeAddresses). */
export async function describePoolAddresses(ec2: EC2Client, poolNames: readonly string[]): Promise<Address[]> {
  const Filters = [{ Name: `tag:${tagKeys.pool}`, Values: [...poolNames] }];
  const output = await call("ec2:DescribeAddresses", () => ec2.send(new DescribeAddressesCommand({ Filters })));
  return output.Addresses ?? [];
}

/**
 * Returns what the pool has lost of its own addresses. A look by tag that does not show one proves nothing: AWS is asked for
 * that address itself, one call each, since a call for several says of all that one does not exist.
 *
 * @param shown what has the pool's tag
 */
export async function observeLost(
  ec2: EC2Client,
  poolName: string,
  own: OwnAddresses,
  shown: readonly Address[],
  before: readonly LostAddress[],
): Promise<LostAddress[]> {
  const described = new Map<string, Described>(shown.map((it) => [it.AllocationId ?? "", tagsOf(it)]));
  for (const { allocationId } of ownAddresses(own)) {
    if (described.has(allocationId)) continue;
    const answer = await describeAddress(ec2, allocationId);
    if (answer === "no answer") break;
    if (answer) described.set(allocationId, answer);
  }
  return [...before.filter((it) => !described.has(it.allocationId)), ...lostAddresses(poolName, own, described)];
}

/** What fails the call for every address in the same way. */
const noAnswer: ReadonlySet<ErrorClass> = new Set(["transient", "throttled", "denied"]);

/** Undefined when AWS refuses to say it of this address, or says nothing. */
async function describeAddress(ec2: EC2Client, allocationId: string): Promise<Described | "no answer" | undefined> {
  const command = new DescribeAddressesCommand({ AllocationIds: [allocationId] });
  try {
    const { Addresses = [] } = await call("ec2:DescribeAddresses", () => ec2.send(command));
    return Addresses[0] && tagsOf(Addresses[0]);
  } catch (error) {
    if (!(error instanceof AwsCallError)) throw error;
    if (error.errorClass === "gone") return "unknown to AWS";
    return noAnswer.has(error.errorClass) ? "no answer" : undefined;
  }
}

function tagsOf({ Tags = [] }: Address): Described {
  return new Map(Tags.map(({ Key = "", Value }) => [Key, Value]));
}

export function tagOf(tags: readonly Tag[] | undefined, key: string): string | undefined {
  return tags?.find((it) => it.Key === key)?.Value;
}
