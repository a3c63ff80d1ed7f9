/**
 * When a run may go by what the members said before (docs/decisions/0016-fewer-calls-per-heal.md). An address is given to an
 * interface of a remembered attachment when one member says that it still uses it. Whatever else depends on the members is
 * decided after all of them have been asked. Pure.
 */
import type { Action, Plan } from "./actions.ts";
import type { Observed } from "./model.ts";
import { isDetached, type Slot, slotsOf } from "./slots.ts";

/**
 * Returns the keys of the attachments to which the plan gives and that a member has to confirm; undefined where all members
 * have to be asked. `observed` has the members as they are remembered.
 */
export function attachmentsToConfirm(
  observed: Observed,
  { actions, waits, findings }: Plan,
): readonly string[] | undefined {
  const versions = observed.members.flatMap(({ liveVersions }) => liveVersions);
  const isAtRest = versions.every(({ status }) => status === "settled" || status === "idle");
  const isWaiting = waits.some(
    (it) => it.kind === "update" || it.kind === "proof" || (it.kind === "interface" && !it.arriving),
  );
  // An address that a member has let go of would end a shortage, and the event of that may have been lost.
  const isShort = findings.some(({ kind }) => kind === "shortage");
  const { slots } = slotsOf(observed);
  if (!isAtRest || isWaiting || isShort || slots.some(isUnclear)) return undefined;
  const keyOf = new Map(slots.map(({ networkInterface: it }) => [it.networkInterfaceId, it.attachment.key]));
  return [...new Set(actions.filter(isGift).flatMap(({ networkInterfaceId }) => keyOf.get(networkInterfaceId) ?? []))];
}

/** No remembered version uses the interface: it is left, or one uses it that has become live since. */
function isUnclear(slot: Slot): boolean {
  return slot.role === "unused" && !isDetached(slot) && !slot.foreign;
}

/** What says that an interface serves. */
function isGift({ kind, row }: Action): boolean {
  return kind === "associate" || kind === "move" || kind === "swap" || (kind === "note" && row === 1);
}
