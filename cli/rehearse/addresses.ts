/** Elastic IPs of the run. */
import { AllocateAddressCommand, CreateTagsCommand, DescribeAddressesCommand } from "@aws-sdk/client-ec2";
import { tagKeys } from "../../src/pool/tags.ts";
import { type Account, ask, notYetThere } from "./account.ts";
import { type Maker, toList } from "./make.ts";

export interface Address {
  readonly allocationId: string;
  readonly publicIp: string;
  /** Whether it was of a pool already, as an interrupted run leaves the spare. */
  readonly pooled: boolean;
}

/** @param pool whose tags it has from the start */
export async function allocateAddress({ account, ensure }: Maker, part: string, pool?: string): Promise<Address> {
  const { ec2 } = account.clients;
  const AllocationId = await ensure("elastic-ip", part, async ([specification]) => {
    const Tags = [...(specification?.Tags ?? []), ...(pool === undefined ? [] : toList(poolTags(pool)))];
    const command = new AllocateAddressCommand({
      Domain: "vpc",
      TagSpecifications: [{ ResourceType: "elastic-ip", Tags }],
    });
    return (await ask(account, "ec2:AllocateAddress", () => ec2.send(command))).AllocationId;
  });
  const command = new DescribeAddressesCommand({ AllocationIds: [AllocationId] });
  const { Addresses = [] } = await ask(account, "ec2:DescribeAddresses", () => ec2.send(command), notYetThere);
  const [{ PublicIp = "", Tags: shown = [] } = {}] = Addresses;
  const pooled = shown.some(({ Key }) => Key === tagKeys.pool);
  return { allocationId: AllocationId, publicIp: PublicIp, pooled };
}

/** Gives an address to a pool. */
export async function tagAddress(account: Account, { allocationId }: Address, pool: string): Promise<void> {
  const command = new CreateTagsCommand({ Resources: [allocationId], Tags: toList(poolTags(pool)) });
  await ask(account, "ec2:CreateTags", () => account.clients.ec2.send(command), notYetThere);
}

function poolTags(pool: string): Record<string, string> {
  return { [tagKeys.pool]: pool, [tagKeys.role]: "egress" };
}
