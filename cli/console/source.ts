/** Where the console reads from: a deployment in an account, or in a simulated region. The same code for both. */
import type { Clock } from "../../src/aws/clock.ts";
import type { ConsoleClients, ConsoleDeployment } from "./deployment.ts";
import { type Draft, entryOf, type Naming } from "./entries.ts";
import { readEvents } from "./history.ts";
import { measure } from "./measure.ts";
import type { Measures, PoolView, Snapshot } from "./model.ts";
import { type Known, observePool } from "./observe.ts";
import { poolView } from "./snapshot.ts";

/** Each rejects with an AwsCallError that names the call that failed. */
export interface Source {
  snapshot(): Promise<Snapshot>;
  /** What has happened since the last call, oldest first. */
  news(): Promise<readonly Draft[]>;
  measures(): Promise<Measures>;
}

/** How far each look at the time line goes back, for lines that came late. */
const lateMs = 2 * 60_000;

/** @param sinceMs where the time line begins */
export function createSource(
  clients: ConsoleClients,
  clock: Clock,
  deployment: ConsoleDeployment,
  sinceMs: number,
): Source {
  const known: Known = { versions: new Map(), subnetLabels: new Map() };
  let before: readonly PoolView[] = [];
  let toldMs = sinceMs;
  let told = new Set<string>();

  const naming: Naming = (id) => {
    const address = before.flatMap(({ addresses }) => addresses).find((it) => it.allocationId === id);
    return address?.publicIp ?? known.subnetLabels.get(id);
  };

  return {
    async snapshot() {
      const observed = await Promise.all(deployment.pools.map((pool) => observePool(clients, clock, pool, known)));
      before = observed.map((pool) =>
        poolView(
          pool,
          before.find(({ name }) => name === pool.name),
        ),
      );
      return { atMs: clock.now(), pools: before };
    },
    async news() {
      const events = await readEvents(clients, deployment.stage, toldMs);
      toldMs = Math.max(sinceMs, clock.now() - lateMs);
      const keys = events.map((event) => JSON.stringify(event));
      const fresh = events.filter((_, index) => !told.has(keys[index] ?? ""));
      told = new Set(keys);
      return fresh.map((event) => entryOf(event, naming));
    },
    measures: () => measure(clients.cloudWatch, deployment, clock.now()),
  };
}
