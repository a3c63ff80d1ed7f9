/** What a run tells: metrics for alarms and dashboards, events for whoever wants to react. Pure. */
import type { DomainEvent, Measurement } from "../telemetry/model.ts";
import type { Action, Finding } from "./actions.ts";
import type { Outcome } from "./apply.ts";
import type { Change } from "./changes.ts";
import type { Address } from "./model.ts";
import type { Run, TimedOutcome } from "./round.ts";
import { isWaiting, needing, slotsOf } from "./slots.ts";

export interface Report {
  readonly measurements: readonly Measurement[];
  readonly events: readonly DomainEvent[];
}

/**
 * The report of one run.
 *
 * @param news findings that were not reported before
 * @param healthyMs when every interface that needs an address was last seen to have one, before this run
 */
export function report(
  run: Run,
  changes: readonly Change[],
  news: readonly Finding[],
  healthyMs: number | undefined,
): Report {
  const done = doneOf(run);
  const heals = done.filter(({ action }) => isHeal(action));
  const gaps = heals
    .filter(({ action }) => action.row === 2 || action.row === 3)
    .map((outcome) => ({
      outcome,
      seconds: (outcome.atMs - brokenSinceMs(run, outcome.action, changes, healthyMs)) / 1000,
    }));
  const findings = run.rounds.at(-1)?.plan.findings ?? [];
  const count = (kind: Finding["kind"]) => findings.filter((finding) => finding.kind === kind).length;
  const askedMs = Math.min(...changes.map(({ timeMs }) => timeMs));
  return {
    measurements: [
      ...gauges(run),
      { name: "AddressesMoved", unit: "Count", value: heals.length },
      { name: "Verifications", unit: "Count", value: done.filter(({ action }) => action.kind === "scout").length },
      { name: "Shortage", unit: "Count", value: count("shortage") },
      { name: "Conflicts", unit: "Count", value: count("conflict") + count("displaced") },
      { name: "RunsFailed", unit: "Count", value: failuresOf(run).length > 0 || count("refused") > 0 ? 1 : 0 },
      ...heals.map(({ atMs }) => seconds("TimeToHealSeconds", (atMs - askedMs) / 1000)),
      ...gaps.map((gap) => seconds("EgressGapSeconds", gap.seconds)),
      ...heals.filter(({ action }) => action.row === 7).map(() => seconds("EgressGapSeconds", 0)),
    ],
    events: [
      ...heals.map((outcome) => relocated(run, outcome, gaps.find((gap) => gap.outcome === outcome)?.seconds ?? 0)),
      ...done.flatMap(({ action }) => {
        if (action.kind === "disassociate") return [released(run, action)];
        return action.kind === "scout" ? [scouted(run, action)] : [];
      }),
      ...failuresOf(run).map((detail) => event(run, "RelocationFailed", detail)),
      ...news.map((finding) => findingEvent(run, finding)),
    ],
  };
}

function isHeal({ kind }: Action): boolean {
  return kind === "associate" || kind === "move" || kind === "swap";
}

function outcomesOf(run: Run): TimedOutcome[] {
  return run.rounds.flatMap((round) => round.outcomes);
}

/** What was done, and what has come to be although AWS's answer got lost and nothing tried it again. */
function doneOf(run: Run): TimedOutcome[] {
  const outcomes = outcomesOf(run);
  return outcomes.filter(({ action, result }, index) => {
    const { kind, allocationId: id, networkInterfaceId: on } = action;
    if (result !== "failed" || kind === "note") return result === "done";
    if (outcomes.slice(index + 1).some(({ action: next }) => next.kind === kind && next.allocationId === id))
      return false;
    const address = run.network?.addresses.find((it) => it.allocationId === id);
    return address !== undefined && (address.networkInterfaceId === on) === (kind !== "disassociate");
  });
}

function seconds(name: Measurement["name"], value: number): Measurement {
  return { name, unit: "Seconds", value: rounded(value) };
}

/** To the millisecond, and never negative: clocks of different services differ. */
function rounded(value: number): number {
  return Math.max(0, Math.round(value * 1000) / 1000);
}

/**
 * The earliest moment from which an interface that serves now can have been without its address: when this run saw an
 * update end or an interface come to serve, else the later of the change and the last time that all was well. An upper
 * bound, to within the half second between two looks.
 */
function brokenSinceMs(run: Run, action: Action, changes: readonly Change[], healthyMs: number | undefined): number {
  const lacking = run.rounds.findIndex(({ observed }) =>
    needing(slotsOf(observed).slots, "serving").some(
      ({ networkInterface }) => networkInterface.networkInterfaceId === action.networkInterfaceId,
    ),
  );
  const before = run.rounds.slice(0, Math.max(0, lacking));
  const sawUpdate = before.findLastIndex((round) => round.plan.waits.some((wait) => wait.kind === "update"));
  const began = run.rounds[sawUpdate >= 0 ? sawUpdate + 1 : lacking];
  if (lacking > 0 && began) return began.startedMs;
  const eventsMs = changes.flatMap((change) => (change.kind === "sweep" ? [] : [change.timeMs]));
  return Math.max(healthyMs ?? 0, eventsMs.length > 0 ? Math.min(...eventsMs) : 0) || run.startedMs;
}

function gauges({ network }: Run): Measurement[] {
  if (!network) return [];
  const { addresses } = network;
  const waiting = isWaiting(network);
  const count = (name: Measurement["name"], test: (address: Address) => boolean) =>
    ({ name, unit: "Count", value: addresses.filter(test).length }) as const;
  return [
    count("AddressesServing", (it) => !waiting(it) && it.use?.state !== "draining"),
    count("AddressesSpare", (it) => waiting(it) && !it.blocked),
    count("AddressesSuspect", (it) => it.blocked),
  ];
}

interface Failure {
  readonly permission: string;
  readonly code: string;
  readonly message: string;
}

function failuresOf(run: Run): Failure[] {
  const unnoted = outcomesOf(run).flatMap((it) => (it.result === "done" && it.unnoted ? [it.unnoted] : []));
  const errors = [...(run.failure ? [run.failure] : []), ...unnoted];
  const unverified = run.rounds
    .flatMap((round) => round.unverified)
    .map(({ action }) => ({
      permission: "none",
      code: "Unverified",
      message: `AWS accepted ${action.kind} of ${action.allocationId} on ${action.networkInterfaceId} but does not show it`,
    }));
  const given = (run.rounds.at(-1)?.outcomes ?? []).flatMap((outcome) =>
    outcome.result === "conflict" ? [givenUp(outcome)] : [],
  );
  return [
    ...errors.map(({ action, code, message }) => ({ permission: action, code, message })),
    ...unverified,
    ...given,
  ];
}

/** A conflict that the run's last round ended with; one that a later round has resolved is none. */
function givenUp({ action, reason }: Extract<Outcome, { result: "conflict" }>): Failure {
  const what = `${action.kind} of ${action.allocationId} on ${action.networkInterfaceId}`;
  return { permission: "none", code: "Conflict", message: `${what} was left to the next sweep: ${reason}` };
}

function event(run: Run, type: DomainEvent["type"], detail: object): DomainEvent {
  return { type, timeMs: run.endedMs, detail: { pool: run.pool, ...detail } };
}

function relocated(run: Run, { action, atMs }: TimedOutcome, gapSeconds: number): DomainEvent {
  const { allocationId, networkInterfaceId, subnetId, row } = action;
  const publicIp = run.network?.addresses.find((it) => it.allocationId === allocationId)?.publicIp;
  const detail = {
    ...{ allocationId, publicIp, networkInterfaceId, subnetId, row },
    ...(action.kind === "move" ? { from: action.from } : {}),
    ...(action.kind === "swap" ? { replaces: action.replaces } : {}),
    gapSeconds: rounded(gapSeconds),
  };
  return { ...event(run, "AddressRelocated", detail), timeMs: atMs };
}

function released(run: Run, { allocationId, networkInterfaceId }: Action): DomainEvent {
  return event(run, "AddressReleased", { allocationId, networkInterfaceId });
}

function scouted(run: Run, { allocationId, networkInterfaceId }: Action): DomainEvent {
  const publicIp = run.network?.addresses.find((it) => it.allocationId === allocationId)?.publicIp;
  return event(run, "AddressScouted", { allocationId, publicIp, networkInterfaceId });
}

const findingEvents: Record<Finding["kind"], DomainEvent["type"]> = {
  shortage: "AddressShortage",
  blocked: "AddressShortage",
  conflict: "ForeignAddressFound",
  displaced: "ForeignAddressFound",
  "failed-update": "MemberUpdateFailed",
  refused: "RelocationFailed",
  "outside-network": "MemberOutsideNetwork",
  "missing-member": "MemberMissing",
  paused: "OverrideSet",
};

function findingEvent(run: Run, { kind, ...detail }: Finding): DomainEvent {
  return event(run, findingEvents[kind], { finding: kind, ...detail });
}
