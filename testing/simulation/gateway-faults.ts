/** Faults of NAT gateways: they fail, take very long, are deleted manually, or are refused because a foreign gateway uses up the quota. */
import { tagKeys } from "../../src/pool/tags.ts";
import { between, defaultDelays } from "../twin/delays.ts";
import type { NatFailureCode } from "../twin/ec2-store.ts";
import { type SimulatedAccount, tryCall } from "./account.ts";
import type { ScheduledFault } from "./fault-schedule.ts";
import type { SimulatedPool } from "./settle-in.ts";
import { usualGatewayQuota } from "./world-draw.ts";

const minuteMs = 60_000;
const failures: readonly NatFailureCode[] = ["InternalError", "InsufficientFreeAddressesInSubnet"];

export function gatewayFaults({ draw, region, operator }: SimulatedAccount, pool: SimulatedPool): ScheduledFault[] {
  const { name } = pool.draw;
  const { gateways } = draw.paces;
  const { clock, world, delays } = region;
  return [
    {
      name: `${name} NAT gateway fails`,
      perDay: gateways,
      inject: (random) => region.ec2.failNextNatGateway(random.pick(failures)),
    },
    {
      name: `${name} NAT gateway takes long`,
      perDay: gateways,
      async inject(random) {
        const ms = random.integer(5 * minuteMs, 30 * minuteMs);
        Object.assign(delays, { natGatewayCreation: between(ms, ms) });
        await clock.sleep(20 * minuteMs);
        Object.assign(delays, { natGatewayCreation: defaultDelays.natGatewayCreation });
      },
    },
    {
      name: `${name} NAT gateway deleted manually`,
      streamLabel: `${name} NAT gateway deleted by hand`,
      perDay: draw.paces.routes / 4,
      async inject(random) {
        const found = [...world.natGateways.values()].filter(({ tags }) => tags[tagKeys.pool] === name);
        if (found.length === 0) return;
        const { natGatewayId: NatGatewayId } = random.pick(found);
        await tryCall(operator, "ec2", "DeleteNatGateway", { NatGatewayId });
      },
    },
    {
      name: `${name} foreign NAT gateway`,
      streamLabel: `${name} NAT gateway of somebody else`,
      perDay: draw.natGatewayQuota < usualGatewayQuota ? 1 : 0,
      async inject(random) {
        const { natSubnetId: SubnetId } = pool.network;
        const input = { SubnetId, ConnectivityType: "private" };
        const made = await tryCall<{ NatGateway: { NatGatewayId: string } }>(
          operator,
          "ec2",
          "CreateNatGateway",
          input,
        );
        await clock.sleep(random.integer(10 * minuteMs, 90 * minuteMs));
        if (made) await tryCall(operator, "ec2", "DeleteNatGateway", { NatGatewayId: made.NatGateway.NatGatewayId });
      },
    },
  ];
}
