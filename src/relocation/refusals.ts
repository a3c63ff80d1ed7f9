/**
 * Which address may go to which interface, after what AWS refused lately. Pure.
 *
 * A refusal is about the address, about the interface, or about the moment. What its code says to be about the one or the
 * other rests for a quarter of an hour. Everything else may pass, so the two are tried again together after 1, 2, 4 …
 * seconds, for at most that quarter; a permission may be granted at any time, so it is tried again each minute. What AWS
 * refuses of one address on several interfaces counts together, or each interface would add its own attempts. Each code
 * counts by itself: one that was not there before says that what rested is over, and that something else may pass soon.
 * What AWS refuses of an interface in the making, it may accept once the interface is in use.
 */
import type { Outcome as ActionOutcome } from "../actuator/outcome.ts";
import type { AllocationId, NetworkInterfaceId } from "../aws/identifiers.ts";
import type { Action } from "./actions.ts";
import type { Address, Refusal } from "./model.ts";
import type { Slot } from "./slots.ts";

type Outcome = ActionOutcome<Action>;

const restMs = 15 * 60_000;
const deniedMs = 60_000;
const firstMs = 1000;
/** A refusal that is over within this time is waited for. */
const awaitedMs = 10_000;

/** What a code is about (EC2 API, "Error codes"). */
const about: Readonly<Record<string, "address" | "interface">> = {
  "InvalidAddress.Locked": "address",
  "InvalidAddress.NotFound": "address",
  "InvalidAddressID.NotFound": "address",
  "InvalidAllocationID.NotFound": "address",
  OperationNotPermitted: "interface",
};

/** Returns what AWS's error code says to be refused, if it says so. */
export function aboutCode(code: string): "address" | "interface" | undefined {
  return about[code];
}

/**
 * Returns whether an association is refused because Lambda is still making the interface. `IncorrectState` is assumed: AWS
 * does not document in which states an interface takes an address.
 */
export function isTooEarly(action: Action, code: string): boolean {
  return action.kind === "associate" && action.inMaking === true && code === "IncorrectState";
}

/** A refusal with how often it came in a row, with this code. */
export interface CountedRefusal extends Refusal {
  readonly count: number;
}

/** Returns the refusals after a round: what was refused is counted, what was associated is forgotten. */
export function refusalsAfter(
  before: readonly CountedRefusal[],
  outcomes: readonly Outcome[],
  nowMs: number,
): readonly CountedRefusal[] {
  return outcomes.reduce<readonly CountedRefusal[]>((refusals, outcome) => {
    if (outcome.result === "reported") return withRefusal(refusals, outcome, nowMs);
    if (outcome.result !== "done" || outcome.action.kind === "note") return refusals;
    const { allocationId, networkInterfaceId } = outcome.action;
    return refusals.filter((it) => it !== refusalOf([it], allocationId, networkInterfaceId));
  }, before);
}

function withRefusal(
  before: readonly CountedRefusal[],
  { action, error }: Extract<Outcome, { error: unknown }>,
  nowMs: number,
): readonly CountedRefusal[] {
  const tooEarly = isTooEarly(action, error.code);
  const subject = tooEarly ? "interface" : aboutCode(error.code);
  const allocationId = subject === "interface" ? undefined : action.allocationId;
  const networkInterfaceId = subject === "address" ? undefined : action.networkInterfaceId;
  const recent = recentRefusals(before, nowMs);
  const alike = recent.filter((it) => it.code === error.code);
  const same = alike.find((it) => it.allocationId === allocationId && it.networkInterfaceId === networkInterfaceId);
  const ofAddress = alike.filter((it) => it.allocationId && it.allocationId === allocationId);
  const count = Math.max(0, ...[...ofAddress, same].map((it) => it?.count ?? 0)) + 1;
  const untilMs = nowMs + (subject ? restMs : pauseMs(error.errorClass === "denied" ? deniedMs : restMs, count));
  const { action: permission, code, message: reason } = error;
  const refusal: CountedRefusal = {
    ...{ allocationId, networkInterfaceId, untilMs, permission, code, reason, count },
    ...(tooEarly && { untilInUse: true }),
  };
  return [...recent.filter((it) => it !== same), refusal];
}

function pauseMs(longestMs: number, count: number): number {
  return Math.min(longestMs, firstMs * 2 ** (count - 1));
}

/** Returns the refusals that still count. */
export function activeRefusals(refusals: readonly Refusal[], nowMs: number): Refusal[] {
  return refusals.filter(({ untilMs }) => untilMs > nowMs);
}

/** Returns whether a refusal is over so soon that it is worth a wait. */
export function isAwaited({ untilMs }: Pick<Refusal, "untilMs">, nowMs: number): boolean {
  return untilMs <= nowMs + awaitedMs;
}

/** Returns the refusals that count, or did until a quarter of an hour ago. */
export function recentRefusals<R extends Refusal>(refusals: readonly R[], nowMs: number): R[] {
  return refusals.filter(({ untilMs }) => untilMs > nowMs - restMs);
}

/** Returns the refusal that keeps the address off the interface, if one does. */
export function refusalOf(
  refusals: readonly Refusal[],
  allocationId: AllocationId | undefined,
  networkInterfaceId: NetworkInterfaceId | undefined,
): Refusal | undefined {
  const concerns = <Id>(refused: Id | undefined, id: Id | undefined) => refused === undefined || refused === id;
  return refusals.find(
    (it) => concerns(it.allocationId, allocationId) && concerns(it.networkInterfaceId, networkInterfaceId),
  );
}

/** Returns whether the address may be tried on the slot's interface. */
export function accepts(refusals: readonly Refusal[], { networkInterface }: Slot, { allocationId }: Address): boolean {
  return refusalOf(refusals, allocationId, networkInterface.networkInterfaceId) === undefined;
}

/** Returns whether the address may be tried on the slot's interface again within seconds. */
export function isRefusedBriefly(
  refusals: readonly Refusal[],
  { networkInterface }: Slot,
  { allocationId }: Address,
  nowMs: number,
): boolean {
  const refusal = refusalOf(refusals, allocationId, networkInterface.networkInterfaceId);
  return refusal !== undefined && isAwaited(refusal, nowMs);
}
