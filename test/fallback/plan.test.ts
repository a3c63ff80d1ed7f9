import { describe, expect, it } from "vitest";
import { plan } from "../../src/fallback/plan.ts";
import { nowMs, policy } from "./build.ts";
import { badInput } from "./cases/bad-input.ts";
import { tell } from "./cases/case.ts";
import { decisionTable } from "./cases/decision-table.ts";
import { overrides } from "./cases/overrides.ts";

describe.each([
  ["the decision table", decisionTable],
  ["overrides and silence", overrides],
  ["bad input", badInput],
])("plan: %s", (_subject, cases) => {
  it.each(cases.map((it) => [it.name, it] as const))("%s", (_name, one) => {
    const { observed, policy: own = policy, actions = [], findings = [], waits = [] } = one;
    expect(tell(plan(observed, own, nowMs))).toEqual({ actions, findings, waits });
  });
});
