import { describe, expect, it } from "vitest";
import { AwsCallError } from "../../src/aws/errors.ts";
import type { Action, Finding, Wait } from "../../src/relocation/actions.ts";
import type { Change } from "../../src/relocation/changes.ts";
import type { Observed } from "../../src/relocation/model.ts";
import { report } from "../../src/relocation/report.ts";
import type { Round, Run, TimedOutcome } from "../../src/relocation/round.ts";
import { address, attachment, functionArn, member, networkInterface, nowMs, version, world } from "./build.ts";

const web = attachment("a", "web");
const { networkInterfaceId } = networkInterface("1", web);
const { allocationId } = address("1");
const target = { networkInterfaceId, subnetId: web.subnetId, allocationId };
const move: Action = { kind: "move", row: 3, ...target, from: networkInterface("9", web).networkInterfaceId };
const associate: Action = { kind: "associate", row: 2, ...target };
const early: Action = { kind: "associate", row: 7, ...target };
const swap: Action = {
  kind: "swap",
  row: 5,
  ...target,
  replaces: address("8").allocationId,
  replacesAssociation: "eipassoc-8" as Extract<Action, { kind: "swap" }>["replacesAssociation"],
};
const update: Wait = { kind: "update", functionArn: functionArn("orders"), version: "$LATEST", urgent: true };
const settled = world({
  members: [member("orders", version("settled", [web]))],
  interfaces: [networkInterface("1", web)],
  addresses: [address("1"), address("2", { blocked: true }), address("3", { on: "3" })],
});
const arriving: Observed = { ...settled, members: [member("orders", version("changing", [web]))] };
const sweep: Change = { kind: "sweep", timeMs: nowMs };
const changed: Change = { kind: "function", timeMs: nowMs - 5000, functionName: "orders" };

interface Parts {
  readonly at?: number;
  readonly observed?: Observed;
  readonly waits?: readonly Wait[];
  readonly findings?: readonly Finding[];
  readonly outcomes?: readonly TimedOutcome[];
  readonly unverified?: Round["unverified"];
}

function round({
  at = 0,
  observed = settled,
  waits = [],
  findings = [],
  outcomes = [],
  unverified = [],
}: Parts): Round {
  return { startedMs: nowMs + at, observed, plan: { actions: [], findings, waits }, outcomes, unverified };
}

function run(rounds: readonly Round[], more: Partial<Run> = {}): Run {
  const network = rounds.at(-1)?.observed;
  return { pool: "partner", startedMs: nowMs, endedMs: nowMs + 9000, network, rounds, failure: undefined, ...more };
}

function done(action: Action, at: number): TimedOutcome {
  return { action, result: "done", atMs: nowMs + at };
}

function values({ measurements }: ReturnType<typeof report>, name: string): number[] {
  return measurements.filter((it) => it.name === name).map(({ value }) => value);
}

/** The gap that the report gives for one heal, in seconds. */
function gap(rounds: readonly Round[], changes: readonly Change[], healthyMs?: number): number[] {
  return values(report(run(rounds), changes, [], healthyMs), "EgressGapSeconds");
}

describe("report: the gap in egress", () => {
  const heal = [round({ outcomes: [done(associate, 1234)] })];

  it("runs from the change that was told", () => {
    expect(gap(heal, [changed, sweep])).toEqual([6.234]);
  });

  it("runs from the earliest change", () => {
    expect(gap(heal, [changed, { kind: "interface", timeMs: nowMs - 7000 }])).toEqual([8.234]);
  });

  it("runs from when all was last well, where that is later than the change", () => {
    expect(gap(heal, [changed], nowMs - 1000)).toEqual([2.234]);
    expect(gap(heal, [changed], nowMs - 60_000)).toEqual([6.234]);
    expect(gap(heal, [sweep], nowMs - 60_000)).toEqual([61.234]);
  });

  it("runs from the start of the run where nothing else is known", () => {
    expect(gap(heal, [sweep])).toEqual([1.234]);
  });

  it("runs from the end of the update, where the run saw it", () => {
    const rounds = [round({ observed: arriving, waits: [update] }), round({ at: 4000, outcomes: [done(move, 4300)] })];
    expect(gap(rounds, [changed])).toEqual([0.3]);
  });

  it("runs from the end of the update also when the interface was shown only later", () => {
    const rounds = [
      round({ observed: { ...arriving, interfaces: [] }, waits: [update] }),
      round({ at: 4000, observed: { ...settled, interfaces: [] } }),
      round({ at: 5000, outcomes: [done(move, 5300)] }),
    ];
    expect(gap(rounds, [changed])).toEqual([1.3]);
  });

  it("is not shortened by another member's update that ends after the heal", () => {
    const rounds = [round({ waits: [update], outcomes: [done(associate, 300)] }), round({ at: 4000 })];
    expect(gap(rounds, [changed])).toEqual([5.3]);
  });

  it("is not shortened by another member's update for which the heal had to wait", () => {
    const rounds = [round({ waits: [update] }), round({ at: 4000, outcomes: [done(move, 4300)] })];
    expect(gap(rounds, [changed])).toEqual([9.3]);
  });

  it("is nothing for an address that arrived before the traffic, and not measured for a swap", () => {
    expect(gap([round({ observed: arriving, outcomes: [done(early, 1)] })], [changed])).toEqual([0]);
    expect(gap([round({ outcomes: [done(swap, 1)] })], [changed])).toEqual([]);
  });

  it("is never negative, whatever the clocks say", () => {
    expect(gap(heal, [{ ...changed, timeMs: nowMs + 5000 }])).toEqual([0]);
  });
});

describe("report: measurements", () => {
  it("counts the addresses of the last look", () => {
    const told = report(run([round({})]), [sweep], [], undefined);
    const counts = ["AddressesServing", "AddressesSpare", "AddressesSuspect"].map((name) => values(told, name));
    expect(counts).toEqual([[1], [1], [1]]);
  });

  it("counts no addresses when not even the network could be read", () => {
    const told = report(run([], { network: undefined }), [sweep], [], undefined);
    expect(values(told, "AddressesSpare")).toEqual([]);
    expect(values(told, "RunsFailed")).toEqual([0]);
  });

  it("counts heals, not notes, drains, conflicts or failures", () => {
    const outcomes: TimedOutcome[] = [
      done(associate, 1000),
      done(move, 2000),
      done(early, 3000),
      done(swap, 4000),
      done({ kind: "note", row: 9, ...target, state: "draining" }, 1),
      done({ kind: "disassociate", row: 9, ...target, associationId: swap.replacesAssociation }, 1),
      { action: associate, result: "conflict", reason: "taken", atMs: nowMs },
    ];
    const told = report(run([round({ outcomes })]), [changed, sweep], [], undefined);
    expect(values(told, "AddressesMoved")).toEqual([4]);
    expect(values(told, "TimeToHealSeconds")).toEqual([6, 7, 8, 9]);
  });

  it("counts the findings of the last round alone", () => {
    const shortage: Finding = { kind: "shortage", row: 4, networkInterfaceId };
    const conflict: Finding = { kind: "conflict", row: 6, networkInterfaceId };
    const displaced: Finding = { kind: "displaced", allocationId, networkInterfaceId };
    const rounds = [round({ findings: [shortage, shortage] }), round({ findings: [shortage, conflict, displaced] })];
    const told = report(run(rounds), [sweep], [], undefined);
    expect([values(told, "Shortage"), values(told, "Conflicts")]).toEqual([[1], [2]]);
  });

  const error = new AwsCallError("ec2:AssociateAddress", "UnauthorizedOperation", "denied", "AWS denied it");
  it.each<[string, Run, number]>([
    ["nothing", run([round({})]), 0],
    ["a failed call", run([], { failure: error }), 1],
    [
      "a note that could not be written",
      run([round({ outcomes: [{ ...done(associate, 1), unnoted: error } as TimedOutcome] })]),
      1,
    ],
    ["a write that AWS does not show", run([round({ unverified: [{ action: associate, result: "done" }] })]), 1],
    ["a refusal", run([round({ findings: [{ kind: "refused", networkInterfaceId, reason: "no" }] })]), 1],
    ["a shortage", run([round({ findings: [{ kind: "shortage", row: 4, networkInterfaceId }] })]), 0],
  ])("counts as failed a run with %s", (_what, one, expected) => {
    expect(values(report(one, [sweep], [], undefined), "RunsFailed")).toEqual([expected]);
  });
});

describe("report: events", () => {
  const events = (one: Run, news: readonly Finding[] = []) => report(one, [changed], news, undefined).events;

  it("tells of each heal when it was done, with what it says of the address", () => {
    const outcomes = [done(move, 1000), done(swap, 2000), done(early, 3000)];
    const told = events(run([round({ outcomes })]));
    const detail = { pool: "partner", ...target, publicIp: "203.0.113.1" };
    expect(told).toEqual([
      { type: "AddressRelocated", timeMs: nowMs + 1000, detail: { ...detail, row: 3, from: "eni-9", gapSeconds: 6 } },
      {
        type: "AddressRelocated",
        timeMs: nowMs + 2000,
        detail: { ...detail, row: 5, replaces: "eipalloc-8", gapSeconds: 0 },
      },
      { type: "AddressRelocated", timeMs: nowMs + 3000, detail: { ...detail, row: 7, gapSeconds: 0 } },
    ]);
  });

  it("tells of an address that was given back", () => {
    const release: Action = { kind: "disassociate", row: 9, ...target, associationId: swap.replacesAssociation };
    expect(events(run([round({ outcomes: [done(release, 1)] })]))).toEqual([
      { type: "AddressReleased", timeMs: nowMs + 9000, detail: { pool: "partner", allocationId, networkInterfaceId } },
    ]);
  });

  it("tells of an address that is put on the scout, and counts it", () => {
    const scout: Action = { kind: "scout", row: 13, ...target, tally: { month: "2026-01", count: 1 } };
    const scouting = run([round({ outcomes: [done(scout, 1)] })]);
    const detail = { pool: "partner", allocationId, publicIp: address("1").publicIp, networkInterfaceId };
    expect(events(scouting)).toEqual([{ type: "AddressScouted", timeMs: nowMs + 9000, detail }]);
    expect(report(scouting, [sweep], [], undefined).measurements).toContainEqual(
      expect.objectContaining({ name: "Verifications", value: 1 }),
    );
  });

  it("tells of each failure, with the permission that it needed", () => {
    const error = new AwsCallError("ec2:CreateTags", "UnauthorizedOperation", "denied", "AWS denied it");
    const outcome = { ...done(swap, 1), unnoted: error } as TimedOutcome;
    const rounds = [round({ outcomes: [outcome], unverified: [{ action: associate, result: "done" }] })];
    const failures = events(run(rounds, { failure: error })).filter(({ type }) => type === "RelocationFailed");
    const denied = {
      pool: "partner",
      permission: "ec2:CreateTags",
      code: "UnauthorizedOperation",
      message: "AWS denied it",
    };
    expect(failures.map(({ detail }) => detail)).toEqual([
      denied,
      denied,
      {
        pool: "partner",
        permission: "none",
        code: "Unverified",
        message: "AWS accepted associate of eipalloc-1 on eni-1 but does not show it",
      },
    ]);
  });

  it.each<[Finding, string]>([
    [{ kind: "shortage", row: 4, networkInterfaceId }, "AddressShortage"],
    [{ kind: "blocked", row: 5, networkInterfaceId }, "AddressShortage"],
    [{ kind: "conflict", row: 6, networkInterfaceId }, "ForeignAddressFound"],
    [{ kind: "displaced", allocationId, networkInterfaceId }, "ForeignAddressFound"],
    [{ kind: "failed-update", row: 10, functionArn: functionArn("orders"), reason: "Idle" }, "MemberUpdateFailed"],
    [{ kind: "refused", networkInterfaceId, reason: "no" }, "RelocationFailed"],
    [{ kind: "outside-network", functionArn: functionArn("orders"), subnetId: web.subnetId }, "MemberOutsideNetwork"],
    [{ kind: "missing-member", member: "gone" }, "MemberMissing"],
    [{ kind: "paused" }, "OverrideSet"],
  ])("tells of news: %j", (finding, type) => {
    const { kind, ...detail } = finding;
    expect(events(run([round({ findings: [finding] })]), [finding])).toEqual([
      { type, timeMs: nowMs + 9000, detail: { pool: "partner", finding: kind, ...detail } },
    ]);
  });

  it("does not repeat what is no news", () => {
    expect(events(run([round({ findings: [{ kind: "missing-member", member: "gone" }] })]))).toEqual([]);
  });
});
