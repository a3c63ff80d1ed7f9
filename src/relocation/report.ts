/** What a run reports: metrics for alarms and dashboards, events for subscribers of the bus. Pure. */
import type { AddressState } from "../pool/address-state.ts";
import type { DomainEvent, Measurement } from "../telemetry/model.ts";
import type { Action, Finding } from "./actions.ts";
import { addressStates } from "./address-states.ts";
import type { Outcome } from "./apply.ts";
import type { Change } from "./changes.ts";
import { longestGapMs } from "./egress-gap.ts";
import type { Looks } from "./looks.ts";
import type { Run, TimedOutcome } from "./round.ts";

export interface Report {
  readonly measurements: readonly Measurement[];
  readonly events: readonly DomainEvent[];
}

/**
 * Returns the report of one run.
 *
 * @param newFindings findings that were not reported before
 * @param looks what was known of the pool before the run
 */
export function report(run: Run, changes: readonly Change[], newFindings: readonly Finding[], looks: Looks): Report {
  const done = doneOf(run);
  const heals = done.filter(({ action }) => isHeal(action));
  const gapsMs = new Map(heals.map((outcome) => [outcome, gapMs(run, outcome, looks)]));
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
      ...[...gapsMs.values()].flatMap((ms) => (ms === undefined ? [] : [seconds("EgressGapSeconds", ms / 1000)])),
    ],
    events: [
      ...heals.map((outcome) => relocated(run, outcome, gapsMs.get(outcome))),
      ...done.flatMap(({ action }) => {
        if (action.kind === "disassociate") return [released(run, action)];
        return action.kind === "scout" ? [scouted(run, action)] : [];
      }),
      ...failuresOf(run).map((detail) => event(run, "RelocationFailed", detail)),
      ...newFindings.map((finding) => findingEvent(run, finding)),
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
 * How long the interface was without address, at most, in milliseconds; undefined where no bound is known. A swap
 * replaces one address by another: what the blocked one could still reach is for the canary to say.
 */
function gapMs(run: Run, outcome: TimedOutcome, looks: Looks): number | undefined {
  return outcome.action.kind === "swap" ? undefined : longestGapMs(run, outcome, looks);
}

function gauges({ network }: Run): Measurement[] {
  if (!network) return [];
  const states = network.addresses.map(addressStates(network));
  const count = (name: Measurement["name"], ...counted: readonly AddressState[]) =>
    ({ name, unit: "Count", value: states.filter((state) => counted.includes(state)).length }) as const;
  return [
    count("AddressesServing", "serving", "arriving"),
    count("AddressesSpare", "spare"),
    count("AddressesSuspect", "suspect"),
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

function relocated(run: Run, { action, atMs }: TimedOutcome, gapMs: number | undefined): DomainEvent {
  const { allocationId, networkInterfaceId, subnetId, row } = action;
  const publicIp = run.network?.addresses.find((it) => it.allocationId === allocationId)?.publicIp;
  const detail = {
    allocationId,
    publicIp,
    networkInterfaceId,
    subnetId,
    row,
    ...(action.kind === "move" ? { from: action.from, cutsOff: action.cutsOff } : {}),
    ...(action.kind === "swap" ? { replaces: action.replaces } : {}),
    ...(gapMs === undefined ? {} : { gapSeconds: rounded(gapMs / 1000) }),
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
  "update-overdue": "MemberUpdateFailed",
  inactive: "MemberUpdateFailed",
  "outside-network": "MemberOutsideNetwork",
  "outside-vpc": "MemberOutsideNetwork",
  "missing-member": "MemberMissing",
  paused: "OverrideSet",
};

function findingEvent(run: Run, { kind, ...detail }: Finding): DomainEvent {
  return event(run, findingEvents[kind], { finding: kind, ...detail });
}
