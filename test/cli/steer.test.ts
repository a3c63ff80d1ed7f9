import { expect, it } from "vitest";
import { changeOf, type Wanted } from "../../cli/steer.ts";
import type { Pool } from "../../cli/support/deployment-model.ts";
import { readOverride } from "../../src/pool/override.ts";

type SteeredPool = Pick<Pool, "name" | "fallback">;
const withFallback: SteeredPool = { name: "p", fallback: {} as NonNullable<Pool["fallback"]> };
const without: SteeredPool = { name: "p", fallback: undefined };

it.each<[Wanted, string | undefined, string | undefined]>([
  ["fallback", undefined, "none → fallback"],
  ["fallback", "direct", "direct → fallback"],
  ["fallback", "fallback", undefined],
  ["direct", undefined, "none → direct"],
  ["auto", "fallback", "fallback → none"],
  ["auto", "nonsense", "nonsense → none"],
  ["auto", undefined, undefined],
  ["paused", "fallback", "fallback → paused"],
  ["resume", "paused", "paused → none"],
  ["resume", undefined, undefined],
])("%s where the override is %s: %s", (wanted, override, expected) => {
  const change = changeOf(withFallback, wanted, readOverride([override]), ["eipalloc-1"]);
  expect(change && `${change.from} → ${change.to}`).toBe(expected);
});

it.each<[string, SteeredPool, Wanted, string | undefined, RegExp]>([
  ["a fallback that is not deployed", without, "fallback", undefined, /without fallback/],
  ["auto while paused", withFallback, "auto", "paused", /is paused/],
  ["resume while in fallback by override", withFallback, "resume", "fallback", /is not paused/],
])("refuses %s", (_name, pool, wanted, override, message) => {
  expect(() => changeOf(pool, wanted, readOverride([override]), ["eipalloc-1"])).toThrow(message);
});

it("refuses a pool without addresses, which has nothing to carry the override", () => {
  expect(() => changeOf(withFallback, "paused", readOverride([]), [])).toThrow(/no address/);
});
