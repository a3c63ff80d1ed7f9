/**
 * The rows of fallback's decision table as people read them: in `holdfast plan`, on the console and in docs/fallback.md. The
 * table above `plan` says the same where the code is; a test compares all. Pure.
 */
import type { Row } from "../pool/row.ts";

export const rows: Readonly<Record<number, Row>> = {
  1: {
    when: ["direct", "quiet", "none", "cold standby"],
    action: "none",
    reason: "nothing is blocked",
  },
  2: {
    when: ["direct", "raised", "any", "a clean spare may still cure"],
    action: "wait for the swap",
    reason: "a swap to a clean spare may still end the block",
  },
  3: {
    when: ["direct", "raised", "none", "-"],
    action: "create it with the fallback address",
    reason: "the alarm is raised, and no clean spare can end the block",
  },
  4: {
    when: ["any", "raised", "pending", "-"],
    action: "wait (as while one is being deleted)",
    reason: "the NAT gateway is not available yet",
  },
  5: {
    when: ["any", "any", "failed", "no route points to it"],
    action: "delete",
    reason: "the NAT gateway failed, and is deleted before another is created",
  },
  6: {
    when: ["any", "raised", "refused, gone", "the growing pause is over"],
    action: "create again, report the reason",
    reason: "the last NAT gateway was refused, failed or was deleted, and the pause after that is over",
  },
  7: {
    when: ["direct or mixed", "raised", "available", "-"],
    action: "replace the routes, one by one",
    reason: "the NAT gateway is available, so the route tables switch to it one by one",
  },
  8: {
    when: ["any on it", "any", "available", "-"],
    action: "report the cost; hold",
    reason: "the pool stays in fallback for its minimum time",
  },
  9: {
    when: ["any on it", "quiet", "available", "hold over, flips used up"],
    action: "stay, report",
    reason: "the pool has changed its route too often today to fail back",
  },
  10: {
    when: ["any on it", "quiet", "any", "hold over, returned ones clean"],
    action: "return one table",
    reason: "the alarm is quiet and the minimum time has passed; one route table fails back at a time",
  },
  11: {
    when: ["mixed, direct", "quiet", "available", "a returned one blocked again"],
    action: "put it back; the next hold is doubled",
    reason: "the partner blocks again after the failback, and the next minimum time is twice as long",
  },
  12: {
    when: ["direct", "quiet", "available", "cold standby, grace over"],
    action: "delete",
    reason: "all traffic is direct again and the grace time has passed, so the NAT gateway would only cost money",
  },
  13: {
    when: ["direct", "quiet", "none", "warm standby"],
    action: "create",
    reason: "the pool keeps a NAT gateway ready (warm standby)",
  },
  14: {
    when: ["to a dead one", "any", "any", "-"],
    action: "replace by the one available (not under `direct`), or direct",
    reason: "the route points to a NAT gateway that carries no traffic",
  },
  15: {
    when: ["any", "any", "two", "one without a route"],
    action: "delete that one",
    reason: "one NAT gateway is enough",
  },
  16: {
    when: ["any", "override", "any", "it is `direct`"],
    action: "return all tables, without hold",
    reason: "the operator's override is direct",
  },
  17: {
    when: ["changed", "any", "any", "its tag does not say so"],
    action: "note it",
    reason: "the route has changed, and its tag does not record it yet",
  },
  18: {
    when: ["any", "any", "on its way", "for too long"],
    action: "report; after a deletion, create once the address is free",
    reason: "the deletion of the last NAT gateway does not end, but its address is free",
  },
  19: {
    when: ["any", "any", "any", "a refusal, and no tag says so"],
    action: "note it",
    reason: "a change is refused, or no longer is, and the tag does not record it yet",
  },
};

/** Returns the reason of this row. */
export function reasonOf(row: number): string {
  return rows[row]?.reason ?? "";
}
