/** A partner has several machines, and one of them may be silent to everybody. */
import { expect, it } from "vitest";
import type { Answer } from "../../src/probing/answer.ts";
import { type Comparison, compareRound, nothingCompared, poolItself } from "../../src/probing/comparison.ts";
import type { Reading } from "../../src/probing/confirm.ts";
import { forget, isRefusedByOne, record, suspected } from "../../src/probing/suspicion.ts";
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

/** Half an hour in which our address is refused at one of three machines, which are asked in turn, and another of ours at none. */
function refusedAtOneMachine(machine = "192.0.2.80", minutes = 40): Comparison {
  const refusal: Answer = {
    kind: "http",
    status: 403,
    headers: { "content-type": "application/json" },
    body: '{"error":"forbidden"}',
  };
  const other = { id: "other", kind: "serving" as const, address: "198.51.100.2" };
  let comparison = nothingCompared;
  for (let minute = 0; minute < minutes; minute++) {
    const partnerIp = `192.0.2.${80 + (minute % 3)}`;
    const ours = reading("serving", minute >= 10 && partnerIp === machine ? refusal : fine, partnerIp);
    const theirs: Reading = { vantage: other, target: "partner", verdict: judge(fine), answer: fine, partnerIp };
    comparison = compareRound(comparison, [ours, theirs], minute * 60_000).comparison;
  }
  return comparison;
}

it("of three that refuses our address alone is found, though most rounds accept it", () => {
  expect(suspected(refusedAtOneMachine().addresses, ip)).toEqual(["partner"]);
  expect(suspected(refusedAtOneMachine("none").addresses, ip)).toEqual([]);
});

it("that refused our address keeps it from being clean until it lets the address in", () => {
  const marked = forget(refusedAtOneMachine().addresses, ip, true);
  expect([isRefusedByOne(marked, ip), suspected(marked, ip)]).toEqual([true, []]);
  const round = { about: ip, target: "partner", worse: false };
  const elsewhere = record(marked, [{ ...round, partnerIp: "192.0.2.81" }], 41 * 60_000);
  expect(isRefusedByOne(elsewhere, ip)).toBe(true);
  expect(isRefusedByOne(record(elsewhere, [{ ...round, partnerIp: "192.0.2.80" }], 42 * 60_000), ip)).toBe(false);
  expect(isRefusedByOne(forget(marked, ip, false), ip)).toBe(false);
});
