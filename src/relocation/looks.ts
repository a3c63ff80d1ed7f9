/**
 * When the pool was last seen without a lack of addresses: what bounds how long a lack can have lasted. Pure. It is
 * evidence for reports alone; no action follows from it.
 */
import type { Observed } from "./model.ts";
import type { PoolNetwork } from "./observe-network.ts";
import { slotsOf } from "./slots.ts";

/** Per item, when a look last did not show it. `shown` has the items of the latest look. */
interface Absences {
  readonly lookMs: number | undefined;
  readonly shown: ReadonlyMap<string, number | undefined>;
}

/** What the looks at one pool have shown so far. */
export interface Looks {
  /** Interfaces in use that had no address, by id. */
  readonly lacking: Absences;
  /**
   * Attachments that live versions used, by key; from looks at which no update was in progress or had failed. Where members
   * may be missing, those of all interfaces in use: one of them may be such a member's.
   */
  readonly used: Absences;
}

const never: Absences = { lookMs: undefined, shown: new Map() };
export const noLooks: Looks = { lacking: never, used: never };

/** Returns the looks with one more, at the network alone or at the members too. */
export function withLook(looks: Looks, observed: PoolNetwork | Observed, atMs: number): Looks {
  const members = "members" in observed ? observed.members : [];
  const { slots } = slotsOf({
    published: undefined,
    refusals: [],
    callTimes: new Map(),
    ...observed,
    members,
    missingMembers: [],
    mayMissMembers: false,
  });
  const lacking = slots
    .filter(({ networkInterface, address, foreign }) => networkInterface.inUse && !address && !foreign)
    .map(({ networkInterface }) => networkInterface.networkInterfaceId);
  const versions = members.flatMap(({ liveVersions }) => liveVersions);
  const isSettled = versions.every(({ status }) => status === "settled" || status === "idle");
  const used = versions.flatMap(({ attachments }) => attachments.map(({ key }) => key));
  if ("members" in observed && observed.mayMissMembers) {
    used.push(...observed.interfaces.flatMap(({ inUse, attachment }) => (inUse ? [attachment.key] : [])));
  }
  return {
    lacking: after(looks.lacking, atMs, lacking),
    used: "members" in observed && isSettled ? after(looks.used, atMs, used) : looks.used,
  };
}

function after(before: Absences, atMs: number, items: readonly string[]): Absences {
  return { lookMs: atMs, shown: new Map(items.map((item) => [item, lastWithout(before, item)])) };
}

/** Returns when a look last did not show the item, undefined when none has. */
export function lastWithout({ lookMs, shown }: Absences, item: string): number | undefined {
  return shown.has(item) ? shown.get(item) : lookMs;
}

/** Returns whether the latest look did not show the item; false before any look. */
export function isAbsent({ lookMs, shown }: Absences, item: string): boolean {
  return lookMs !== undefined && !shown.has(item);
}
