/**
 * The rows of relocation's decision table as people read them: in `holdfast plan` and `explain`, on the console and in
 * docs/how-it-works.md. The tables above `plan` and in ./scout.ts say the same where the code is; a test compares all. Pure.
 */
import type { Row } from "../pool/row.ts";

export const rows: Readonly<Record<number, Row>> = {
  1: {
    when: ["serving", "a healthy pool address", "-"],
    action: "none",
    reason: "the interface serves again before its drain time ended",
  },
  2: {
    when: ["serving", "no address", "clean spare"],
    action: "associate the spare",
    reason: "the interface carries traffic without an address, and there is a clean spare",
  },
  3: {
    when: ["serving", "no address", "leaving address"],
    action: "move it",
    reason: "the interface carries traffic without an address, and no live version uses the other interface any more",
  },
  4: {
    when: ["serving", "no address", "nothing"],
    action: "report `shortage`",
    reason: "the interface carries traffic without an address, and no spare is left",
  },
  5: {
    when: ["serving", "a blocked pool address", "clean spare"],
    action: "swap; the blocked one becomes suspect",
    reason: "a partner blocks the address, and there is a clean spare",
  },
  6: {
    when: ["serving", "a foreign address", "-"],
    action: "report `conflict`, touch nothing",
    reason: "the address does not belong to the pool, so Holdfast does not change it",
  },
  7: {
    when: ["arriving", "no address", "clean spare"],
    action: "associate it now (make before break)",
    reason: "the new interface gets its address before traffic moves to it: make before break",
  },
  8: {
    when: ["arriving", "no address", "no spare"],
    action: "wait until the update succeeds, then as 3",
    reason: "an address becomes free only when the update has succeeded",
  },
  9: {
    when: ["leaving", "a pool address", "nobody needs it"],
    action: "after the drain time disassociate",
    reason: "no live version uses the interface any more, and connections get time to end",
  },
  10: {
    when: ["of a failed update", "any", "-"],
    action: "as rows 2 and 5; report",
    reason: "the function's last update failed, so relocation gives its interfaces addresses and takes none",
  },
  11: {
    when: ["several of one attachment", "some without", "as 2-4"],
    action: "each in-use interface needs an address",
    reason: "several interfaces of the same subnet and security groups carry traffic",
  },
};

export const scoutRows: Readonly<Record<number, Row>> = {
  12: {
    when: ["none, or it shows a foreign address", "-", "-"],
    action: "none",
    reason: "there is no interface to verify an address on",
  },
  13: {
    when: ["without address", "due, or a clean spare", "see below"],
    action: "associate the one that is longest due",
    reason: "the address is due to be verified",
  },
  14: {
    when: ["an address whose time is over", "due, or a clean spare for a suspect", "see below"],
    action: "take it off, then row 13",
    reason: "the address has been verified, and another is due",
  },
  15: {
    when: ["an address that is being tried", "-", "-"],
    action: "none: the canary's rounds decide",
    reason: "the canary has not decided yet",
  },
  16: {
    when: ["an address that has been tried", "neither", "-"],
    action: "none: it rests there, and is asked on",
    reason: "no other address is due",
  },
  17: {
    when: ["any", "-", "spent"],
    action: "none",
    reason: "the month's budget of verifications is spent",
  },
};

/** Returns the reason of this row. */
export function reasonOf(row: number): string {
  return (rows[row] ?? scoutRows[row])?.reason ?? "";
}
