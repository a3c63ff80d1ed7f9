/** What a run of relocation reports. Pure. */
import { attentionOf, count, eventOf, type Failure, failuresOf, type Report } from "../actuator/report.ts";
import type { AddressState } from "../pool/address-state.ts";
import { findingDetail } from "../telemetry/finding.ts";
import type { DomainEvent, Measurement } from "../telemetry/model.ts";
import { type Action, type Finding, isHeal } from "./actions.ts";
import { addressStates } from "./address-states.ts";
import type { Outcome } from "./apply.ts";
import type { Change } from "./changes.ts";
import { longestGapMs } from "./egress-gap.ts";
import { findingTable } from "./finding-table.ts";
import type { Looks } from "./looks.ts";
import type { Run, TimedOutcome } from "./pass.ts";
import { writesOf } from "./writes.ts";

/**
 * Returns the report of one run.
 *
 * @param newFindings findings that were not reported before
 * @param looks what was known of the pool before the run
 * @param open writes of the run before of which it was not known if AWS had done them
 */
export function report(
  run: Run,
  changes: readonly Change[],
  newFindings: readonly Finding[],
  looks: Looks,
  open: readonly TimedOutcome[] = [],
): Report {
  const { done } = writesOf(run, open);
  const heals = done.filter(({ action }) => isHeal(action));
  const gapsMs = new Map(heals.map((outcome) => [outcome, gapMs(run, outcome, changes, looks)]));
  const findings = run.passes.at(-1)?.plan.findings ?? [];
  const found = (...kinds: readonly Finding["kind"][]) => findings.filter(({ kind }) => kinds.includes(kind)).length;
  const failures = allFailuresOf(run);
  // What AWS refuses has an event of its own, as a finding.
  const refusals = findings.flatMap((it): Failure[] =>
    it.kind === "refused" ? [{ permission: it.permission, code: it.code, message: it.reason }] : [],
  );
  const askedMs = Math.min(...changes.map(({ timeMs }) => timeMs));
  // A look at the network alone shows what is lost too, and an alarm lasts only as long as each sweep says so.
  const isQuietLoss = run.passes.length === 0 && (run.network?.lost.length ?? 0) > 0;
  const kinds = [...findings.map(({ kind }) => kind), ...(isQuietLoss ? (["address-lost"] as const) : [])];
  const urgent = kinds.filter((kind) => alarming.has(kind)).map((kind) => findingTable[kind].severity);
  return {
    measurements: [
      attentionOf("RelocationAttention", urgent, [...failures, ...refusals]),
      ...gauges(run),
      count("AddressesMoved", heals.length),
      count("Verifications", done.filter(({ action }) => action.kind === "scout").length),
      count("Shortage", found("shortage")),
      count("Conflicts", found("conflict", "displaced")),
      count("RunsFailed", failures.length + refusals.length > 0 ? 1 : 0),
      // Of one that an earlier run made, what asked for it is not known any more.
      ...heals.flatMap((it) => (open.includes(it) ? [] : [seconds("TimeToHealSeconds", (it.atMs - askedMs) / 1000)])),
      ...[...gapsMs.values()].flatMap((ms) => (ms === undefined ? [] : [seconds("EgressGapSeconds", ms / 1000)])),
    ],
    events: [
      ...heals.map((outcome) => relocated(run, outcome, gapsMs.get(outcome))),
      ...done.flatMap(({ action }) => {
        if (action.kind === "disassociate") return [released(run, action)];
        return action.kind === "scout" ? [scouted(run, action)] : [];
      }),
      ...failures.map((detail) => eventOf(run, "RelocationFailed", detail)),
      ...newFindings.map((finding) => findingEvent(run, finding)),
    ],
    failures: [...failures, ...refusals],
  };
}

/** Findings that raise an alarm; a block is the canary's to report, and what a member's owner did is an event. */
const alarming: ReadonlySet<Finding["kind"]> = new Set(["shortage", "conflict", "displaced", "address-lost"]);

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
function gapMs(run: Run, outcome: TimedOutcome, changes: readonly Change[], looks: Looks): number | undefined {
  return outcome.action.kind === "swap" ? undefined : longestGapMs(run, outcome, changes, looks);
}

function gauges({ network }: Run): Measurement[] {
  if (!network) return [];
  const states = network.addresses.map(addressStates(network));
  const inState = (...counted: readonly AddressState[]) => states.filter((state) => counted.includes(state)).length;
  return [
    count("AddressesServing", inState("serving", "arriving")),
    count("AddressesSpare", inState("spare")),
    count("AddressesSuspect", inState("suspect")),
    count("AddressesLost", network.lost.length),
  ];
}

function allFailuresOf(run: Run): Failure[] {
  const unverified = ({ action }: Outcome) => `AWS accepted ${describe(action)} but does not show it`;
  const last = run.passes.at(-1)?.outcomes ?? [];
  return [
    ...failuresOf(run, unverified),
    ...last.flatMap((outcome) => (outcome.result === "conflict" ? [leftConflict(outcome)] : [])),
  ];
}

/** A conflict that the run's last pass ended with; one that a later pass has resolved is none. */
function leftConflict({ action, reason }: Extract<Outcome, { result: "conflict" }>): Failure {
  const message = `${describe(action)} was left to the next sweep: ${reason}`;
  const { allocationId, networkInterfaceId } = action;
  return { permission: "none", code: "Conflict", message, allocationId, networkInterfaceId };
}

function describe({ kind, allocationId, networkInterfaceId }: Action): string {
  return `${kind} of ${allocationId} on ${networkInterfaceId}`;
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
    ...(action.kind === "move"
      ? { from: action.from, cutsOff: action.cutsOff, openCallSeconds: action.openCallSeconds }
      : {}),
    ...(action.kind === "swap" ? { replaces: action.replaces } : {}),
    ...(gapMs === undefined ? {} : { gapSeconds: rounded(gapMs / 1000) }),
  };
  return eventOf(run, "AddressRelocated", detail, atMs);
}

function released(run: Run, { allocationId, networkInterfaceId }: Action): DomainEvent {
  return eventOf(run, "AddressReleased", { allocationId, networkInterfaceId });
}

function scouted(run: Run, { allocationId, networkInterfaceId }: Action): DomainEvent {
  const publicIp = run.network?.addresses.find((it) => it.allocationId === allocationId)?.publicIp;
  return eventOf(run, "AddressScouted", { allocationId, publicIp, networkInterfaceId });
}

const findingEvents: Record<Finding["kind"], DomainEvent["type"]> = {
  shortage: "AddressShortage",
  blocked: "AddressShortage",
  conflict: "ForeignAddressFound",
  displaced: "ForeignAddressFound",
  "address-lost": "AddressLost",
  "failed-update": "MemberUpdateFailed",
  refused: "RelocationFailed",
  "update-overdue": "MemberUpdateFailed",
  inactive: "MemberUpdateFailed",
  "outside-network": "MemberOutsideNetwork",
  "outside-vpc": "MemberOutsideNetwork",
  "dual-stack": "MemberOutsideNetwork",
  "missing-member": "MemberMissing",
  paused: "OverrideSet",
};

function findingEvent(run: Run, finding: Finding): DomainEvent {
  return eventOf(run, findingEvents[finding.kind], findingDetail(findingTable, finding));
}
