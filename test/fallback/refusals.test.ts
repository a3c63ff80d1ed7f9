import { describe, expect, it } from "vitest";
import { areNoted, formatRefusal, refusalsNow } from "../../src/fallback/refusals.ts";
import { nowMs, refusal, table } from "./build.ts";

const create = (count: number, minutesAgo: number) => refusal("create", "NotAvailableInZone", count, minutesAgo);
const other = refusal("delete", "UnauthorizedOperation", 3, 1, "nat-1");

describe("what the tags of several route tables say of one refusal", () => {
  it.each([
    ["the older one first", [create(5, 9), create(6, 2), other]],
    ["the newer one first", [create(6, 2), other, create(5, 9)]],
    ["the same twice", [create(6, 2), other, create(6, 2)]],
  ])("counts once, as it was last: %s", (_, noted) => {
    const now = refusalsNow(noted, [], nowMs);
    expect(now).toHaveLength(2);
    expect(now).toEqual(expect.arrayContaining([create(6, 2), other]));
  });
});

describe("whether the tags say all that is refused", () => {
  const noted = [create(6, 2), other].map(formatRefusal).join(" ");
  it.each([
    ["they do", [other, create(6, 2)], true],
    ["nothing is refused", [], true],
    ["one is not there", [other, create(6, 2), refusal("delete", "UnauthorizedOperation", 3, 1, "nat-2")], false],
    ["one has come again since", [other, create(7, 1)], false],
  ])("%s", (_, refusals, expected) => {
    expect(areNoted(refusals, [{ ...table("1"), noted }])).toBe(expected);
  });
});
