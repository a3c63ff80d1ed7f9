/** What came of a run's associations and disassociations. Pure. */
import { type WriteKinds, type Writes, writesIn } from "../actuator/writes.ts";
import type { Observed } from "./model.ts";
import type { Run, TimedOutcome } from "./pass.ts";

type Look = Pick<Observed, "addresses">;

/** @param before what the run before left open */
export function writesOf({ passes, network, endedMs }: Run, before: readonly TimedOutcome[]): Writes<TimedOutcome> {
  // A quiet run has looked at the network alone.
  const looks = passes.length === 0 && network ? [{ observed: network, outcomes: [] }] : passes;
  return writesIn<Look, TimedOutcome, TimedOutcome>(looks, before, endedMs, kinds);
}

const kinds: WriteKinds<Look, TimedOutcome> = {
  subjectOf({ action: { kind, allocationId, networkInterfaceId } }) {
    return kind === "note" ? undefined : `${kind} ${allocationId} ${networkInterfaceId}`;
  },
  // The outcome itself, as its pass has it: how long egress was interrupted follows from where it stands there.
  shownBy(outcome, { addresses }) {
    const { allocationId, networkInterfaceId, kind } = outcome.action;
    const address = addresses.find((it) => it.allocationId === allocationId);
    if (!address) return undefined;
    const isShown = (address.networkInterfaceId === networkInterfaceId) === (kind !== "disassociate");
    return isShown ? outcome : undefined;
  },
};
