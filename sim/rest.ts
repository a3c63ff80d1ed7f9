/**
 * Time in which nothing can happen, leapt over. A run that observes what the runs before it observed, with no timer due,
 * plans what they planned: nothing; and probes of an unchanged world and steady partners get the answers that they got.
 * So once the world has rested longer than anything looks back, the clock leaps to shortly before the next thing that is
 * due, and the metrics of the last minutes are repeated. `verify` leaps over nothing and objects to whatever is done in
 * a time that could have been leapt over (docs/simulation.md).
 */
import { tagKeys } from "../src/config/tags.ts";
import { currentInvocation, type Handler, type Invocation } from "../twin/lambda-invocation.ts";
import type { Call } from "../twin/service.ts";
import type { World } from "../twin/world.ts";
import { isRead, type Report } from "./checker.ts";
import type { Stage } from "./stage.ts";

const minuteMs = 60_000;
/** No divisor of a minute, so that a look does not always meet the same work. */
const lookEveryMs = 23_000;
/** Longer than any description lags (200 s) and than the alarm that asks for fallback looks back (5 periods, and 2 more). */
const restMs = 7 * minuteMs;
/** The longest that any alarm looks back: 10 periods, and 2 more. */
const lookBackMs = 12 * minuteMs;
/** Regular work is done within this time: schedules begin within a minute of theirs, and functions end within 90 s. */
const soonMs = 100_000;
/** Time left before the next thing that is due, so that the runs before it are made. */
const marginMs = 2 * minuteMs;

export interface RestOptions {
  readonly verify: boolean;
  readonly isOurs: (call: Pick<Call, "principal">) => boolean;
  readonly report: Report;
  /** When the weather changes next. */
  readonly nextWeatherMs: () => number;
}

export interface Rest {
  /** From now on time passes evenly. */
  stop(): void;
  readonly leaptMs: number;
}

/** Counts how many of Holdfast's functions run. */
export interface Running {
  readonly around: (handler: Handler) => Handler;
  readonly count: number;
}

export function countRunning(): Running {
  const invocations = new Set<Invocation>();
  return {
    get count() {
      // One that has died never ends.
      for (const it of invocations) if (it.dead) invocations.delete(it);
      return invocations.size;
    },
    around: (handler) => async (event, context) => {
      const invocation = currentInvocation();
      if (!invocation) return handler(event, context);
      invocations.add(invocation);
      try {
        return await handler(event, context);
      } finally {
        invocations.delete(invocation);
      }
    },
  };
}

export function leapOverRest(
  stage: Stage,
  running: Running,
  { verify, isOurs, report, nextWeatherMs }: RestOptions,
): Rest {
  const { region, path } = stage;
  const { clock, calls } = region;
  let seen = "";
  let sinceMs = clock.now();
  let leaptMs = 0;
  let restUntilMs = 0;
  const disturb = (what: string) => {
    if (clock.now() < restUntilMs) report("rest", `${what} in a time that could be left out`);
    sinceMs = clock.now();
  };
  calls.onCall((call) => {
    if (isOurs(call) && !isRead(call) && call.service === "ec2") disturb(call.operation);
  });
  const { publish } = path.bus;
  path.bus.publish = (source, type, detail, ...more) => {
    const { alarmName = "" } = detail as { alarmName?: string };
    if (alarmName.endsWith("-blocked")) disturb(`${alarmName} changed`);
    return publish(source, type, detail, ...more);
  };
  const look = () => {
    const now = fingerprint(stage);
    if (now !== seen) sinceMs = clock.now();
    seen = now;
    if (clock.now() < restUntilMs || clock.now() - sinceMs < restMs || running.count > 0 || !isSteady(stage)) return;
    const nextMs = Math.min(nextWeatherMs(), clock.dueAfter(soonMs) ?? Number.POSITIVE_INFINITY, nextTrialMs(stage));
    const ms = Math.floor((nextMs - clock.now() - marginMs) / minuteMs) * minuteMs;
    if (ms < minuteMs) return;
    if (verify) {
      restUntilMs = clock.now() + ms;
      return;
    }
    path.cloudWatch.metrics.repeat(clock.now(), lookBackMs, ms);
    clock.leap(ms, soonMs);
    leaptMs += ms;
    sinceMs += ms;
  };
  const timer = clock.every(lookEveryMs, look);
  return {
    stop: () => timer.cancel(),
    get leaptMs() {
      return leaptMs;
    },
  };
}

/** Whether nothing changes by the passing of time alone: no drain, no hold, no grace, no partner that comes and goes. */
function isSteady({ region: { world }, pools, partners }: Stage): boolean {
  const flaps = [...partners.values()].some(({ rules }) => rules.some(({ kind }) => kind === "flap"));
  const draining = [...world.addresses.values()].some(
    ({ tags, networkInterfaceId: on }) => on !== undefined && tags[tagKeys.use]?.startsWith("draining "),
  );
  const inFallback = pools.some(({ draw, network }) => {
    const gateways = [...world.natGateways.values()].filter(
      ({ tags, state }) => tags[tagKeys.pool] === draw.name && state !== "deleted",
    );
    const warm = draw.fallback.standby === "warm" && gateways.every(({ state }) => state === "available");
    return (gateways.length > 0 && !warm) || network.routeTableIds.some((id) => leadsToNat(world, id));
  });
  return !flaps && !draining && !inFallback;
}

const hourMs = 60 * minuteMs;
/** After these the scout may be due again: a trial's end, a spare's and a suspect's intervals (docs/how-it-works.md). */
const trialsMs = [
  minuteMs * 15,
  hourMs * 6,
  hourMs * 24,
  ...[1, 2, 4, 8, 16, 32, 64, 128, 168].map((it) => it * hourMs),
];

/** When the scout may have something to do next, by the times that the addresses' tags tell. */
function nextTrialMs({ region: { world, clock } }: Stage): number {
  const timesMs = [...world.addresses.values()]
    .flatMap(({ tags }) => [tags[tagKeys.use], tags[tagKeys.verified]])
    .flatMap((text) => /\d{4}-\S+Z/.exec(text ?? "") ?? [])
    .map((time) => Date.parse(time));
  const dueMs = timesMs.flatMap((timeMs) => trialsMs.map((ms) => timeMs + ms));
  return Math.min(...dueMs.filter((ms) => ms > clock.now()));
}

function leadsToNat({ routeTables }: World, routeTableId: string): boolean {
  return routeTables.get(routeTableId)?.routes.some(({ natGatewayId }) => natGatewayId !== undefined) ?? false;
}

/** Everything that an observation or a probe depends on. */
function fingerprint({ region: { world }, partners }: Stage): string {
  const { addresses, networkInterfaces, functions, routeTables, natGateways } = world;
  const parts: unknown[] = [[...partners.values()].map(({ rules }) => rules)];
  for (const it of addresses.values()) parts.push(it.allocationId, it.associationId, it.networkInterfaceId, it.tags);
  for (const it of networkInterfaces.values()) parts.push(it.networkInterfaceId, it.status, it.securityGroupIds);
  for (const it of routeTables.values()) parts.push(it.routeTableId, it.tags, it.routes);
  for (const it of natGateways.values()) if (it.state !== "deleted") parts.push(it.natGatewayId, it.state, it.tags);
  for (const fn of functions.values()) {
    parts.push(fn.functionName, fn.tags, [...fn.aliases.values()], [...fn.provisionedConcurrency.keys()]);
    for (const it of fn.versions.values())
      parts.push(it.version, it.state, it.lastUpdateStatus, it.vpcConfig, it.servedBy);
  }
  return JSON.stringify(parts);
}
