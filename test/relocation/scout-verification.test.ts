import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  counted,
  formatTally,
  formatVerified,
  monthOf,
  parseTally,
  parseVerified,
  type Verified,
} from "../../src/relocation/scout-verification.ts";

const atMs = Date.UTC(2026, 10, 27);

describe("the verified tag", () => {
  it("reads as verdict, time and, of a suspect, trials", () => {
    expect(formatVerified({ blocked: false, atMs, tries: 0 })).toBe("clean@2026-11-27T00:00:00.000Z");
    expect(formatVerified({ blocked: true, atMs, tries: 3 })).toBe("blocked@2026-11-27T00:00:00.000Z 3");
    expect(parseVerified("blocked@2026-11-27T00:00:00.000Z")).toEqual({ blocked: true, atMs, tries: 1 });
  });

  it("comes back as it was written", () => {
    const times = fc.nat(4_000_000_000_000);
    const any = fc.oneof(
      fc.record<Verified>({ blocked: fc.constant(false), atMs: times, tries: fc.constant(0) }),
      fc.record<Verified>({ blocked: fc.constant(true), atMs: times, tries: fc.integer({ min: 0, max: 999 }) }),
    );
    fc.assert(
      fc.property(any, (it) => {
        expect(parseVerified(formatVerified(it))).toEqual(it);
      }),
      { seed: 1 },
    );
  });

  it.each([
    undefined,
    "",
    "clean",
    "clean@soon",
    "fine@2026-11-27T00:00:00.000Z",
    "blocked@2026-11-27T00:00:00.000Z x",
  ])("counts as absent when it is %j", (text) => {
    expect(parseVerified(text)).toBeUndefined();
  });
});

describe("the verifications tag", () => {
  it("counts within a month, and begins anew with the next", () => {
    const first = counted(undefined, atMs);
    expect(formatTally(counted(first, atMs))).toBe("2026-11 2");
    expect(counted(first, Date.UTC(2026, 11, 1))).toEqual({ month: "2026-12", count: 1 });
    expect(monthOf(Date.UTC(2026, 11, 1) - 1)).toBe("2026-11");
  });

  it.each([undefined, "", "2026-11", "2026-11 many", "november 4"])("counts as absent when it is %j", (text) => {
    expect(parseTally(text)).toBeUndefined();
  });
});
