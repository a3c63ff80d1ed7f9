/** Which address goes to which interface, the same for any order of the input. */
import type { Address, Refusal } from "./model.ts";
import { accepts, isRefusedBriefly } from "./refusals.ts";
import type { Leaving, Slot } from "./slots.ts";

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

/** What may be given to slots for which no spare is left that AWS accepts. */
export interface Supplies {
  /** The spares that are left. */
  readonly spares: readonly Address[];
  /** Interfaces that no version uses, those to take from first before the others. */
  readonly leaving: readonly (readonly Leaving[])[];
  /** Interfaces that published versions alone use, which lose their egress. */
  readonly published: readonly Leaving[];
}

/**
 * Gives from one supply after the other, each time to those that are still without, and blocked addresses to nobody.
 * A published version loses its address only to a slot for which no other address's refusal is over within seconds.
 */
export function assignInTurn(
  slots: readonly Slot[],
  { spares, leaving, published }: Supplies,
  refusals: readonly Refusal[],
  nowMs: number,
): Pick<Assignment, "pairs" | "unserved"> {
  const unused = leaving.map(cleanOf);
  const pairs: (readonly [Slot, Address])[] = [];
  const unserved = () => {
    const served = new Set(pairs.map(([slot]) => slot));
    return slots.filter((slot) => !served.has(slot));
  };
  for (const supply of unused) pairs.push(...assign(unserved(), supply, refusals).pairs);
  const better = [...spares, ...unused.flat()];
  const isAwaiting = (slot: Slot) => better.some((address) => isRefusedBriefly(refusals, slot, address, nowMs));
  const needy = unserved().filter((slot) => !isAwaiting(slot));
  pairs.push(...assign(needy, cleanOf(published), refusals).pairs);
  return { pairs, unserved: unserved() };
}

function cleanOf(slots: readonly Leaving[]): Address[] {
  return slots.map(({ address }) => address).filter(({ blocked }) => !blocked);
}

function bestFirst(a: Address, b: Address): number {
  const untried = ({ verified }: Address) => (verified ? 0 : 1);
  return untried(a) - untried(b) || longestUnusedFirst(a, b);
}

function longestUnusedFirst(a: Address, b: Address): number {
  return (a.use?.sinceMs ?? 0) - (b.use?.sinceMs ?? 0) || (a.allocationId < b.allocationId ? -1 : 1);
}
