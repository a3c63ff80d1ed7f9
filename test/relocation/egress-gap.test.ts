import { describe, expect, it } from "vitest";
import type { Action, Wait } from "../../src/relocation/actions.ts";
import type { Change } from "../../src/relocation/changes.ts";
import { clocksDifferMs, describeLagMs, longestGapMs, looksAfter } from "../../src/relocation/egress-gap.ts";
import { type Looks, noLooks, withLook } from "../../src/relocation/looks.ts";
import type { LiveVersion, Observed } from "../../src/relocation/model.ts";
import type { Pass, Run, TimedOutcome } from "../../src/relocation/pass.ts";
import { address, attachment, member, networkInterface, nowMs, version, world } from "./build.ts";

const web = attachment("a", "web");
const old = attachment("b", "web");
const one = networkInterface("1", web);
const associate: Action = {
  kind: "associate",
  row: 2,
  networkInterfaceId: one.networkInterfaceId,
  subnetId: web.subnetId,
  allocationId: address("1").allocationId,
};
const healed: TimedOutcome = { action: associate, result: "done", atMs: nowMs };
const awaited: Wait = { kind: "interface", attachment: web.key, arriving: true };

interface Parts extends Partial<Omit<Pass, "plan" | "observed">> {
  /** Seconds after `nowMs`. */
  readonly at: number;
  readonly versions?: readonly LiveVersion[];
  readonly interfaces?: Observed["interfaces"];
  readonly waits?: readonly Wait[];
}

function pass({ at, versions = [version("settled", [web])], interfaces = [one], waits = [], ...rest }: Parts): Pass {
  const startedMs = nowMs + at * 1000;
  const observed = world({ members: [member("orders", ...versions)], interfaces, addresses: [address("1")] });
  const nothing = { outcomes: [], unverified: [], verifiedMs: startedMs, unchanged: undefined, asked: true };
  return { startedMs, observed, plan: { actions: [], findings: [], waits }, ...nothing, ...rest };
}

/** The pass in which the interface gets its address, which AWS shows 2 s later. */
function heal(parts: Parts): Pass {
  return pass({ ...parts, outcomes: [healed], verifiedMs: nowMs + (parts.at + 2) * 1000 });
}

/** The bound in seconds. */
function gap(passes: readonly Pass[], before: Looks = noLooks, changes: readonly Change[] = []): number | undefined {
  const first = passes[0] as Pass;
  const last = passes.at(-1) as Pass;
  const run: Run = {
    pool: "partner",
    startedMs: first.startedMs,
    endedMs: last.verifiedMs,
    network: last.observed,
    passes,
    failure: undefined,
  };
  const ms = longestGapMs(run, healed, changes, before);
  return ms === undefined ? undefined : ms / 1000;
}

const lag = describeLagMs / 1000;
const clocks = clocksDifferMs / 1000;
/** A look at which a version used the attachment, two hours before. */
const usedBefore = (of: typeof web) =>
  withLook(noLooks, pass({ at: 0, versions: [version("settled", [of])] }).observed, nowMs - 7_200_000);
const updating = (of = web, modified = 0, servesNothing = false): LiveVersion => ({
  ...version("changing", [of]),
  modifiedMs: nowMs + modified * 1000,
  servesNothing,
});
const unchanged = (updates: number, interfaces?: number): Pass["unchanged"] => ({
  updatesMs: nowMs + updates * 1000,
  interfacesMs: interfaces === undefined ? undefined : nowMs + interfaces * 1000,
});

describe("the longest gap, from looks", () => {
  const well = world({
    members: [member("orders", version("settled", [web]))],
    interfaces: [one],
    addresses: [address("1", { on: "1" })],
  });
  const lacking = pass({ at: 0 }).observed;
  const elsewhere = world({ members: [member("orders", version("settled", [old]))], interfaces: [one], addresses: [] });
  const at = (seconds: number) => nowMs + seconds * 1000;

  it.each<[name: string, looks: Looks, expected: number | undefined]>([
    ["no look: no bound", noLooks, undefined],
    ["the interface had its address", withLook(noLooks, well, at(-60)), 62 + lag],
    ["the interface was not in use", withLook(noLooks, { ...well, interfaces: [] }, at(-60)), 62 + lag],
    ["the latest of two such looks", withLook(withLook(noLooks, well, at(-60)), well, at(-30)), 32 + lag],
    ["a lack that lasts", withLook(withLook(noLooks, well, at(-60)), lacking, at(-30)), 62 + lag],
    ["a lack that every look has shown: no bound", withLook(noLooks, lacking, at(-60)), undefined],
    ["a lack that nobody needed", withLook(noLooks, elsewhere, at(-60)), 62 + lag],
    [
      "a lack that a member may need that the index of tags left out: no bound",
      withLook(noLooks, { ...elsewhere, mayMissMembers: true }, at(-60)),
      undefined,
    ],
    [
      "a lack of which an update in progress does not say whether it is needed: no bound",
      withLook(noLooks, { ...elsewhere, members: [member("orders", updating(old))] }, at(-60)),
      undefined,
    ],
  ])("%s", (_name, looks, expected) => {
    expect(gap([heal({ at: 0 })], looks)).toBe(expected);
  });

  it("counts the looks of earlier passes of the run", () => {
    expect(gap([pass({ at: -5, interfaces: [] }), heal({ at: 0 })])).toBe(7 + lag);
  });
});

describe("the longest gap, from an update that was seen in progress", () => {
  const late = lag + clocks + 1;
  const absent = { versions: [updating()], interfaces: [], waits: [awaited] };

  it.each<[name: string, passes: readonly Pass[], expected: number | undefined, before?: Looks]>([
    [
      "a creation, from the last read that showed it in progress",
      [pass({ at: 1, versions: [updating(web, 0, true)] }), heal({ at: 9, unchanged: unchanged(8.5) })],
      2.5,
    ],
    [
      "an update to an attachment that had no interface while it was in progress",
      [pass({ at: late, ...absent }), heal({ at: late + 9, unchanged: unchanged(late + 8.75) })],
      2.25,
      usedBefore(old),
    ],
    [
      "an interface that Lambda replaced while an update of the function that had it hung",
      [pass({ at: late, ...absent }), heal({ at: late + 9, unchanged: unchanged(late + 8.75) })],
      11 + lag,
      usedBefore(web),
    ],
    [
      "the same, where no look before says what the function used",
      [pass({ at: late, ...absent }), heal({ at: late + 9, unchanged: unchanged(late + 8.75) })],
      11 + lag,
    ],
    [
      "the same, seen by the wait alone",
      [pass({ at: 1, ...absent }), heal({ at: late + 9, unchanged: unchanged(late + 8.75, late + 8) })],
      2.25,
      usedBefore(old),
    ],
    [
      "an interface that was absent only before describe calls can have shown it",
      [pass({ at: 1, ...absent }), heal({ at: 9, unchanged: unchanged(8.75, 8) })],
      10 + lag,
    ],
    [
      "one that was absent so shortly after that AWS's clock may be behind ours",
      [pass({ at: lag + 1, ...absent }), heal({ at: lag + 9, unchanged: unchanged(lag + 8.75) })],
      10 + lag,
      usedBefore(old),
    ],
    [
      "an attachment that may have been in use before: no bound",
      [pass({ at: late, versions: [updating()] }), heal({ at: late + 9, unchanged: unchanged(late + 8.75) })],
      undefined,
    ],
    [
      "another version that uses it already: no bound",
      [
        pass({ at: 1, versions: [updating(web, 0, true), version("settled", [web], "7")] }),
        heal({ at: 9, versions: [version("settled", [web]), version("settled", [web], "7")] }),
      ],
      undefined,
    ],
    [
      "an address that was there before the update ended: nothing",
      [
        pass({ at: 1, versions: [updating(web, 0, true)] }),
        heal({ at: 5, versions: [updating(web, 0, true)] }),
        pass({ at: 7, versions: [updating(web, 0, true)] }),
      ],
      0,
    ],
    [
      "an update that ended while the address was associated",
      [
        pass({ at: 1, versions: [updating(web, 0, true)] }),
        heal({ at: 5, versions: [updating(web, 0, true)] }),
        pass({ at: 7 }),
      ],
      2,
    ],
    [
      "a second update, after the one that brought the version there",
      [
        pass({ at: 1, versions: [updating(web, 0, true)] }),
        pass({ at: 9, versions: [updating(web, 8)], unchanged: unchanged(6) }),
        heal({ at: 20, unchanged: unchanged(19) }),
      ],
      16,
    ],
  ])("%s", (_name, passes, expected, before) => {
    expect(gap(passes, before)).toBe(expected);
  });

  it("is unknown for a write that AWS does not show", () => {
    const passes = [pass({ at: 1, versions: [updating(web, 0, true)] }), heal({ at: 9 })];
    const [first, last] = passes as [Pass, Pass];
    expect(gap([first, { ...last, unverified: [healed] }])).toBeUndefined();
  });
});

describe("the longest gap, from the event of the interface's creation", () => {
  const created = (second: number, id: string): Change => ({
    kind: "interface",
    timeMs: nowMs + second * 1000,
    subnetId: web.subnetId,
    networkInterfaceId: id,
  });
  const id = one.networkInterfaceId;

  it("is the time since then and what AWS's clock may be ahead of ours, where no look is later", () => {
    expect(gap([heal({ at: 9 })], noLooks, [created(4, id)])).toBe(7 + clocks);
  });

  it("is not bounded by another interface's creation, nor by a deletion", () => {
    const deleted: Change = { kind: "interface", timeMs: nowMs, networkInterfaceId: id };
    expect(gap([heal({ at: 9 })], noLooks, [created(4, "eni-other"), deleted])).toBeUndefined();
  });
});

describe("what is known after a run", () => {
  it("includes a look at the network alone", () => {
    const { members: _, ...network } = pass({ at: 0, interfaces: [] }).observed;
    const run: Run = { pool: "p", startedMs: nowMs - 60_000, endedMs: nowMs, network, passes: [], failure: undefined };
    expect(gap([heal({ at: 0 })], looksAfter(run, noLooks))).toBe(62 + lag);
  });
});
