import { describe, expect, it } from "vitest";
import { AwsCallError } from "../../src/aws/errors.ts";
import type { FallbackPool } from "../../src/config/fallback-settings.ts";
import type { Action, Finding } from "../../src/fallback/actions.ts";
import { costOf } from "../../src/fallback/cost.ts";
import { findingTable } from "../../src/fallback/finding-table.ts";
import type { Observed } from "../../src/fallback/model.ts";
import type { Pass, Run } from "../../src/fallback/pass.ts";
import { plan } from "../../src/fallback/plan.ts";
import { report } from "../../src/fallback/report.ts";
import { writesOf } from "../../src/fallback/writes.ts";
import { rowOf } from "../../src/telemetry/finding.ts";
import { flip, gateway, internet, minuteMs, nat, nowMs, policy, table, world } from "./build.ts";
import { badInput } from "./cases/bad-input.ts";
import { decisionTable } from "./cases/decision-table.ts";
import { overrides } from "./cases/overrides.ts";

const pool = { standby: "cold" } as FallbackPool;
const over = world({
  routeTables: [table("a", nat("1"), flip("fallback", 90))],
  natGateways: [gateway("1", "available", { createdMs: nowMs - 92 * minuteMs })],
});
const direct = world();

function run(observed: readonly Observed[], failure?: AwsCallError): Run {
  const passes = observed.map((it) => ({
    observed: it,
    plan: plan(it, policy, nowMs),
    outcomes: [],
    unverified: [],
  }));
  return { pool: "partner", startedMs: nowMs - 1000, endedMs: nowMs, passes, failure };
}

const values = (of: Run) =>
  Object.fromEntries(report(of, pool, [], false).measurements.map(({ name, value }) => [name, value]));
const types = (of: Run, newFindings: readonly Finding[] = [], isNewHour = false) =>
  report(of, pool, newFindings, isNewHour).events.map(({ type }) => type);

describe("cost", () => {
  it.each([
    ["nothing while direct without a gateway", direct, "cold", { hours: 0, usd: 0 }],
    ["started hours of a cold gateway since it was made", over, "cold", { hours: 1.5, usd: 0.09 }],
    ["a lingering gateway goes on costing", world({ natGateways: over.natGateways }), "cold", { hours: 0, usd: 0.09 }],
    ["of a warm one only the time in fallback", over, "warm", { hours: 1.5, usd: 0.09 }],
    [
      "a warm gateway in peace is no cost of fallback",
      world({ natGateways: over.natGateways }),
      "warm",
      { hours: 0, usd: 0 },
    ],
  ] as const)("%s", (_name, observed, standby, expected) => {
    expect(costOf(observed, { standby }, nowMs)).toEqual(expected);
  });
});

describe("report", () => {
  it("tells of a route whose answers got lost, once, when a look of this run or of the next finds it replaced", () => {
    const error = new AwsCallError("ec2:ReplaceRoute", "TimeoutError", "transient", "no answer");
    const before = world({ routeTables: [table("a")], natGateways: over.natGateways });
    const { routeTableId } = table("a");
    const { natGatewayId } = gateway("1", "available");
    const led = { from: internet, to: { kind: "nat", natGatewayId }, flips: [] } as const;
    const route: Action = { kind: "route", row: 7, routeTableId, subnetIds: [], ...led };
    const [tried, seen] = run([before, over]).passes;
    if (!tried || !seen) throw new Error("no pass");
    const lost: Pass = { ...tried, outcomes: [{ action: route, result: "retry", error, atMs: nowMs - 500 }] };
    const done: Pass = { ...tried, outcomes: [{ action: route, result: "done", atMs: nowMs }] };
    const of = (passes: readonly Pass[]): Run => ({ ...run([over]), passes });
    const reported = (passes: readonly Pass[], open: Parameters<typeof report>[4] = []) => {
      const { events } = report(of(passes), pool, [], false, open);
      return events.map(({ type }) => type);
    };
    const both = ["FallbackEntered", "RouteReplaced"];
    expect(reported([lost, lost, seen, seen])).toEqual(both);
    expect(reported([lost, done, seen])).toEqual(both);
    expect(reported([lost, lost])).toEqual([]);
    expect(reported([seen])).toEqual([]);
    const { open } = writesOf(of([lost, lost]), []);
    expect(reported([seen], open)).toEqual(both);
    expect(reported([tried], open)).toEqual([]);
    expect(writesOf(of([seen]), open).open).toEqual([]);
  });

  it("measures fallback and its cost", () => {
    expect(values(run([over]))).toEqual({
      FallbackAttention: 1,
      FallbackActive: 1,
      FallbackHours: 1.5,
      FallbackCostUsd: 0.09,
      OverrideActive: 0,
      FallbackProblems: 0,
      FallbackFlips: 0,
      FallbackRunsFailed: 0,
    });
  });

  it("measures no state that it has not seen", () => {
    const error = new AwsCallError("ec2:DescribeRouteTables", "UnauthorizedOperation", "denied", "no");
    expect(values(run([], error))).toEqual({ FallbackAttention: 2, FallbackFlips: 0, FallbackRunsFailed: 1 });
    expect(types(run([], error))).toEqual(["FallbackFailed"]);
  });

  it("tells of entering and leaving, with the cost", () => {
    expect(types(run([direct, over]))).toEqual(["FallbackEntered"]);
    expect(types(run([over, direct]))).toEqual(["FallbackLeft"]);
    const [left] = report(run([over, direct]), pool, [], false).events;
    expect(left?.detail).toMatchObject({ pool: "partner", hours: 1.5, costUsd: 0.09, priceUsdPerHour: 0.045 });
  });

  it.each([
    ["was not there any more", [direct]],
    ["still showed the route as it was", [direct, direct]],
  ])("tells of entering when the last look %s", (_, observed) => {
    const { passes, ...rest } = run(observed);
    const [first, ...more] = passes;
    if (!first) throw new Error("no pass");
    const { routeTableId } = table("a");
    const { natGatewayId } = gateway("1", "available");
    const led = { from: internet, to: { kind: "nat", natGatewayId }, flips: [] } as const;
    const action: Action = { kind: "route", row: 7, routeTableId, subnetIds: [], ...led };
    const outcomes = [{ action, result: "done", atMs: nowMs }] as const;
    const over = { ...rest, passes: [{ ...first, outcomes }, ...more] };
    expect(types(over)).toEqual(["FallbackEntered", "RouteReplaced"]);
    expect(values(over)).toMatchObject({ FallbackActive: 1 });
  });

  it("tells the running cost once an hour", () => {
    expect(types(run([over]), [], true)).toEqual(["FallbackCost"]);
    expect(types(run([over]), [], false)).toEqual([]);
    expect(types(run([direct]), [], true)).toEqual([]);
  });

  it.each([
    ["override", { kind: "override", value: "paused" }, "OverrideSet"],
    ["too long", { kind: "too-long", sinceMs: 0 }, "FallbackCost"],
    ["anything wrong", { kind: "address-missing" }, "FallbackFailed"],
  ] as const)("reports a new finding with a remediation: %s", (_name, finding, type) => {
    const [event] = report(run([direct]), pool, [finding], false).events;
    expect(event?.type).toBe(type);
    expect(event?.detail).toMatchObject({
      finding: finding.kind,
      remediation: rowOf(findingTable, finding).remediation(finding),
    });
  });

  it("has a remediation in words for every finding that a plan makes", () => {
    const findings = [...decisionTable, ...overrides, ...badInput].flatMap(
      ({ observed, policy: own = policy }) => plan(observed, own, nowMs).findings,
    );
    expect(new Set(findings.map(({ kind }) => kind)).size).toBe(19);
    for (const finding of findings) expect(rowOf(findingTable, finding).remediation(finding)).toMatch(/^\S+ .{20,}/);
  });
});
