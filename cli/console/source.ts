/** Reads what the console shows, of a deployment in an account or in a simulated region. */
import type { Clock } from "../../src/aws/clock.ts";
import { MemberMemory } from "../../src/relocation/observe-members.ts";
import { createHealthReader } from "../support/read-health.ts";
import { createAvailabilityReader } from "./availability-reader.ts";
import type { ConsoleClients, ConsoleDeployment } from "./deployment.ts";
import { type Draft, entryOf, type Naming } from "./entries.ts";
import { readEvents } from "./history.ts";
import { measure } from "./measure.ts";
import type { Availability, Measures, PoolView, Snapshot } from "./model.ts";
import { type Known, observePools } from "./observe.ts";
import { poolView } from "./snapshot.ts";

/** The pools, and what has happened since the last reading, oldest first. */
export interface Reading {
  readonly snapshot: Snapshot;
  readonly entries: readonly Draft[];
}

/** Each rejects with an AwsCallError that names the call that failed. */
export interface Source {
  read(): Promise<Reading>;
  measures(): Promise<Measures>;
  availability(): Promise<Availability>;
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
    async read() {
      const { logs } = clients;
      const nextMs = Math.max(sinceMs, clock.now() - lateMs);
      // The events before the pools, so that the picture is never behind the time line.
      const events = await readEvents({ logs }, stage, readFromMs);
      const observed = await observePools(clients, clock, deployment.pools, known, readHealth);
      before = observed.pools.map((pool) =>
        poolView(
          pool,
          before.find(({ name }) => name === pool.name),
        ),
      );
      const keys = events.map((event) => JSON.stringify(event));
      const fresh = events.filter((_, index) => !sent.has(keys[index] ?? ""));
      sent = new Set(keys);
      readFromMs = nextMs;
      const snapshot = { atMs: clock.now(), shared: observed.shared, pools: before };
      return { snapshot, entries: fresh.map((event) => entryOf(event, naming)) };
    },
    measures: () => measure(clients.cloudWatch, deployment, clock.now()),
    availability: createAvailabilityReader(clients, clock, deployment),
  };
}
