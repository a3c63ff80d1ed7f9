import { describe, expect, it } from "vitest";
import type { Verdict } from "../../src/probing/answer.ts";
import { type Confirmation, confirm, type Reading } from "../../src/probing/confirm.ts";
import { addressEvidence, egressEvidence, targetEvidence } from "../../src/probing/findings.ts";

const plain = { rule: "test", ids: {} };
const ok: Verdict = { kind: "ok", ...plain };
const down: Verdict = { kind: "target-down", ...plain };
const lost: Verdict = { kind: "no-egress", ...plain };
const blocked: Verdict = { kind: "blocked", scope: "unknown", ...plain };
const limited: Verdict = { kind: "blocked", scope: "rate", ...plain };

function found(...rows: [vantage: string, target: string, verdict: Verdict][]): Confirmation[] {
  return confirm(
    rows.map(([id, target, verdict]): Reading => {
      const kind = id === "shared" ? "shared" : "serving";
      return { vantage: { id, kind, address: verdict === lost ? undefined : `ip-${id}` }, target, verdict };
    }),
  );
}

describe("addressEvidence", () => {
  it.each([
    ["blocked for certain", found(["a", "x", blocked], ["b", "x", ok]), { "ip-a": true, "ip-b": false }],
    [
      "blocked by one target, accepted by another",
      found(["a", "x", blocked], ["b", "x", ok], ["a", "y", ok]),
      { "ip-a": true, "ip-b": false },
    ],
    ["refused without proof is no acceptance", found(["a", "x", limited], ["a", "y", ok]), {}],
    ["a target that is down says nothing", found(["a", "x", down]), {}],
    ["the shared pool has no address of ours", found(["shared", "x", ok]), {}],
  ])("%s", (_, confirmations, expected) => {
    expect(Object.fromEntries(addressEvidence(confirmations))).toEqual(expected);
  });
});

const withoutEcho = (vantage: string, confirmations: readonly Confirmation[]): Confirmation[] =>
  confirmations.map((it) =>
    it.vantage.id === vantage ? { ...it, vantage: { ...it.vantage, address: undefined } } : it,
  );

describe("targetEvidence", () => {
  it.each([
    ["down from everywhere", found(["a", "x", down], ["b", "x", down]), { x: true }],
    ["down from where there is a way out", found(["a", "x", down], ["b", "x", lost]), { x: true }],
    ["reached by the shared pool alone", found(["a", "x", down], ["shared", "x", ok]), { x: true }],
    ["a refusal is an answer", found(["a", "x", blocked], ["b", "x", down]), { x: false, echo: false }],
    ["nobody had a way out", found(["a", "x", lost]), {}],
    [
      "the echo tells one of two its address",
      withoutEcho("b", found(["a", "x", ok], ["b", "x", ok])),
      { x: false, echo: true },
    ],
    ["the echo tells both", found(["a", "x", ok], ["b", "x", blocked], ["shared", "x", ok]), { x: false, echo: false }],
    [
      "what the echo tells the shared pool does not matter",
      withoutEcho("shared", found(["a", "x", ok], ["shared", "x", ok])),
      { x: false, echo: false },
    ],
  ])("%s", (_, confirmations, expected) => {
    expect(Object.fromEntries(targetEvidence(confirmations))).toEqual(expected);
  });
});

describe("egressEvidence", () => {
  it("is of our own vantages", () => {
    const evidence = egressEvidence(found(["a", "x", lost], ["b", "x", down], ["shared", "x", ok]));
    expect(Object.fromEntries(evidence)).toEqual({ a: true, b: false });
  });
});
