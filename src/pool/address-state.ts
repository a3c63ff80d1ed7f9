/**
 * What state an egress address is in: the one answer for plans, reports, the command line and the console. Pure.
 *
 *  #  it is on                                                      blocked   noted      state
 *  1  nothing, or the scout's interface                             no        -          spare
 *  2  nothing, or the scout's interface                             yes       -          suspect
 *  3  a pool interface in use, of a version that is settled         -         -          serving
 *  4  a pool interface in use, of an update that failed             -         -          serving
 *  5  a pool interface in use, of an update in progress alone       -         -          arriving
 *  6  a pool interface that no live version uses, or not in use     -         -          draining
 *  7  a NAT gateway                                                 -         -          on NAT
 *  8  anything else                                                 -         -          elsewhere
 *  9  a pool interface, or something, of unknown use                -         draining   draining
 * 10  something of unknown use                                      -         scouting   as rows 1 and 2
 * 11  a pool interface, or something, of unknown use                -         else       serving
 *
 * Where an address is decides; the note on its `holdfast:use` tag counts only where AWS was not asked who uses that
 * (rows 9 to 11). A blocked address that still serves is serving: it becomes suspect when a spare has taken its place.
 */

export type AddressState = "serving" | "arriving" | "draining" | "spare" | "suspect" | "on NAT" | "elsewhere";

/** What an address is associated with, as far as it is known. */
export type Holder =
  | { readonly kind: "none" | "scout" | "nat-gateway" | "elsewhere" }
  /** An interface in the members' subnets; the use is unknown where the members were not read. */
  | { readonly kind: "interface"; readonly use: "settled" | "failed" | "changing" | "unused" | "unknown" }
  /** Only the address was read. */
  | { readonly kind: "unknown" };

export interface AddressFacts {
  readonly holder: Holder;
  readonly blocked: boolean;
  /** The state that the `holdfast:use` tag notes. */
  readonly noted: "serving" | "draining" | "scouting" | undefined;
}

/** Returns the state of an egress address, by the table above. */
export function addressState({ holder, blocked, noted }: AddressFacts): AddressState {
  switch (holder.kind) {
    case "none":
    case "scout":
      return waiting(blocked);
    case "nat-gateway":
      return "on NAT";
    case "elsewhere":
      return "elsewhere";
    case "interface":
      return holder.use === "unknown" ? byNote(noted) : byUse[holder.use];
    case "unknown":
      return noted === "scouting" ? waiting(blocked) : byNote(noted);
  }
}

const byUse = { settled: "serving", failed: "serving", changing: "arriving", unused: "draining" } as const;

function waiting(blocked: boolean): AddressState {
  return blocked ? "suspect" : "spare";
}

function byNote(noted: AddressFacts["noted"]): AddressState {
  return noted === "draining" ? "draining" : "serving";
}
