/** What Lambda does by itself: replaces interfaces, makes more of them, reclaims those of idle functions, wakes them. */
import type { NetworkInterface } from "../twin/world.ts";
import { type Stage, tryCall } from "./account.ts";
import type { Happening } from "./fault-schedule.ts";
import type { PoolStage } from "./settle-in.ts";

/** Interfaces per (subnet, groups) at most; more than one when a function has very many connections. */
const mostInterfaces = 3;

export function lambdaMoods(stage: Stage, pool: PoolStage): Happening[] {
  const { path, draw, operator, region } = stage;
  const { name } = pool.draw;
  const { hyperplane } = path.lambda;
  const inUse = (): NetworkInterface[] =>
    [...region.world.networkInterfaces.values()].filter(
      (it) => it.vpcId === pool.network.vpcId && it.interfaceType === "lambda" && it.status === "in-use",
    );
  const somebody = (act: (networkInterface: NetworkInterface) => void, found = inUse()) => {
    return (pick: <T>(list: readonly T[]) => T) => {
      if (found.length > 0) unlessUnused(() => act(pick(found)));
    };
  };
  return [
    {
      name: `${name} interface replaced`,
      perDay: draw.paces.churn,
      happen: (random) => somebody((it) => hyperplane.replace(it.networkInterfaceId))(random.pick),
    },
    {
      name: `${name} scales`,
      perDay: draw.paces.churn / 3,
      happen: (random) => {
        const count = random.integer(1, mostInterfaces);
        // The scout's probe never has connections enough for a second one.
        const busy = inUse().filter(({ subnetId }) => subnetId !== pool.network.scoutSubnetId);
        somebody((it) => hyperplane.scale(it.subnetId, it.securityGroupIds, count), busy)(random.pick);
      },
    },
    {
      name: `${name} invoked`,
      perDay: draw.idleHours === undefined ? 0 : 6,
      happen: async (random) => {
        const FunctionName = random.pick(pool.draw.memberNames);
        await tryCall(operator, "lambda", "Invoke", { FunctionName, InvocationType: "Event" });
      },
    },
  ];
}

/** The twin refuses to scale what nobody uses any more: then it does not happen. */
function unlessUnused(act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
}
