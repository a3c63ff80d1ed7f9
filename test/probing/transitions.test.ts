import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { agreement, type Histories, isBad, remember } from "../../src/probing/transitions.ts";

function historiesOf(rounds: readonly (boolean | undefined)[]): Histories {
  return rounds.reduce<Histories>(
    (histories, bad) => remember(histories, new Map(bad === undefined ? [] : [["it", bad]])),
    new Map(),
  );
}

describe("isBad", () => {
  it.each([
    ["nothing was seen", [], [false, true]],
    ["two bad rounds", [true, true], [false, true]],
    ["three bad rounds", [true, true, true], [true, true]],
    ["three bad rounds of five", [true, false, true, false, true], [true, true]],
    ["three good rounds", [false, false, false], [false, false]],
    ["bad rounds that are long ago", [true, true, undefined, undefined, undefined, true], [false, true]],
    ["silence after a block", [true, true, true, undefined, undefined, undefined, undefined, undefined], [false, true]],
  ])("%s", (_, rounds, [wasGood, wasBad]) => {
    expect(isBad(historiesOf(rounds), "it", false)).toBe(wasGood);
    expect(isBad(historiesOf(rounds), "it", true)).toBe(wasBad);
  });

  it("does not depend on what it was once enough rounds agree, and never turns on fewer", () => {
    const rounds = fc.array(fc.constantFrom(true, false, undefined), { maxLength: 20 });
    fc.assert(
      fc.property(rounds, fc.boolean(), (seen, was) => {
        const now = isBad(historiesOf(seen), "it", was);
        const recent = seen.slice(-agreement.of);
        if (now !== was) expect(recent.filter((it) => it === now).length).toBeGreaterThanOrEqual(agreement.atLeast);
      }),
    );
  });
});

describe("remember", () => {
  it("forgets what no round speaks of any more", () => {
    expect(historiesOf([true, undefined, undefined, undefined, undefined]).has("it")).toBe(true);
    expect(historiesOf([true, undefined, undefined, undefined, undefined, undefined]).has("it")).toBe(false);
  });
});
