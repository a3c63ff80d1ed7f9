import { describe, expect, it } from "vitest";
import {
  activeSinceMs,
  failedReturns,
  formatFlips,
  parseFlips,
  poolFlips,
  withFlip,
} from "../../src/fallback/history.ts";
import { roundsOf } from "../../src/fallback/rounds.ts";
import { flip, internet, nat, nowMs, table } from "./build.ts";

describe("the tag of flips", () => {
  it("comes back as it was written", () => {
    const flips = withFlip([flip("fallback", 60)], "direct", nowMs);
    expect(formatFlips(flips)).toBe("fallback@2026-01-01T23:00:00Z direct@2026-01-02T00:00:00Z");
    expect(parseFlips(formatFlips(flips))).toEqual(flips);
  });

  it.each([[undefined], [""], ["nonsense"], ["fallback@yesterday"], ["sideways@2026-01-01T00:00:00Z"]])(
    "is absent where it cannot be read: %j",
    (text) => {
      expect(parseFlips(text)).toEqual([]);
    },
  );

  it("never outgrows a tag's 256 characters", () => {
    let flips = parseFlips("");
    for (let index = 0; index < 40; index++) flips = withFlip(flips, index % 2 ? "direct" : "fallback", nowMs);
    expect(formatFlips(flips).length).toBeLessThanOrEqual(256);
    expect(flips.at(-1)?.direction).toBe("direct");
  });
});

describe("the pool's flips", () => {
  it("are one when tables go over together, and two when one returns and is put back", () => {
    const tables = [
      table("a", nat("1"), flip("fallback", 60), flip("direct", 30), flip("fallback", 25)),
      table("b", nat("1"), flip("fallback", 59)),
    ];
    expect(poolFlips(tables)).toEqual([flip("fallback", 60), flip("direct", 30), flip("fallback", 25)]);
  });

  it("count a return as failed when the pool goes over again within the day", () => {
    expect(failedReturns([flip("fallback", 60)], nowMs)).toBe(0);
    expect(failedReturns([flip("fallback", 60), flip("direct", 30), flip("fallback", 20)], nowMs)).toBe(1);
    expect(failedReturns([flip("direct", 25 * 60), flip("fallback", 20)], nowMs)).toBe(0);
  });

  it("say since when the pool is over: the oldest of those that still are", () => {
    const back = table("a", internet, flip("fallback", 90), flip("direct", 10));
    expect(activeSinceMs([back])).toBeUndefined();
    expect(activeSinceMs([back, table("b", nat("1"), flip("fallback", 80))])).toBe(flip("fallback", 80).atMs);
  });
});

describe("rounds of a returned subnet", () => {
  const minute = (index: number, maxRate: number, rounds = 1) => ({ startMs: nowMs + index * 60_000, rounds, maxRate });

  it.each([
    ["nothing measured", [], { blocked: 0, clean: 0 }],
    ["clean ones", [minute(0, 0), minute(1, 0, 2)], { blocked: 0, clean: 3 }],
    ["a block ends the streak", [minute(0, 0), minute(1, 0.5), minute(2, 0)], { blocked: 1, clean: 1 }],
    ["in any order", [minute(1, 0.5), minute(0, 0)], { blocked: 1, clean: 0 }],
    ["a full streak forgets older blocks", [minute(0, 1), minute(1, 0, 3), minute(2, 1)], { blocked: 1, clean: 0 }],
  ])("%s", (_name, minutes, expected) => {
    expect(roundsOf(minutes, 3)).toEqual(expected);
  });
});
