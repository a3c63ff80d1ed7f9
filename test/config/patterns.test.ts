import { describe, expect, it } from "vitest";
import { PatternTimeout, patternProblem, withinTime } from "../../src/config/patterns.ts";

describe("patternProblem", () => {
  it.each(["blocked", "^\\d{3}-[a-z]+$", ".*access denied.*", "(?:ip|address) (?:not )?allowed", "(\\d+\\.)+\\d+", ""])(
    "%s may be deployed",
    (source) => {
      expect(patternProblem(source)).toBeUndefined();
    },
  );

  it.each(["(", "[z-a]", "a{2,1}", "(?<name"])("%s is no regular expression", (source) => {
    expect(patternProblem(source)).toMatch(/valid regular expression/);
  });

  it.each(["(a+)+$", "^(a|a)*$", "(x+x+)+y", "^(\\w+\\s?)*$", "^(([a-z])+.)+[A-Z]([a-z])+$", "^(ab|ba|a|b)*$"])(
    "%s takes for ever on some texts",
    (source) => {
      expect(patternProblem(source)).toMatch(/takes too long/);
    },
  );
});

describe("withinTime", () => {
  it("answers what the work answers, and passes its errors on", () => {
    expect(withinTime(() => 42)).toBe(42);
    expect(() =>
      withinTime(() => {
        throw new TypeError("its own");
      }),
    ).toThrow(TypeError);
  });

  it("stops a pattern that takes for ever, and works again afterwards", () => {
    expect(() => withinTime(() => /^(a|a)*$/.test(`${"a".repeat(100)}!`))).toThrow(PatternTimeout);
    expect(withinTime(() => /a/.test("a"))).toBe(true);
  });
});
