/**
 * Time in which nothing can happen, leapt over. A run that observes what the runs before it observed, with no timer due,
 * plans what they planned: nothing; and probes of an unchanged world and steady partners get the answers that they got.
 * So once the world has rested longer than anything looks back, the clock leaps to shortly before the next thing that is
 * due, and the metrics of the last minutes are repeated. `verify` leaps over nothing and reports each write in a time
 * that could have been leapt over (docs/simulation.md).
 */

import { parseFlips } from "../../src/fallback/history.ts";
import type { Direction } from "../../src/fallback/model.ts";
import { tagKeys } from "../../src/pool/tags.ts";
import { dueMs, trialMs } from "../../src/relocation/scout.ts";
import { parseVerified } from "../../src/relocation/scout-verification.ts";
import { parseUse } from "../../src/relocation/use.ts";
import { currentInvocation, type Handler, type Invocation } from "../twin/lambda-invocation.ts";
import type { Call } from "../twin/service.ts";
import type { SimulatedAccount } from "./account.ts";
import { isRead, type Report } from "./invariant.ts";

const minuteMs = 60_000;
/** No divisor of a minute, so that a look does not always meet the same work. */
const lookEveryMs = 23_000;
/** Time for an invocation that has ended to be answered. */
const settleMs = 10;
/** Longer than any description lags (200 s) and than the alarm that asks for fallback looks back (5 periods, and 2 more). */
const restMs = 7 * minuteMs;
/** The longest that any alarm looks back: 10 periods, and 2 more. */
const lookBackMs = 12 * minuteMs;
/** Time left before the next thing that is due, so that a run before it is made. */
const beforeMs = minuteMs;
/** Time left after it, so that the next runs act on it. */
const afterMs = 2 * minuteMs;
const dayMs = 24 * 60 * minuteMs;
/** A hold is doubled up to this (src/config/fallback-bounds.ts). */
const longestHoldMs = 8 * 60 * minuteMs;

export interface RestOptions {
  readonly verify: boolean;
  readonly isOurs: (call: Pick<Call, "principal">) => boolean;
  readonly report: Report;
  /** What an observation or a probe depends on beside the world and the partners. */
  readonly surroundings: () => unknown;
}

export interface Rest {
  /** Lets `act` wait for at most `ms`, and leaps over rest meanwhile. At all other times time passes evenly. */
  during<T>(ms: number, act: () => Promise<T>): Promise<T>;
  readonly leaptMs: number;
}

/** Counts how many of Holdfast's functions run. */
export interface Running {
  readonly around: (handler: Handler) => Handler;
  readonly count: number;
  /** Called once at the next moment at which none runs. */
  onceIdle: (() => void) | undefined;
}

export function countRunning(): Running {
  const invocations = new Set<Invocation>();
  const running: Running = {
    onceIdle: undefined,
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
        const { onceIdle } = running;
        if (onceIdle && running.count === 0) {
          running.onceIdle = undefined;
          onceIdle();
        }
      }
    },
  };
  return running;
}

export function leapOverRest(
  account: SimulatedAccount,
  running: Running,
  { verify, isOurs, report, surroundings }: RestOptions,
): Rest {
  const { region, path } = account;
  const { clock, calls } = region;
  const guarded = new Set(account.pools.flatMap(({ draw }) => draw.guardedNames));
  let testedMs = Number.NEGATIVE_INFINITY;
  let seen = "";
  let sinceMs = clock.now();
  let leaptMs = 0;
  let restUntilMs = 0;
  let horizonMs: number | undefined;
  const disturb = (what: string) => {
    if (clock.now() < restUntilMs) report("rest", `${what} in a time that could be left out`);
    sinceMs = clock.now();
  };
  calls.onCall((call) => {
    if (isOurs(call) && !isRead(call) && call.service === "ec2") disturb(call.operation);
    if (call.operation === "Invoke" && guarded.has(String(call.input["FunctionName"]))) testedMs = clock.now();
  });
  const { publish } = path.bus;
  path.bus.publish = (source, type, detail, ...more) => {
    const { alarmName = "" } = detail as { alarmName?: string };
    if (alarmName.endsWith("-blocked")) disturb(`${alarmName} changed`);
    return publish(source, type, detail, ...more);
  };
  const look = () => {
    const now = fingerprint(account, surroundings());
    if (now !== seen) sinceMs = clock.now();
    seen = now;
    if (horizonMs === undefined || clock.now() < restUntilMs || !isSteady(account)) return;
    if (clock.now() - sinceMs < restMs || clock.now() - clock.lastEventMs < afterMs) return;
    // What a guard reported must not be repeated: it is counted.
    if (clock.now() - testedMs < lookBackMs) return;
    if (running.count > 0) {
      running.onceIdle = () => clock.after(settleMs, look);
      return;
    }
    const nextMs = Math.min(horizonMs, clock.nextEventMs(), nextOwnMs(account));
    const ms = Math.floor((nextMs - clock.now() - beforeMs) / minuteMs) * minuteMs;
    if (ms < minuteMs) return;
    if (verify) {
      restUntilMs = clock.now() + ms;
      return;
    }
    path.cloudWatch.metrics.repeat(clock.now(), lookBackMs, ms);
    clock.leap(ms);
    leaptMs += ms;
    sinceMs += ms;
  };
  clock.every(lookEveryMs, look);
  return {
    async during(ms, act) {
      horizonMs = clock.now() + ms;
      const result = await act();
      horizonMs = undefined;
      return result;
    },
    get leaptMs() {
      return leaptMs;
    },
  };
}

/**
 * Returns whether nothing changes within minutes by the passing of time alone: no gateway on its way, no partner that
 * comes and goes, answers at random or by the clock, or treats an address worse for less time than it takes to find that.
 */
function isSteady({ region: { world }, partners }: SimulatedAccount): boolean {
  const changes = [...partners.values()].some(({ rules }) =>
    rules.some(({ kind }) => kind === "flap" || kind === "behavior"),
  );
  const changing = [...world.natGateways.values()].some(({ state }) => state !== "available" && state !== "deleted");
  return !changes && !changing;
}

/** Returns when Holdfast may have something to do by the passing of time alone, or is about to: what its tags note is over, or due. */
function nextOwnMs(account: SimulatedAccount): number {
  const { world, clock } = account.region;
  const trialsMs = [...world.addresses.values()].flatMap(({ tags }) => trialTimesMs(tags));
  const dueMs = [...trialsMs, ...drainTimesMs(account), ...returnTimesMs(account)];
  return Math.min(...dueMs.filter((ms) => ms > clock.now() - afterMs));
}

/** Returns when a drain time is over. One that has been for long is not acted on: a version's update has failed, or all is paused. */
function drainTimesMs({ region: { world }, pools }: SimulatedAccount): number[] {
  return pools.flatMap(({ draw, allocationIds }) =>
    allocationIds.flatMap((id) => {
      const use = parseUse(world.addresses.get(id)?.tags[tagKeys.use]);
      return use?.state === "draining" ? [use.sinceMs + draw.drainSeconds * 1000] : [];
    }),
  );
}

/** Returns when an unused address is due for a trial or a reminder, and when the scout is free again (src/relocation/scout.ts). */
function trialTimesMs(tags: Readonly<Record<string, string>>): number[] {
  const use = parseUse(tags[tagKeys.use]);
  const verified = parseVerified(tags[tagKeys.verified]);
  const blocked = tags[tagKeys.verdict] === "blocked";
  if (use?.state === "serving" && !blocked) return [];
  const trial = use?.state === "scouting" ? [use.sinceMs + trialMs, (verified?.atMs ?? 0) + dayMs] : [];
  return [dueMs({ blocked, use, verified }), ...trial];
}

/**
 * Returns when a hold may be over, whatever it was doubled to, or a flip is a day old and another one allowed; or when a
 * gateway's grace time is over (src/fallback).
 */
function returnTimesMs({ region: { world }, pools }: SimulatedAccount): number[] {
  return pools.flatMap(({ draw: { name, fallback }, network }) => {
    const gateways = [...world.natGateways.values()].filter(
      ({ tags, state }) => tags[tagKeys.pool] === name && state === "available",
    );
    const tables = network.routeTableIds.flatMap((id) => world.routeTables.get(id) ?? []);
    const flips = tables.flatMap(({ tags }) => parseFlips(tags[tagKeys.flips]));
    const lastMs = (direction: Direction) =>
      Math.max(0, ...flips.filter((it) => it.direction === direction).map(({ atMs }) => atMs));
    if (tables.some(({ routes }) => routes.some(({ natGatewayId }) => natGatewayId !== undefined))) {
      const holdsMs = [longestHoldMs];
      for (let ms = fallback.holdMinutes * minuteMs; ms < longestHoldMs; ms *= 2) holdsMs.push(ms);
      const enteredMs = lastMs("fallback");
      return [
        ...holdsMs.flatMap((ms) => [enteredMs + ms, enteredMs + 2 * ms]),
        ...flips.map(({ atMs }) => atMs + dayMs),
        lastMs("direct") + fallback.holdMinutes * minuteMs,
      ];
    }
    const graceMs = fallback.graceMinutes * minuteMs;
    return gateways.map(({ createdMs }) => Math.max(createdMs, lastMs("direct")) + graceMs);
  });
}

/** Everything that an observation or a probe depends on. */
function fingerprint({ region: { world }, partners }: SimulatedAccount, surroundings: unknown): string {
  const { addresses, networkInterfaces, functions, routeTables, natGateways } = world;
  const parts: unknown[] = [
    surroundings,
    world.publicAccess.blockMode,
    [...partners.values()].map(({ rules }) => rules),
  ];
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
