import type { Random } from "./random.ts";

/** A duration drawn anew each time. */
export type Span =
  | { readonly kind: "uniform"; readonly minMs: number; readonly maxMs: number }
  | { readonly kind: "lognormal"; readonly medianMs: number; readonly sigma: number; readonly maxMs: number };

/** Returns a span that always is `ms` long: what tests override delays with. */
export function fixed(ms: number): Span {
  return { kind: "uniform", minMs: ms, maxMs: ms };
}

/** Evenly spread between two durations. */
export function between(minMs: number, maxMs: number): Span {
  return { kind: "uniform", minMs, maxMs };
}

/** Milliseconds, whole. */
export function draw(random: Random, span: Span): number {
  const ms =
    span.kind === "uniform"
      ? span.minMs + random.next() * (span.maxMs - span.minMs)
      : Math.min(span.maxMs, random.lognormal(span.medianMs, span.sigma));
  return Math.round(ms);
}

const second = 1_000;
const minute = 60 * second;
const day = 24 * 60 * minute;

/** How long things take in the simulated region, and how often they go wrong. */
export interface Delays {
  readonly interfaceAppears: Span;
  readonly interfaceCreation: Span;
  readonly interfaceReuse: Span;
  readonly functionSettle: Span;
  readonly interfaceRemoval: Span;
  readonly interfaceDeletion: Span;
  readonly natGatewayChecks: Span;
  readonly natGatewayCreation: Span;
  readonly natGatewayDeletion: Span;
  readonly natGatewayRecordMs: number;
  readonly idleReclaimMs: number;
  readonly interfaceReplacementsPerDay: number;
  readonly provisionedConcurrency: Span;
  readonly invokeOverhead: Span;
  readonly sandboxAfterExitRate: number;
  readonly asyncRetryMs: readonly number[];
  readonly cloudTrail: Span;
  readonly cloudTrailLate: Span;
  readonly cloudTrailLateRate: number;
  readonly cloudTrailLossRate: number;
  readonly cloudTrailDuplicateRate: number;
  readonly eventBridgeToTarget: Span;
  readonly eventBridgeDuplicateRate: number;
  readonly targetRetryFirstMs: number;
  readonly targetRetryLongestMs: number;
  readonly sqsPoll: Span;
  readonly schedulerPhase: Span;
  readonly schedulerJitter: Span;
  readonly metricIngestion: Span;
  readonly alarmPhase: Span;
  readonly alarmEventLate: Span;
  readonly alarmEventLateRate: number;
  readonly alarmEventLossRate: number;
}

/** The defaults, each with the source of its figure, or "assumed" where none is known. */
export const defaultDelays: Delays = {
  /** From the start of an update until EC2 shows the new interface as `pending`. Assumed. */
  interfaceAppears: between(1 * second, 5 * second),
  /** From the start of an update until a new interface is `in-use`: about 90 s (awsnotes.dheeti.com); the width is assumed. */
  interfaceCreation: between(60 * second, 120 * second),
  /** An update to a combination that has its interface already: no source, seconds in practice; assumed. */
  interfaceReuse: between(0, 5 * second),
  /** From the last interface in use until the function's update is `Successful`. Assumed. */
  functionSettle: between(1 * second, 8 * second),
  /** From the last user's leaving until `available`: up to 20 minutes (Lambda developer guide, VPC); the lower end is assumed. */
  interfaceRemoval: between(5 * minute, 19 * minute),
  /** From `available` to deleted. Assumed; the sum with the above stays within the documented 20 minutes. */
  interfaceDeletion: between(1 * second, 50 * second),
  /** Until a new NAT gateway has taken its address and its interface, or has failed. Assumed. */
  natGatewayChecks: between(2 * second, 15 * second),
  /** From `pending` to `available`: eight public Terraform logs. */
  natGatewayCreation: between(85 * second, 125 * second),
  /** From `deleting` to `deleted`: about a minute; the width is assumed. */
  natGatewayDeletion: between(45 * second, 75 * second),
  /** Failed and deleted gateways are shown for about an hour more (VPC user guide, "NAT gateways"). */
  natGatewayRecordMs: 60 * minute,
  /** Idle functions lose their interfaces after 14 days (Lambda developer guide, VPC). */
  idleReclaimMs: 14 * day,
  /** Interfaces may be replaced at any time (Lambda developer guide, VPC); how often is unknown, simulations choose. */
  interfaceReplacementsPerDay: 0,
  /** Until provisioned concurrency is READY: "a minute or two" in the developer guide. */
  provisionedConcurrency: between(60 * second, 120 * second),
  /** Before a warm handler starts. Assumed. */
  invokeOverhead: between(5, 30),
  /** How often another sandbox, with another shared address, follows on a process that has exited. Not documented; assumed. */
  sandboxAfterExitRate: 0.5,
  /** Pauses before the two retries of an asynchronous invocation (Lambda developer guide: one, then two minutes). */
  asyncRetryMs: [1 * minute, 2 * minute],
  /** CloudTrail to EventBridge: P99 about 90 s (cloud-custodian pull request 965); the median is assumed. */
  cloudTrail: { kind: "lognormal", medianMs: 8 * second, sigma: 1.04, maxMs: 90 * second },
  /** The rare late ones: CloudTrail promises 15 minutes at most for its own delivery; the rate is assumed. */
  cloudTrailLate: between(2 * minute, 10 * minute),
  cloudTrailLateRate: 0.002,
  /** CloudTrail to EventBridge is best effort (EventBridge user guide); the rate is assumed. */
  cloudTrailLossRate: 0.001,
  /** "A rule may run more than once" (EventBridge user guide); the rates are assumed. */
  cloudTrailDuplicateRate: 0.005,
  /** A native event reaches a function in about 0.3 s (nat-zero's documentation); the width is assumed. */
  eventBridgeToTarget: between(100, 600),
  eventBridgeDuplicateRate: 0.001,
  /** Target retries back off exponentially for up to 24 h and 185 attempts (EventBridge user guide); both ends assumed. */
  targetRetryFirstMs: 5 * second,
  targetRetryLongestMs: 10 * minute,
  /** From "a message is visible" until Lambda's poller has it. Assumed. */
  sqsPoll: between(10, 200),
  /** Schedules run with 60-second precision (EventBridge Scheduler user guide): phase plus jitter stay below a minute. */
  schedulerPhase: between(0, 50 * second),
  schedulerJitter: between(0, 9 * second),
  /** From a metric's being sent, by call or log line, until it can be read. Assumed. */
  metricIngestion: between(1 * second, 4 * second),
  /** When within its minute (or its ten seconds) an alarm is evaluated: anywhere, as recorded events show. */
  alarmPhase: between(0, 59 * second),
  /** State changes are delivered durably (EventBridge user guide, events from AWS services); simulations choose worse. */
  alarmEventLate: between(1 * minute, 10 * minute),
  alarmEventLateRate: 0,
  alarmEventLossRate: 0,
};

/** Returns the defaults with some of them replaced. */
export function resolveDelays(overrides: Partial<Delays> = {}): Delays {
  return { ...defaultDelays, ...overrides };
}
