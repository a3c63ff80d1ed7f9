/** Manual changes to a pool's addresses: foreign addresses, moved addresses, removed tags, malformed messages. */
import { tagKeys } from "../../src/pool/tags.ts";
import type { Random } from "../twin/random.ts";
import { prefix, type SimulatedAccount, tryCall } from "./account.ts";
import type { ScheduledFault } from "./fault-schedule.ts";
import { restoreRoutes } from "./manual-route-changes.ts";
import { hasAddresses, type SimulatedPool } from "./settle-in.ts";
import { isInPool } from "./truth.ts";

const longestMs = 60 * 60_000;

export function manualChanges(account: SimulatedAccount, pool: SimulatedPool): ScheduledFault[] {
  const { draw, path } = account;
  const { name } = pool.draw;
  const perDay = draw.paces.manual / 4;
  const applies = () => hasAddresses(pool);
  return [
    {
      name: `${name} foreign address on an interface`,
      perDay,
      inject: (random) => associateForeign(account, pool, random),
    },
    {
      name: `${name} address moved manually`,
      streamLabel: `${name} address moved by hand`,
      perDay,
      applies,
      inject: (random) => moveManually(account, pool, random),
    },
    {
      name: `${name} address disassociated manually`,
      streamLabel: `${name} address taken off by hand`,
      perDay,
      applies,
      inject: (random) => disassociate(account, random.pick(pool.allocationIds)),
    },
    {
      name: `${name} spare released`,
      perDay: draw.paces.janitor,
      inject: (random) => releaseSpare(account, pool, random),
    },
    { name: `${name} tags removed`, perDay, applies, inject: (random) => removeTags(account, pool, random) },
    {
      name: `${name} malformed message`,
      streamLabel: `${name} message that nobody understands`,
      perDay: draw.paces.poison,
      inject: (random) => {
        const queue = path.sqs.queueByName(`${prefix}-relocation.fifo`);
        queue.send({ body: `{"kind":"${random.integer(1, 1_000_000)}"}`, groupId: name });
      },
    },
  ];
}

/** Undoes all manual changes: foreign addresses off the pool's interfaces, the pool's tags as deployed. */
export async function restore(account: SimulatedAccount, pool: SimulatedPool): Promise<void> {
  const { operator, region, foreign } = account;
  for (const id of foreign.allocationIds) await disassociate(account, id);
  for (const id of pool.allocationIds) {
    const on = region.world.addresses.get(id)?.networkInterfaceId;
    if (on !== undefined && !isInPool(region.world, pool, on)) await disassociate(account, id);
  }
  const Resources = [...pool.allocationIds];
  await tryCall(operator, "ec2", "CreateTags", { Resources, Tags: poolTags(pool.draw.name) });
  await tryCall(operator, "ec2", "DeleteTags", { Resources, Tags: [{ Key: tagKeys.verdict }] });
  await restoreRoutes(account, pool);
}

const poolTags = (poolName: string) => [
  { Key: tagKeys.pool, Value: poolName },
  { Key: tagKeys.role, Value: "egress" },
];

/** A foreign address on an interface of the pool's network, in the place of the pool's own if it has one. */
async function associateForeign(account: SimulatedAccount, pool: SimulatedPool, random: Random): Promise<void> {
  const AllocationId = random.pick(account.foreign.allocationIds);
  const target = anyInterface(account, pool, random);
  await associate(account, AllocationId, target);
  await account.region.clock.sleep(random.integer(60_000, longestMs));
  if (account.region.world.addresses.get(AllocationId)?.networkInterfaceId === target)
    await disassociate(account, AllocationId);
}

/** One of the pool's addresses on an interface that is none of the members', or on another member's. */
async function moveManually(account: SimulatedAccount, pool: SimulatedPool, random: Random): Promise<void> {
  const AllocationId = random.pick(pool.allocationIds);
  const target = anyInterface(account, pool, random);
  await associate(account, AllocationId, target);
  await account.region.clock.sleep(random.integer(60_000, longestMs));
  const stays = account.region.world.addresses.get(AllocationId)?.networkInterfaceId === target;
  if (stays && !isInPool(account.region.world, pool, target)) await disassociate(account, AllocationId);
}

/** Without its tags an address is not the pool's; the operator restores them within the hour. */
async function removeTags({ operator, region }: SimulatedAccount, pool: SimulatedPool, random: Random): Promise<void> {
  const Resources = [random.pick(pool.allocationIds)];
  const Key = random.pick([tagKeys.pool, tagKeys.role, tagKeys.use]);
  await tryCall(operator, "ec2", "DeleteTags", { Resources, Tags: [{ Key }] });
  await region.clock.sleep(random.integer(60_000, longestMs));
  await tryCall(operator, "ec2", "CreateTags", { Resources, Tags: poolTags(pool.draw.name) });
}

/** A janitor releases an address that nothing uses; the operator allocates it again, with its tags (docs/runbook.md). */
async function releaseSpare(account: SimulatedAccount, pool: SimulatedPool, random: Random): Promise<void> {
  const { operator, region } = account;
  const { addresses } = region.world;
  const spares = pool.allocationIds.filter((id) => addresses.get(id)?.associationId === undefined);
  if (spares.length === 0) return;
  const AllocationId = random.pick(spares);
  const Address = addresses.get(AllocationId)?.publicIp;
  pool.allocationIds.splice(pool.allocationIds.indexOf(AllocationId), 1);
  await operator("ec2", "ReleaseAddress", { AllocationId });
  await region.clock.sleep(random.integer(10 * 60_000, longestMs));
  const TagSpecifications = [{ ResourceType: "elastic-ip", Tags: poolTags(pool.draw.name) }];
  const made = await operator<{ AllocationId: string }>("ec2", "AllocateAddress", { Address, TagSpecifications });
  pool.allocationIds.push(made.AllocationId);
}

async function disassociate({ operator, region }: SimulatedAccount, allocationId: string): Promise<void> {
  const AssociationId = region.world.addresses.get(allocationId)?.associationId;
  if (AssociationId) await tryCall(operator, "ec2", "DisassociateAddress", { AssociationId });
}

function associate({ operator }: SimulatedAccount, AllocationId: string, NetworkInterfaceId: string): Promise<unknown> {
  return tryCall(operator, "ec2", "AssociateAddress", { AllocationId, NetworkInterfaceId, AllowReassociation: true });
}

/** Any interface that Lambda uses in the pool's network, or an instance's. */
function anyInterface({ region }: SimulatedAccount, pool: SimulatedPool, random: Random): string {
  const found = [...region.world.networkInterfaces.values()].filter(
    (it) => it.vpcId === pool.network.vpcId && it.status === "in-use",
  );
  return random.pick([pool.instanceInterfaceId, ...found.map((it) => it.networkInterfaceId)]);
}
