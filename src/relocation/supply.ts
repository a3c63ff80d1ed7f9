/** Which address goes to which interface, the same for any order of the input. */
import type { Address } from "./model.ts";
import type { Seat } from "./slots.ts";

export interface Assignment {
  readonly pairs: readonly (readonly [Seat, Address])[];
  readonly unserved: readonly Seat[];
  readonly left: readonly Address[];
}

/**
 * Gives the seats, in their order, addresses from the supply: first each the address that last served its subnet, then
 * what was found clean before what nobody has tried out, then what is longest unused. When the supply is short, the first seats are served.
 */
export function assign(seats: readonly Seat[], supply: readonly Address[]): Assignment {
  if (seats.length === 0) return { pairs: [], unserved: [], left: supply };
  const queue = [...supply].sort(bestFirst);
  const served = seats.slice(0, queue.length);
  const wanted = new Map<string, Seat[]>();
  for (const seat of [...served].reverse()) {
    const { subnetId } = seat.networkInterface.attachment;
    const seats = wanted.get(subnetId);
    if (seats) seats.push(seat);
    else wanted.set(subnetId, [seat]);
  }
  const chosen = new Map<Seat, Address>();
  for (const address of queue) {
    const seat = wanted.get(address.use?.subnetId ?? "")?.pop();
    if (seat) chosen.set(seat, address);
  }
  const taken = new Set(chosen.values());
  const left = queue.filter((address) => !taken.has(address));
  const strangers = served.filter((seat) => !chosen.has(seat));
  strangers.forEach((seat, index) => {
    chosen.set(seat, left[index] as Address);
  });
  return {
    pairs: served.map((seat) => [seat, chosen.get(seat) as Address] as const),
    unserved: seats.slice(queue.length),
    left: left.slice(strangers.length),
  };
}

function bestFirst(a: Address, b: Address): number {
  const untried = ({ verified }: Address) => (verified ? 0 : 1);
  return untried(a) - untried(b) || longestUnusedFirst(a, b);
}

function longestUnusedFirst(a: Address, b: Address): number {
  return (a.use?.sinceMs ?? 0) - (b.use?.sinceMs ?? 0) || (a.allocationId < b.allocationId ? -1 : 1);
}
