import { describe, expect, it } from "vitest";
import type { FunctionArn, NetworkInterfaceId } from "../../src/aws/identifiers.ts";
import { fullEveryMinutes } from "../../src/config/full-observations.ts";
import type { Pass } from "../../src/relocation/pass.ts";
import { isFullSweep, isQuiet, mayBeQuiet, sweepStep } from "../../src/relocation/quiet.ts";
import { address, attachment, networkInterface, nowMs, pool, world } from "./build.ts";

const minuteMs = 60_000;

describe("fullEveryMinutes", () => {
  it.each([
    [0, 4],
    [1, 4],
    [26, 4],
    [27, 5],
    [100, 15],
    [200, 30],
    [1000, 30],
  ])("%i pools: a full observation of each every %i minutes", (pools, minutes) => {
    expect(fullEveryMinutes(pools)).toBe(minutes);
  });
});

describe("isFullSweep", () => {
  const minutes = (pool: string, count: number, span: number) =>
    Array.from({ length: span }, (_, minute) => minute).filter((minute) =>
      isFullSweep(pool, count, nowMs + minute * minuteMs, 1),
    );

  it.each([1, 20, 100, 500])("comes regularly to each of %i pools", (count) => {
    const every = fullEveryMinutes(count);
    for (const pool of ["a", "partner", "x-9"]) {
      const full = minutes(pool, count, every * 4);
      expect(full).toHaveLength(4);
      expect(full.map((it) => it - (full[0] ?? 0))).toEqual([0, every, 2 * every, 3 * every]);
    }
  });

  it.each([
    [1, 2],
    [1, 5],
    [100, 4],
    [100, 15],
  ])("comes to each of %i pools that are swept every %i minutes, whatever the first minute", (count, sweepMinutes) => {
    const span = 4 * Math.max(sweepMinutes, Math.ceil(fullEveryMinutes(count) / sweepMinutes) * sweepMinutes);
    for (const pool of ["a", "partner", "x-9"]) {
      for (let first = 0; first < sweepMinutes; first++) {
        const full = Array.from({ length: span / sweepMinutes }, (_, sweep) => first + sweep * sweepMinutes).filter(
          (minute) => isFullSweep(pool, count, nowMs + minute * minuteMs, sweepMinutes),
        );
        expect(full).toHaveLength(4);
      }
    }
  });

  it("gives the same answer within the whole minute", () => {
    const [turn = 0] = minutes("partner", 1, 4);
    for (const ms of [0, 1, 59_999]) expect(isFullSweep("partner", 1, nowMs + turn * minuteMs + ms, 1)).toBe(true);
    expect(isFullSweep("partner", 1, nowMs + (turn + 1) * minuteMs, 1)).toBe(false);
  });

  it("lets the pools take turns", () => {
    const pools = Array.from({ length: 200 }, (_, index) => `pool-${index}`);
    const perMinute = Array.from(
      { length: 30 },
      (_, minute) => pools.filter((pool) => isFullSweep(pool, 200, nowMs + minute * minuteMs, 1)).length,
    );
    expect(perMinute.reduce((sum, it) => sum + it, 0)).toBe(200);
    expect(Math.max(...perMinute)).toBeLessThanOrEqual(20);
  });
});

describe("a sweep whose turn it is to observe the pool in full", () => {
  const [turn = 0] = Array.from({ length: 4 }, (_, minute) => minute).filter((minute) =>
    isFullSweep("partner", 1, nowMs + minute * minuteMs, 1),
  );
  const timeMs = nowMs + turn * minuteMs;
  const mayWait = (observedMs: number, healedMs: number | undefined) =>
    mayBeQuiet(pool(), 1, [{ kind: "sweep", timeMs }], observedMs, healedMs);

  it.each<[string, number, number | undefined, boolean]>([
    ["does so", 4, undefined, false],
    ["puts it off for five minutes after a heal", 14, 4.9, true],
    ["does so after these five minutes", 8, 5, false],
    ["puts nothing off when the last full observation is a quarter of an hour old", 15, 1, false],
  ])("%s", (_what, observedMinutes, healedMinutes, waits) => {
    const healedMs = healedMinutes === undefined ? undefined : timeMs - healedMinutes * minuteMs;
    expect(mayWait(timeMs - observedMinutes * minuteMs, healedMs)).toBe(waits);
  });
});

it("a sweep that asks for a full look is never quiet", () => {
  const sweep = { kind: "sweep", timeMs: nowMs } as const;
  const quietTurns = Array.from({ length: 8 }, (_, minute) => ({ ...sweep, timeMs: nowMs + minute * minuteMs }));
  const mayWait = (change: Parameters<typeof mayBeQuiet>[2][number]) => mayBeQuiet(pool(), 1, [change]);
  expect(quietTurns.some(mayWait)).toBe(true);
  expect(quietTurns.map((it) => ({ ...it, inFull: true as const })).some(mayWait)).toBe(false);
});

const conflict = { kind: "conflict", row: 6, networkInterfaceId: "eni-1" as NetworkInterfaceId } as const;

describe("isQuiet", () => {
  const web = attachment("a", "web");
  const quiet: Pass = {
    startedMs: nowMs,
    observed: world({
      interfaces: [networkInterface("1", web), networkInterface("2", web, { inUse: false })],
      addresses: [address("1", { on: "1" }), address("2")],
    }),
    plan: { actions: [], findings: [], waits: [] },
    outcomes: [],
    unverified: [],
    verifiedMs: nowMs,
    unchanged: undefined,
    asked: true,
  };
  const action = { kind: "note", row: 1, state: "serving", ...bare() } as const;

  it("is so when nothing was done and every interface in use has an address", () => {
    expect(isQuiet(quiet)).toBe(true);
  });

  it("is so beside a member's finding that lasts for days", () => {
    const functionArn = "arn:aws:lambda:us-east-1:123456789012:function:orders" as FunctionArn;
    const versions = ["$LATEST"];
    const findings = [
      { kind: "outside-vpc", functionArn, versions },
      { kind: "dual-stack", functionArn, versions },
    ] as const;
    expect(isQuiet({ ...quiet, plan: { ...quiet.plan, findings } })).toBe(true);
  });

  it.each<[string, Partial<Pass>]>([
    ["an outcome", { outcomes: [{ action, result: "done", atMs: nowMs }] }],
    ["an action", { plan: { ...quiet.plan, actions: [action] } }],
    ["a finding of the network", { plan: { ...quiet.plan, findings: [conflict] } }],
    ["a wait", { plan: { ...quiet.plan, waits: [{ kind: "interface", attachment: "a", arriving: false }] } }],
    ["an interface in use without an address", { observed: world({ interfaces: [networkInterface("3", web)] }) }],
  ])("is not so with %s", (_what, part) => {
    expect(isQuiet({ ...quiet, ...part })).toBe(false);
  });
});

function bare() {
  const { allocationId } = address("1");
  const { networkInterfaceId, attachment: of } = networkInterface("1", attachment("a", "web"));
  return { allocationId, networkInterfaceId, subnetId: of.subnetId };
}

describe("a sweep of all pools", () => {
  const web = attachment("a", "web");
  const healthy = world({
    interfaces: [networkInterface("1", web), networkInterface("2", web, { inUse: false })],
    addresses: [address("1", { on: "1" }), address("2")],
  });
  const [turn = 0, ...later] = Array.from({ length: 8 }, (_, minute) => minute).filter((minute) =>
    isFullSweep("partner", 1, nowMs + minute * minuteMs, 1),
  );
  const turnMs = nowMs + turn * minuteMs;
  const between = turnMs + 2 * minuteMs;
  const lacking = world({ interfaces: [networkInterface("3", web)], addresses: [address("2")] });
  const leaving = world({ interfaces: [], addresses: [address("1", { on: "1" })] });
  const known = { isQuiet: true, observedMs: turnMs, healedMs: undefined };
  const unknown = { isQuiet: false, observedMs: undefined, healedMs: undefined };

  it.each<[string, Parameters<typeof sweepStep>[3], Parameters<typeof sweepStep>[4], number, string]>([
    ["a network that could not be read: a run of its own", undefined, known, between, "run"],
    ["all as when the pool last needed nothing: nothing", healthy, known, between, "none"],
    ["likewise, at its turn: asks the members", healthy, known, turnMs + 4 * minuteMs, "ask"],
    [
      "likewise, its turn missed: asks the members",
      healthy,
      { ...known, observedMs: turnMs - 4 * minuteMs },
      between,
      "ask",
    ],
    [
      "likewise, five minutes after a heal: nothing",
      healthy,
      { ...known, healedMs: turnMs },
      turnMs + 4 * minuteMs,
      "none",
    ],
    ["nothing remembered, nothing to do: asks the members", healthy, unknown, between, "ask"],
    ["an interface without an address: a run of its own", lacking, unknown, between, "run"],
    ["an address where no interface is used: a run of its own", leaving, unknown, between, "run"],
    ["a lost address: a run of its own", { ...healthy, lost: [{} as never] }, unknown, between, "run"],
    ["a paused pool: a run of its own", { ...healthy, paused: true }, unknown, between, "run"],
  ])("%s", (_what, network, of, timeMs, step) => {
    expect(later).toEqual([turn + 4]);
    expect(sweepStep(pool(), 1, timeMs, network, of)).toBe(step);
  });
});
