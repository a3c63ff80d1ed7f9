import { describe, expect, it } from "vitest";
import { decide, decideUncounted } from "../../src/guard/decide.ts";

describe("decide", () => {
  const blocked = { kind: "blocked", scope: "address" } as const;
  const budget = { exitOn: ["address"] as const, maxExits: 2, spacingMs: 1000 };
  const state = (exits: number, lastExitMs = 0) => ({ exits, lastExitMs, address: undefined });

  it.each([
    { name: "first block", verdict: blocked, before: state(0), expected: "exit" },
    { name: "spacing over", verdict: blocked, before: state(1, 9000), expected: "exit" },
    { name: "spacing not over", verdict: blocked, before: state(1, 9001), expected: "too-soon" },
    { name: "clock went back", verdict: blocked, before: state(1, 99_999), expected: "too-soon" },
    { name: "all spent", verdict: blocked, before: state(2), expected: "exhausted" },
    { name: "no count", verdict: blocked, before: undefined, expected: "uncounted" },
    {
      name: "another scope",
      verdict: { kind: "blocked", scope: "legal" } as const,
      before: state(0),
      expected: "pass",
    },
    { name: "healthy", verdict: { kind: "ok" } as const, before: undefined, expected: "pass" },
  ])("$name: $expected", ({ verdict, before, expected }) => {
    expect(decide({ ...verdict, rule: "any", ids: {} }, before, budget, 10_000)).toBe(expected);
  });

  it("lets as many exits follow each other as the budget has, on average, where nobody can count them", () => {
    const verdict = { ...blocked, rule: "any", ids: {} };
    const draws = Array.from({ length: 1000 }, (_, index) => index / 1000);
    for (const maxExits of [0, 1, 3, 20]) {
      const decisions = draws.map((draw) =>
        decideUncounted(verdict, { uptimeMs: 1000, draw }, { ...budget, maxExits }),
      );
      const exits = decisions.filter((it) => it === "exit").length;
      expect(exits / (1000 - exits)).toBeCloseTo(maxExits, 0);
    }
    expect(decideUncounted(verdict, { uptimeMs: 999, draw: 0.9 }, budget)).toBe("too-soon");
  });
});
