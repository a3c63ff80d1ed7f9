/** Reads what the console shows, of a deployment in an account or in a simulated region. */
import type { Clock } from "../../src/aws/clock.ts";
import { MemberMemory } from "../../src/relocation/observe-members.ts";
import { createHealthReader } from "../support/read-health.ts";
import type { ConsoleClients, ConsoleDeployment } from "./deployment.ts";
import { type Draft, entryOf, type Naming } from "./entries.ts";
import { readEvents } from "./history.ts";
import { measure } from "./measure.ts";
import type { Measures, PoolView, Snapshot } from "./model.ts";
import { type Known, observePools } from "./observe.ts";
import { poolView } from "./snapshot.ts";

/** Each rejects with an AwsCallError that names the call that failed. */
export interface Source {
  snapshot(): Promise<Snapshot>;
  /** Returns what has happened since the last call, oldest first. */
  newEntries(): Promise<readonly Draft[]>;
  measures(): Promise<Measures>;
}

/** How far each read of the logs goes back, for lines that arrive late. */
const lateMs = 2 * 60_000;

/** Alarms and heartbeats change once a minute at most. */
const keptMs = 30_000;

/** @param sinceMs where the time line begins */
export function createSource(
  clients: ConsoleClients,
  clock: Clock,
  deployment: ConsoleDeployment,
  sinceMs: number,
): Source {
  const known: Known = { memberMemory: new MemberMemory(), subnetLabels: new Map() };
  const { stage } = deployment;
  const names = deployment.pools.map(({ name }) => name);
  const readHealth = createHealthReader({ clients, clock, deployment: { stage } }, names, keptMs);
  let before: readonly PoolView[] = [];
  let readFromMs = sinceMs;
  let sent = new Set<string>();

  const naming: Naming = (id) => {
    const address = before.flatMap(({ addresses }) => addresses).find((it) => it.allocationId === id);
    return address?.publicIp ?? known.subnetLabels.get(id);
  };

  return {
    async snapshot() {
      const observed = await observePools(clients, clock, deployment.pools, known, readHealth);
      before = observed.pools.map((pool) =>
        poolView(
          pool,
          before.find(({ name }) => name === pool.name),
        ),
      );
      return { atMs: clock.now(), shared: observed.shared, pools: before };
    },
    async newEntries() {
      const events = await readEvents(clients, stage, readFromMs);
      readFromMs = Math.max(sinceMs, clock.now() - lateMs);
      const keys = events.map((event) => JSON.stringify(event));
      const fresh = events.filter((_, index) => !sent.has(keys[index] ?? ""));
      sent = new Set(keys);
      return fresh.map((event) => entryOf(event, naming));
    },
    measures: () => measure(clients.cloudWatch, deployment, clock.now()),
  };
}
