/** An operator or another tool with its hands in the pool: foreign addresses, moved addresses, removed tags, bad messages. */
import { tagKeys } from "../../src/pool/tags.ts";
import type { Random } from "../twin/random.ts";
import { prefix, type Stage, tryCall } from "./account.ts";
import type { Happening } from "./fault-schedule.ts";
import { restoreRoutes } from "./manual-route-changes.ts";
import type { PoolStage } from "./settle-in.ts";
import { isInPool } from "./truth.ts";

const longestMs = 60 * 60_000;

export function hands(stage: Stage, pool: PoolStage): Happening[] {
  const { draw, path } = stage;
  const { name } = pool.draw;
  const perDay = draw.paces.hands / 4;
  return [
    {
      name: `${name} foreign address on an interface`,
      perDay,
      happen: (random) => associateForeign(stage, pool, random),
    },
    { name: `${name} address moved by hand`, perDay, happen: (random) => moveByHand(stage, pool, random) },
    {
      name: `${name} address taken off by hand`,
      perDay,
      happen: (random) => takeOff(stage, random.pick(pool.allocationIds)),
    },
    { name: `${name} tags removed`, perDay, happen: (random) => removeTags(stage, pool, random) },
    {
      name: `${name} message that nobody understands`,
      perDay: draw.paces.poison,
      happen: (random) => {
        const queue = path.sqs.queueByName(`${prefix}-relocation.fifo`);
        queue.send({ body: `{"kind":"${random.integer(1, 1_000_000)}"}`, groupId: name });
      },
    },
  ];
}

/** Sets everything right that hands have done: foreign addresses off the pool's interfaces, the pool's tags as deployed. */
export async function restore(stage: Stage, pool: PoolStage): Promise<void> {
  const { operator, region, foreign } = stage;
  for (const id of foreign.allocationIds) await takeOff(stage, id);
  for (const id of pool.allocationIds) {
    const on = region.world.addresses.get(id)?.networkInterfaceId;
    if (on !== undefined && !isInPool(region.world, pool, on)) await takeOff(stage, id);
  }
  const Resources = [...pool.allocationIds];
  await tryCall(operator, "ec2", "CreateTags", { Resources, Tags: poolTags(pool.draw.name) });
  await tryCall(operator, "ec2", "DeleteTags", { Resources, Tags: [{ Key: tagKeys.verdict }] });
  await restoreRoutes(stage, pool);
}

const poolTags = (poolName: string) => [
  { Key: tagKeys.pool, Value: poolName },
  { Key: tagKeys.role, Value: "egress" },
];

/** Somebody's address on an interface of the pool's network, in the place of the pool's own if it has one. */
async function associateForeign(stage: Stage, pool: PoolStage, random: Random): Promise<void> {
  const AllocationId = random.pick(stage.foreign.allocationIds);
  const target = anyInterface(stage, pool, random);
  await associate(stage, AllocationId, target);
  await stage.region.clock.sleep(random.integer(60_000, longestMs));
  if (stage.region.world.addresses.get(AllocationId)?.networkInterfaceId === target) await takeOff(stage, AllocationId);
}

/** One of the pool's addresses on an interface that is none of the members', or on another member's. */
async function moveByHand(stage: Stage, pool: PoolStage, random: Random): Promise<void> {
  const AllocationId = random.pick(pool.allocationIds);
  const target = anyInterface(stage, pool, random);
  await associate(stage, AllocationId, target);
  await stage.region.clock.sleep(random.integer(60_000, longestMs));
  const stays = stage.region.world.addresses.get(AllocationId)?.networkInterfaceId === target;
  if (stays && !isInPool(stage.region.world, pool, target)) await takeOff(stage, AllocationId);
}

/** Without its tags an address is not the pool's; somebody notices and restores them. */
async function removeTags({ operator, region }: Stage, pool: PoolStage, random: Random): Promise<void> {
  const Resources = [random.pick(pool.allocationIds)];
  const Key = random.pick([tagKeys.pool, tagKeys.role, tagKeys.use]);
  await tryCall(operator, "ec2", "DeleteTags", { Resources, Tags: [{ Key }] });
  await region.clock.sleep(random.integer(60_000, longestMs));
  await tryCall(operator, "ec2", "CreateTags", { Resources, Tags: poolTags(pool.draw.name) });
}

async function takeOff({ operator, region }: Stage, allocationId: string): Promise<void> {
  const AssociationId = region.world.addresses.get(allocationId)?.associationId;
  if (AssociationId) await tryCall(operator, "ec2", "DisassociateAddress", { AssociationId });
}

function associate({ operator }: Stage, AllocationId: string, NetworkInterfaceId: string): Promise<unknown> {
  return tryCall(operator, "ec2", "AssociateAddress", { AllocationId, NetworkInterfaceId, AllowReassociation: true });
}

/** An interface that Lambda uses in the pool's network, whosever it is, or an instance's. */
function anyInterface({ region }: Stage, pool: PoolStage, random: Random): string {
  const found = [...region.world.networkInterfaces.values()].filter(
    (it) => it.vpcId === pool.network.vpcId && it.status === "in-use",
  );
  return random.pick([pool.instanceInterfaceId, ...found.map((it) => it.networkInterfaceId)]);
}
