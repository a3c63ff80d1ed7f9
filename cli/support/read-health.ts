/** Reads what the pools' health is seen from, besides the pools themselves. Writes nothing. */
import type { MetricAlarm } from "@aws-sdk/client-cloudwatch";
import type { MetricName } from "../../src/telemetry/model.ts";
import { readSeries } from "../../src/telemetry/read-series.ts";
import { minutesOf } from "../../src/telemetry/series.ts";
import { type ReadCanary, readCanaryLog, readRefusers } from "./canary-log.ts";
import { type Health, type Heartbeats, healthOf, partnersOf, type RaisedAlarm, sharedHealth } from "./health.ts";
import { listAlarms } from "./list-alarms.ts";
import type { PoolView } from "./observe-pool.ts";
import type { Session } from "./session.ts";

export interface HealthSource extends Pick<Session, "clock"> {
  readonly clients: Pick<Session["clients"], "cloudWatch" | "logs">;
  readonly deployment: Pick<Session["deployment"], "stage">;
}

/** What was read of a deployment's health. */
export interface Healths {
  /** One for each pool, and one for what they share where that is not well. */
  readonly list: readonly Health[];
  readonly canary: ReadCanary;
  /** Returns the partners that are known to refuse an address of the pool. */
  readonly refusersOf: (pool: string, publicIp: string) => readonly string[];
  /** Raised, by their names. */
  readonly raised: readonly MetricAlarm[];
}

/** How far back a part's last run is looked for: past the five sweeps of a quarter of an hour after which it counts as silent. */
const heartbeatsMs = 3 * 3_600_000;
/** How far back it is looked for who refuses an address by which no probe leaves. */
const refusersMs = 24 * 3_600_000;

/** What each part publishes in each run, whatever it finds: its heartbeat (decision 0018). */
const metricOf = {
  relocation: "RelocationAttention",
  probing: "ProbingAttention",
  fallback: "FallbackAttention",
} as const satisfies Record<keyof Heartbeats, MetricName>;

/**
 * Returns what reads the health of the pools that are given to it.
 *
 * @param names of all of the deployment's pools
 * @param keptMs for how long heartbeats, alarms and old refusals are not read again
 */
export function createHealthReader(source: HealthSource, names: readonly string[], keptMs = 0) {
  const { clients, clock, deployment } = source;
  const keep = <T>(read: () => Promise<T>) => kept(clock, keptMs, read);
  const heartbeats = keep(() => readHeartbeats(clients.cloudWatch, names, clock.now()));
  const alarms = keep(() => listAlarms(clients.cloudWatch, deployment.stage, names));
  const refusers = keep(() => readRefusers(source, clock.now() - refusersMs));
  return async (views: readonly PoolView[]): Promise<Healths> => {
    const [canary, beats, listed] = await Promise.all([readCanaryLog(source), heartbeats(), alarms()]);
    const isUnexplained = ({ pool, relocation }: PoolView) =>
      relocation.observed.addresses.some(
        ({ blocked, publicIp }) =>
          blocked && partnersOf({ canary: canary(pool.name), refusedBy: new Map() }, [publicIp]).length === 0,
      );
    const refusedBy = views.some(isUnexplained) ? await refusers() : new Map<string, readonly string[]>();
    const raised = listed.filter(({ StateValue }) => StateValue === "ALARM");
    const raisedOf = (scope: string) => raised.flatMap((it) => raisedAlarm(it, deployment.stage, scope, names));
    const pools = views.map((view) => {
      const { name } = view.pool;
      return healthOf({ view, canary: canary(name), heartbeats: beats(name), raised: raisedOf(name), refusedBy });
    });
    const refusersOf = (pool: string, publicIp: string) => partnersOf({ canary: canary(pool), refusedBy }, [publicIp]);
    return {
      canary,
      refusersOf,
      raised,
      list: [...pools, ...[sharedHealth(raisedOf("all"))].filter((it) => it !== undefined)],
    };
  };
}

/** Reads again only what is older. */
function kept<T>(clock: Session["clock"], keptMs: number, read: () => Promise<T>): () => Promise<T> {
  let last: { readonly atMs: number; readonly value: T } | undefined;
  return async () => {
    const atMs = clock.now();
    if (last && atMs - last.atMs < keptMs) return last.value;
    last = { atMs, value: await read() };
    return last.value;
  };
}

/** Reads when each part last ran for each pool: one call for up to 166 pools. */
async function readHeartbeats(
  client: HealthSource["clients"]["cloudWatch"],
  pools: readonly string[],
  nowMs: number,
): Promise<(pool: string) => Heartbeats> {
  const seriesFor = (pool: string, part: keyof Heartbeats) => minutesOf(metricOf[part], "SampleCount", { pool });
  const parts = Object.keys(metricOf) as (keyof Heartbeats)[];
  const series = pools.flatMap((pool) => parts.map((part) => seriesFor(pool, part)));
  const dataOf = await readSeries(client, series, nowMs - heartbeatsMs, nowMs);
  const lastOf = (pool: string, part: keyof Heartbeats) =>
    dataOf(seriesFor(pool, part)).findLast(({ value }) => value > 0)?.atMs;
  return (pool) => ({
    relocation: lastOf(pool, "relocation"),
    probing: lastOf(pool, "probing"),
    fallback: lastOf(pool, "fallback"),
  });
}

/** Returns the alarm if it is of this pool (or of `all`), by its section of the runbook, which its description links to. */
function raisedAlarm(
  { AlarmName = "", AlarmDescription = "", StateTransitionedTimestamp: at }: MetricAlarm,
  stage: string,
  scope: string,
  pools: readonly string[],
): RaisedAlarm[] {
  const isOf = (pool: string) => AlarmName.startsWith(`${stage}-${pool}-`);
  // A pool's name may begin as another's does.
  if (!isOf(scope) || pools.some((it) => it.length > scope.length && isOf(it))) return [];
  const section = /#([a-z-]+)$/.exec(AlarmDescription)?.[1];
  return [{ id: section ?? AlarmName.slice(`${stage}-${scope}-`.length), sinceMs: at?.getTime() }];
}
