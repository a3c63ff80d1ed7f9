/** Which address goes to which interface, the same for any order of the input. */
import type { Address, Refusal } from "./model.ts";
import { accepts } from "./refusals.ts";
import type { Slot } from "./slots.ts";

export interface Assignment {
  readonly pairs: readonly (readonly [Slot, Address])[];
  readonly unserved: readonly Slot[];
  readonly left: readonly Address[];
}

/**
 * Gives the slots, in their order, addresses from the supply: first each the address that last served its subnet, then
 * those found clean before those never tried out, then the longest unused. When the supply is short, the first slots are
 * served. No address goes to an interface for which AWS refused it lately.
 */
export function assign(slots: readonly Slot[], supply: readonly Address[], refusals: readonly Refusal[]): Assignment {
  if (slots.length === 0) return { pairs: [], unserved: [], left: supply };
  const queue = [...supply].sort(bestFirst);
  if (refusals.length > 0) return assignEach(slots, queue, refusals);
  const served = slots.slice(0, queue.length);
  const wanted = new Map<string, Slot[]>();
  for (const slot of [...served].reverse()) {
    const { subnetId } = slot.networkInterface.attachment;
    const slots = wanted.get(subnetId);
    if (slots) slots.push(slot);
    else wanted.set(subnetId, [slot]);
  }
  const chosen = new Map<Slot, Address>();
  for (const address of queue) {
    const slot = wanted.get(address.use?.subnetId ?? "")?.pop();
    if (slot) chosen.set(slot, address);
  }
  const taken = new Set(chosen.values());
  const left = queue.filter((address) => !taken.has(address));
  const others = served.filter((slot) => !chosen.has(slot));
  others.forEach((slot, index) => {
    chosen.set(slot, left[index] as Address);
  });
  return {
    pairs: served.map((slot) => [slot, chosen.get(slot) as Address] as const),
    unserved: slots.slice(queue.length),
    left: left.slice(others.length),
  };
}

/** Slot by slot, for the rare moment when not every address may go everywhere. */
function assignEach(slots: readonly Slot[], queue: readonly Address[], refusals: readonly Refusal[]): Assignment {
  const left = [...queue];
  const pairs: [Slot, Address][] = [];
  const unserved: Slot[] = [];
  for (const slot of slots) {
    const fitting = left.filter((address) => accepts(refusals, slot, address));
    const { subnetId } = slot.networkInterface.attachment;
    const address = fitting.find(({ use }) => use?.subnetId === subnetId) ?? fitting[0];
    if (address) {
      left.splice(left.indexOf(address), 1);
      pairs.push([slot, address]);
    } else unserved.push(slot);
  }
  return { pairs, unserved, left };
}

function bestFirst(a: Address, b: Address): number {
  const untried = ({ verified }: Address) => (verified ? 0 : 1);
  return untried(a) - untried(b) || longestUnusedFirst(a, b);
}

function longestUnusedFirst(a: Address, b: Address): number {
  return (a.use?.sinceMs ?? 0) - (b.use?.sinceMs ?? 0) || (a.allocationId < b.allocationId ? -1 : 1);
}
