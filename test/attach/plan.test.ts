import { describe, expect, it } from "vitest";
import { plan } from "../../src/attach/plan.ts";
import { isRefused, type Tests } from "../../src/attach/refusals.ts";
import { nowMs, period, periodMs, refused } from "./build.ts";
import { tell } from "./cases/case.ts";
import { table } from "./cases/table.ts";

describe("plan", () => {
  it.each(table.map((it) => [it.name, it] as const))("%s", (_name, one) => {
    const { observed, actions = [], findings = [], waits = [] } = one;
    expect(tell(plan(observed))).toEqual({ actions, findings, waits });
  });
});

describe("refused is a function", () => {
  it.each<[string, boolean, readonly Tests[], number?]>([
    ["of which three periods are high", true, refused],
    [
      "of which three periods are high, with quiet ones between",
      true,
      [period(0, 5, 3), period(5, 5, 3), period(11, 5, 3)],
    ],
    ["of which exactly half the tests are refused", true, [0, 1, 2].map((ago) => period(ago, 6, 3))],
    ["but not one of which two periods are high", false, refused.slice(1)],
    ["but not one of which a burst of many tests is refused", false, [period(0, 100, 100)]],
    ["but not one with less than five tests in a period", false, [0, 1, 2, 3].map((ago) => period(ago, 4, 4))],
    ["but not one of which less than half the tests are refused", false, [0, 1, 2].map((ago) => period(ago, 100, 49))],
    ["but not one that reports nothing", false, []],
    ["but not by what was measured before its last change", false, refused, nowMs - 2 * periodMs + 1],
    ["by what was measured from its last change on", true, refused, nowMs - 2 * periodMs],
    ["but not one of which nobody knows when it changed", false, refused, Number.NaN],
  ])("%s", (_, expected, periods, sinceMs = 0) => {
    expect(isRefused(periods, sinceMs)).toBe(expected);
  });
});
