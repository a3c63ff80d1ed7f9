import { expect, it } from "vitest";
import type { Answer, Verdict } from "../../src/probing/answer.ts";
import { isPoolRefused } from "../../src/probing/comparison.ts";
import { confirm, type Reading, type Vantage } from "../../src/probing/confirm.ts";
import { nothingKnown } from "../../src/probing/known.ts";

const [machine, another, third] = ["192.0.2.80", "192.0.2.90", "192.0.2.91"];
const refused: Verdict = { kind: "blocked", scope: "unknown", rule: "nginx-403", ids: {} };
const silent: Answer = { kind: "failure", phase: "connect", code: "ETIMEDOUT" };
const places = {
  a: { id: "a", kind: "serving", address: "198.51.100.1" },
  b: { id: "b", kind: "serving", address: "198.51.100.2" },
  shared: { id: "shared", kind: "shared", address: "203.0.113.1" },
} as const satisfies Record<string, Vantage>;

const at = (place: keyof typeof places, partnerIp: string | undefined, verdict: Verdict, answer?: Answer): Reading => ({
  vantage: places[place],
  target: "partner",
  verdict,
  ...(answer && { answer }),
  ...(partnerIp && { partnerIp }),
});
const refusedAt = (place: "a" | "b", partnerIp?: string) => at(place, partnerIp, refused);
const silentAt = (place: "a" | "b", partnerIp: string) =>
  at(place, partnerIp, { kind: "unreachable", rule: "connect-ETIMEDOUT", ids: {} }, silent);
const letIn = (place: keyof typeof places, partnerIp?: string) =>
  at(place, partnerIp, { kind: "ok", rule: "answered", ids: {} });
const isRefused = (...readings: Reading[]) => isPoolRefused(confirm(readings), { ...nothingKnown, betterMs: 0 });

it.each([
  ["ours are refused where the shared pool is let in", [refusedAt("a", machine), letIn("shared", machine)], true],
  ["nobody knows which of its addresses was asked", [refusedAt("a"), letIn("shared", machine)], true],
  [
    "one of its addresses refuses ours, another lets in",
    [refusedAt("a", another), letIn("shared", machine)],
    undefined,
  ],
  [
    "one of its addresses refuses two of ours, another lets in",
    [refusedAt("a", another), refusedAt("b", another), letIn("shared", machine)],
    undefined,
  ],
  [
    "two of its addresses refuse ours, a third lets in",
    [refusedAt("a", another), refusedAt("b", third), letIn("shared", machine)],
    true,
  ],
  [
    "two of its addresses are silent to ours, a third lets in",
    [silentAt("a", another), silentAt("b", third), letIn("shared", machine)],
    undefined,
  ],
  ["ours got better before, and nobody asked from the shared pool", [refusedAt("a", another)], true],
  ["one of ours is let in", [refusedAt("a", machine), letIn("b", machine), letIn("shared", machine)], false],
])("whether the pool is refused when %s", (_, readings, expected) => {
  expect(isRefused(...readings)).toBe(expected);
});
