/** Changes by Lambda: it replaces interfaces, adds more, reclaims those of idle functions, and wakes idle functions. */
import type { NetworkInterface } from "../twin/world.ts";
import { type SimulatedAccount, tryCall } from "./account.ts";
import type { ScheduledFault } from "./fault-schedule.ts";
import type { SimulatedPool } from "./settle-in.ts";

/** Interfaces per (subnet, groups) at most; more than one when a function has very many connections. */
const mostInterfaces = 3;

export function lambdaFaults(account: SimulatedAccount, pool: SimulatedPool): ScheduledFault[] {
  const { path, draw, operator, region } = account;
  const { name } = pool.draw;
  const { hyperplane } = path.lambda;
  const inUse = (): NetworkInterface[] =>
    [...region.world.networkInterfaces.values()].filter(
      (it) => it.vpcId === pool.network.vpcId && it.interfaceType === "lambda" && it.status === "in-use",
    );
  const anyOf = (act: (networkInterface: NetworkInterface) => void, found = inUse()) => {
    return (pick: <T>(list: readonly T[]) => T) => {
      if (found.length > 0) unlessUnused(() => act(pick(found)));
    };
  };
  return [
    {
      name: `${name} interface replaced`,
      perDay: draw.paces.churn,
      inject: (random) => anyOf((it) => hyperplane.replace(it.networkInterfaceId))(random.pick),
    },
    {
      name: `${name} scales`,
      perDay: draw.paces.churn / 3,
      inject: (random) => {
        const count = random.integer(1, mostInterfaces);
        // The scout's probe never has connections enough for a second one.
        const busy = inUse().filter(({ subnetId }) => subnetId !== pool.network.scout.subnetId);
        anyOf((it) => hyperplane.scale(it.subnetId, it.securityGroupIds, count), busy)(random.pick);
      },
    },
    {
      name: `${name} invoked`,
      perDay: draw.idleHours === undefined ? 0 : 6,
      inject: async (random) => {
        const FunctionName = random.pick(pool.draw.memberNames);
        await tryCall(operator, "lambda", "Invoke", { FunctionName, InvocationType: "Event" });
      },
    },
  ];
}

/** The twin refuses to scale interfaces that no function uses any more; such a fault is skipped. */
function unlessUnused(act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
}
