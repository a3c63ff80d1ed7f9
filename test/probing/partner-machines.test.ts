/** A partner has several machines, and one of them may be silent to everybody. */
import { expect, it } from "vitest";
import type { Answer } from "../../src/probing/answer.ts";
import { type Comparison, compareRound, nothingCompared, poolItself } from "../../src/probing/comparison.ts";
import type { Reading } from "../../src/probing/confirm.ts";
import { suspected } from "../../src/probing/suspicion.ts";
import { judge } from "../../src/probing/verdict.ts";

const ip = "198.51.100.1";
const fine: Answer = {
  kind: "http",
  status: 200,
  headers: { "content-type": "application/json" },
  body: '{"status":"ok"}',
};
const silent: Answer = { kind: "failure", phase: "connect", code: "TIMEOUT" };

function reading(kind: "serving" | "shared", answer: Answer, partnerIp: string): Reading {
  const vantage = { id: kind, kind, address: kind === "serving" ? ip : "203.0.113.10" };
  return { vantage, target: "partner", verdict: judge(answer), answer, partnerIp };
}

/** Ten minutes in which both are let in, then twenty in which the only address of ours that asks gets no answer. */
function afterSilence(machineOfOurs: string): Comparison {
  let comparison = nothingCompared;
  for (let minute = 0; minute < 30; minute++) {
    const isSilent = minute >= 10;
    const ours = reading("serving", isSilent ? silent : fine, isSilent ? machineOfOurs : "192.0.2.80");
    comparison = compareRound(comparison, [ours, reading("shared", fine, "192.0.2.80")], minute * 60_000).comparison;
  }
  return comparison;
}

it("which answers the shared pool shows that silence there is meant for our address", () => {
  expect(suspected(afterSilence("192.0.2.80").addresses, ip)).toEqual(["partner"]);
});

it("another than that which answers the shared pool says nothing of our address, nor of the pool", () => {
  const { addresses, pool } = afterSilence("192.0.2.90");
  expect([suspected(addresses, ip), suspected(pool, poolItself)]).toEqual([[], []]);
});

it("is about our address where our other one asked a resolver that does not answer, and not about the pool", () => {
  const other = { id: "other", kind: "serving" as const, address: "198.51.100.2" };
  const unresolved: Answer = { kind: "failure", phase: "dns", code: "TIMEOUT" };
  let comparison = nothingCompared;
  for (let minute = 0; minute < 30; minute++) {
    const isBlocked = minute >= 10;
    const ours = reading("serving", isBlocked ? silent : fine, "192.0.2.80");
    const answer = isBlocked ? unresolved : fine;
    const theirs: Reading = { vantage: other, target: "partner", verdict: judge(answer), answer };
    const readings = [ours, theirs, reading("shared", fine, "192.0.2.80")];
    comparison = compareRound(comparison, readings, minute * 60_000).comparison;
  }
  expect([suspected(comparison.addresses, ip), suspected(comparison.pool, poolItself)]).toEqual([["partner"], []]);
});
