/** Manual changes to a pool's routes, and the operator's override. */
import { tagKeys } from "../../src/pool/tags.ts";
import type { Random } from "../twin/random.ts";
import { type SimulatedAccount, tryCall } from "./account.ts";
import type { ScheduledFault } from "./fault-schedule.ts";
import { hasAddresses, type SimulatedPool } from "./settle-in.ts";

const minuteMs = 60_000;
const DestinationCidrBlock = "0.0.0.0/0";

export function manualRouteChanges(account: SimulatedAccount, pool: SimulatedPool): ScheduledFault[] {
  const { draw, operator, region } = account;
  const { name } = pool.draw;
  const { routes, override } = draw.paces;
  const pause = (random: Random, most: number) => region.clock.sleep(random.integer(minuteMs, most * minuteMs));
  return [
    {
      name: `${name} default route deleted`,
      perDay: routes / 4,
      async inject(random) {
        const RouteTableId = random.pick(pool.network.routeTableIds);
        await tryCall(operator, "ec2", "DeleteRoute", { RouteTableId, DestinationCidrBlock });
        await pause(random, 20);
        await tryCall(operator, "ec2", "CreateRoute", { RouteTableId, DestinationCidrBlock, ...direct(pool) });
      },
    },
    {
      name: `${name} default route put back by a deployment`,
      perDay: routes / 4,
      async inject(random) {
        const RouteTableId = random.pick(pool.network.routeTableIds);
        await tryCall(operator, "ec2", "ReplaceRoute", { RouteTableId, DestinationCidrBlock, ...direct(pool) });
      },
    },
    {
      name: `${name} route table without its tag`,
      perDay: routes / 4,
      async inject(random) {
        const Resources = [random.pick(pool.network.routeTableIds)];
        const Key = random.pick([tagKeys.pool, tagKeys.flips]);
        await tryCall(operator, "ec2", "DeleteTags", { Resources, Tags: [{ Key }] });
        await pause(random, 40);
        await tryCall(operator, "ec2", "CreateTags", { Resources, Tags: [{ Key: tagKeys.pool, Value: name }] });
      },
    },
    {
      name: `${name} override`,
      perDay: override,
      applies: () => hasAddresses(pool) || pool.fallbackAllocationId !== undefined,
      async inject(random) {
        const ids = [...pool.allocationIds, ...(pool.fallbackAllocationId ? [pool.fallbackAllocationId] : [])];
        const Resources = [random.pick(ids)];
        const Value = random.pick(["direct", "fallback", "paused", "fallbak"]);
        await tryCall(operator, "ec2", "CreateTags", { Resources, Tags: [{ Key: tagKeys.override, Value }] });
        await pause(random, 60);
        await tryCall(operator, "ec2", "DeleteTags", { Resources, Tags: [{ Key: tagKeys.override }] });
      },
    },
  ];
}

const direct = ({ network }: SimulatedPool) => ({ GatewayId: network.internetGatewayId });

/** Undoes manual changes to the routes. Which way they go stays with fallback. */
export async function restoreRoutes(
  { operator, region: { world } }: SimulatedAccount,
  pool: SimulatedPool,
): Promise<void> {
  for (const RouteTableId of pool.network.routeTableIds) {
    const Tags = [{ Key: tagKeys.pool, Value: pool.draw.name }];
    await tryCall(operator, "ec2", "CreateTags", { Resources: [RouteTableId], Tags });
    const { routes = [], tags = {} } = world.routeTables.get(RouteTableId) ?? {};
    const route = routes.find((it) => it.destinationCidrBlock === DestinationCidrBlock);
    // Neither the gateway nor a tag shows any more that the route was fallback's: it is reported as foreign, and stays.
    const isOrphaned = route?.state === "blackhole" && tags[tagKeys.flips] === undefined;
    if (route && !isOrphaned) continue;
    const operation = route ? "ReplaceRoute" : "CreateRoute";
    await tryCall(operator, "ec2", operation, { RouteTableId, DestinationCidrBlock, ...direct(pool) });
  }
  const Resources = [...pool.allocationIds, ...(pool.fallbackAllocationId ? [pool.fallbackAllocationId] : [])];
  await tryCall(operator, "ec2", "DeleteTags", { Resources, Tags: [{ Key: tagKeys.override }] });
}
