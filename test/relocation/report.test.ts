import { describe, expect, it } from "vitest";
import { AwsCallError } from "../../src/aws/errors.ts";
import type { Action, Finding, Wait } from "../../src/relocation/actions.ts";
import type { Change } from "../../src/relocation/changes.ts";
import { describeLagMs } from "../../src/relocation/egress-gap.ts";
import { type Looks, noLooks, withLook } from "../../src/relocation/looks.ts";
import type { Observed } from "../../src/relocation/model.ts";
import type { Pass, Run, TimedOutcome } from "../../src/relocation/pass.ts";
import { report } from "../../src/relocation/report.ts";
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
const settled = world({
  members: [member("orders", version("settled", [web]))],
  interfaces: [networkInterface("1", web)],
  addresses: [address("1"), address("2", { blocked: true }), address("3", { on: "3" })],
});
const refusal = { permission: "ec2:AssociateAddress", code: "OperationNotPermitted", reason: "no" };
const sweep: Change = { kind: "sweep", timeMs: nowMs };
const changed: Change = { kind: "function", timeMs: nowMs - 5000, functionName: "orders" };

interface Parts {
  readonly at?: number;
  readonly observed?: Observed;
  readonly waits?: readonly Wait[];
  readonly findings?: readonly Finding[];
  readonly outcomes?: readonly TimedOutcome[];
  readonly unverified?: Pass["unverified"];
}

function pass({ at = 0, observed = settled, waits = [], findings = [], outcomes = [], unverified = [] }: Parts): Pass {
  const plan = { actions: [], findings, waits };
  const startedMs = nowMs + at;
  return {
    startedMs,
    observed,
    plan,
    outcomes,
    unverified,
    verifiedMs: startedMs + 1500,
    unchanged: undefined,
    asked: true,
  };
}

function run(passes: readonly Pass[], more: Partial<Run> = {}): Run {
  const network = passes.at(-1)?.observed;
  return { pool: "partner", startedMs: nowMs, endedMs: nowMs + 9000, network, passes, failure: undefined, ...more };
}

function done(action: Action, at: number): TimedOutcome {
  return { action, result: "done", atMs: nowMs + at };
}

function values({ measurements }: ReturnType<typeof report>, name: string): number[] {
  return measurements.filter((it) => it.name === name).map(({ value }) => value);
}

describe("report: the gap in egress", () => {
  const looks = withLook(noLooks, { ...settled, interfaces: [] }, nowMs - 10_000);
  const measured = (outcomes: readonly TimedOutcome[], before: Looks) => {
    const { measurements, events } = report(run([pass({ outcomes })]), [changed], [], before);
    const values = measurements.filter(({ name }) => name === "EgressGapSeconds").map(({ value }) => value);
    return [values, events.map(({ detail }) => detail["gapSeconds"])];
  };

  it("is a measurement and in the event, to the millisecond", () => {
    const seconds = (describeLagMs + 10_000 + 1500) / 1000;
    expect(measured([done(associate, 1234)], looks)).toEqual([[seconds], [seconds]]);
  });

  it("is neither where no bound is known", () => {
    expect(measured([done(associate, 1234)], noLooks)).toEqual([[], [undefined]]);
  });

  it("lasts until the run's end after a write whose answer got lost, and which a later look shows", () => {
    const error = new AwsCallError("ec2:AssociateAddress", "ECONNRESET", "transient", "no answer");
    const lost: TimedOutcome = { action: associate, result: "retry", error, atMs: nowMs + 1234 };
    const shown = { ...settled, addresses: [address("1", { on: "1" })] };
    const passes = [pass({ outcomes: [lost] }), pass({ at: 6000, observed: shown })];
    const seconds = (describeLagMs + 10_000 + 9000) / 1000;
    expect(values(report(run(passes), [changed], [], looks), "EgressGapSeconds")).toEqual([seconds]);
  });

  it("is neither for a swap", () => {
    expect(measured([done(swap, 1)], looks)).toEqual([[], [undefined]]);
  });
});

describe("report: measurements", () => {
  it("counts the addresses of the last look", () => {
    const addresses = [...settled.addresses, address("4", { on: "1", blocked: true })];
    const reported = report(run([pass({ observed: { ...settled, addresses } })]), [sweep], [], noLooks);
    const counts = ["AddressesServing", "AddressesSpare", "AddressesSuspect"].map((name) => values(reported, name));
    expect(counts).toEqual([[1], [1], [1]]);
  });

  it("counts no addresses when not even the network could be read", () => {
    const reported = report(run([], { network: undefined }), [sweep], [], noLooks);
    expect(values(reported, "AddressesSpare")).toEqual([]);
    expect(values(reported, "RunsFailed")).toEqual([0]);
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
    const reported = report(run([pass({ outcomes })]), [changed, sweep], [], noLooks);
    expect(values(reported, "AddressesMoved")).toEqual([4]);
    expect(values(reported, "TimeToHealSeconds")).toEqual([6, 7, 8, 9]);
  });

  it("counts the findings of the last pass alone", () => {
    const shortage: Finding = { kind: "shortage", row: 4, networkInterfaceId };
    const conflict: Finding = { kind: "conflict", row: 6, networkInterfaceId };
    const displaced: Finding = { kind: "displaced", allocationId, networkInterfaceId };
    const passes = [pass({ findings: [shortage, shortage] }), pass({ findings: [shortage, conflict, displaced] })];
    const reported = report(run(passes), [sweep], [], noLooks);
    expect([values(reported, "Shortage"), values(reported, "Conflicts")]).toEqual([[1], [2]]);
  });

  const error = new AwsCallError("ec2:AssociateAddress", "UnauthorizedOperation", "denied", "AWS denied it");
  it.each<[string, Run, number]>([
    ["nothing", run([pass({})]), 0],
    ["a failed call", run([], { failure: error }), 1],
    [
      "a note that could not be written",
      run([pass({ outcomes: [{ ...done(associate, 1), unnoted: error } as TimedOutcome] })]),
      1,
    ],
    ["a write that AWS does not show", run([pass({ unverified: [{ action: associate, result: "done" }] })]), 1],
    ["a refusal", run([pass({ findings: [{ kind: "refused", networkInterfaceId, ...refusal }] })]), 1],
    ["a shortage", run([pass({ findings: [{ kind: "shortage", row: 4, networkInterfaceId }] })]), 0],
  ])("counts as failed a run with %s", (_what, one, expected) => {
    expect(values(report(one, [sweep], [], noLooks), "RunsFailed")).toEqual([expected]);
  });
});

describe("report: events", () => {
  const events = (one: Run, newFindings: readonly Finding[] = []) =>
    report(one, [changed], newFindings, noLooks).events;

  it("reports each heal when it was done, with what it says of the address", () => {
    const outcomes = [done(move, 1000), done(swap, 2000), done(early, 3000)];
    const reported = events(run([pass({ outcomes })]));
    const detail = { pool: "partner", ...target, publicIp: "203.0.113.1" };
    expect(reported).toEqual([
      { type: "AddressRelocated", timeMs: nowMs + 1000, detail: { ...detail, row: 3, from: "eni-9" } },
      {
        type: "AddressRelocated",
        timeMs: nowMs + 2000,
        detail: { ...detail, row: 5, replaces: "eipalloc-8" },
      },
      { type: "AddressRelocated", timeMs: nowMs + 3000, detail: { ...detail, row: 7 } },
    ]);
  });

  it("reports an address that was given back", () => {
    const release: Action = { kind: "disassociate", row: 9, ...target, associationId: swap.replacesAssociation };
    expect(events(run([pass({ outcomes: [done(release, 1)] })]))).toEqual([
      { type: "AddressReleased", timeMs: nowMs + 9000, detail: { pool: "partner", allocationId, networkInterfaceId } },
    ]);
  });

  it("reports an address that is put on the scout, and counts it", () => {
    const scout: Action = { kind: "scout", row: 13, ...target, tally: { month: "2026-01", count: 1 } };
    const scouting = run([pass({ outcomes: [done(scout, 1)] })]);
    const detail = { pool: "partner", allocationId, publicIp: address("1").publicIp, networkInterfaceId };
    expect(events(scouting)).toEqual([{ type: "AddressScouted", timeMs: nowMs + 9000, detail }]);
    expect(report(scouting, [sweep], [], noLooks).measurements).toContainEqual(
      expect.objectContaining({ name: "Verifications", value: 1 }),
    );
  });

  it("reports each failure, with the permission that it needed", () => {
    const error = new AwsCallError("ec2:CreateTags", "UnauthorizedOperation", "denied", "AWS denied it");
    const outcome = { ...done(swap, 1), unnoted: error } as TimedOutcome;
    const passes = [pass({ outcomes: [outcome], unverified: [{ action: associate, result: "done" }] })];
    const failures = events(run(passes, { failure: error })).filter(({ type }) => type === "RelocationFailed");
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
    [{ kind: "refused", networkInterfaceId, ...refusal }, "RelocationFailed"],
    [{ kind: "outside-network", functionArn: functionArn("orders"), subnetId: web.subnetId }, "MemberOutsideNetwork"],
    [{ kind: "outside-vpc", functionArn: functionArn("orders"), versions: ["$LATEST"] }, "MemberOutsideNetwork"],
    [{ kind: "dual-stack", functionArn: functionArn("orders"), versions: ["3"] }, "MemberOutsideNetwork"],
    [{ kind: "update-overdue", functionArn: functionArn("orders"), sinceMs: nowMs }, "MemberUpdateFailed"],
    [{ kind: "inactive", functionArn: functionArn("orders"), reason: "EniLimitExceeded" }, "MemberUpdateFailed"],
    [{ kind: "missing-member", member: "gone" }, "MemberMissing"],
    [{ kind: "paused" }, "OverrideSet"],
  ])("reports a new finding: %j", (finding, type) => {
    const { kind, ...detail } = finding;
    expect(events(run([pass({ findings: [finding] })]), [finding])).toEqual([
      {
        type,
        timeMs: nowMs + 9000,
        detail: {
          pool: "partner",
          finding: kind,
          ...detail,
          text: expect.any(String),
          remediation: expect.any(String),
        },
      },
    ]);
  });

  it("does not repeat a finding that is not new", () => {
    expect(events(run([pass({ findings: [{ kind: "missing-member", member: "gone" }] })]))).toEqual([]);
  });
});
