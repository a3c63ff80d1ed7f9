/** Situations across vantages, in each scope: the partner's answers in, whose address is to blame out. */
import { describe, expect, it } from "vitest";
import type { Answer } from "../../src/probing/answer.ts";
import { compareRound, isPoolRefused, nothingCompared } from "../../src/probing/comparison.ts";
import type { Reading, Vantage } from "../../src/probing/confirm.ts";
import { findingTable } from "../../src/probing/finding-table.ts";
import { findingsOf } from "../../src/probing/noted-round.ts";
import { judge } from "../../src/probing/verdict.ts";
import { rowOf } from "../../src/telemetry/finding.ts";
import { http } from "./answers/recorded.ts";

const json = { "content-type": "application/json" };
const html = { "content-type": "text/html" };
const fine = http(200, json, '{"status":"up"}');
const silent: Answer = { kind: "failure", phase: "connect", code: "TIMEOUT" };
const namesAddress = http(403, json, '{"message":"Your IP address is not on the allow list"}');
const says = (text: string, status = 403) => http(status, json, JSON.stringify({ message: text }));
const country = says("This service is not available in your country");
const datacentre = says("Requests from data center networks are not accepted");
const captcha = http(403, html, "<html><title>Security check</title><body>Please complete the captcha</body></html>");
const court = http(451, html, "<html><title>Unavailable for legal reasons</title></html>");
const rate = says("Too many requests from this IP", 429);
const program = says("Your user agent is not allowed");
const wall = http(
  403,
  html,
  "<html><title>Blocked</title><body>Your request was blocked by our firewall</body></html>",
);
const maintenance = says("Scheduled maintenance", 503);
const key = says("Invalid API key", 401);
const wallet = says("The withdrawal address is not whitelisted");
const sorry = http(200, html, "<html><title>Access denied</title><body>Access denied</body></html>");

type Place = "a" | "b" | "scout" | "nat" | "shared";
const places: Readonly<Record<Place, Vantage>> = {
  a: { id: "a", kind: "serving", address: "198.51.100.1" },
  b: { id: "b", kind: "serving", address: "198.51.100.2" },
  scout: { id: "scout", kind: "scout", address: "198.51.100.3" },
  nat: { id: "nat", kind: "serving", address: "198.51.100.9", isOnNat: true },
  shared: { id: "shared", kind: "shared", address: "203.0.113.1" },
};
type Answers = Partial<Record<Place, Answer>>;

const readingsOf = (answers: Answers): Reading[] =>
  Object.entries(answers).map(([place, answer]) => ({
    vantage: places[place as Place],
    target: "partner",
    verdict: judge(answer),
    answer,
    partnerIp: "192.0.2.1",
  }));

interface Situation {
  readonly name: string;
  readonly answers: Answers;
  /** Before, the partner gave all of them this (default: let in). */
  readonly before?: Answer;
  /** Vantages whose address is treated worse than another of ours. */
  readonly blamed?: readonly Place[];
  /** Whether the pool as a whole is kept out (default: not known). */
  readonly pool?: boolean;
  readonly findings?: Partial<Record<Place, string>>;
}

describe("a situation across vantages", () => {
  it.each<Situation>([
    {
      name: "one address is challenged, the others are let in",
      answers: { a: captcha, b: fine, scout: fine, shared: fine },
      blamed: ["a"],
      pool: false,
    },
    {
      name: "all of ours are challenged, Lambda's are let in",
      answers: { a: captcha, b: captcha, scout: captcha, shared: fine },
      pool: true,
      findings: { a: "refused-pool" },
    },
    {
      name: "one address counts as abroad",
      answers: { a: country, b: fine, scout: fine, shared: fine },
      blamed: ["a"],
      pool: false,
    },
    {
      name: "everybody counts as abroad",
      answers: { a: country, b: country, scout: country, shared: country },
      findings: { a: "refused-everywhere", shared: "foreign-address" },
    },
    {
      name: "all of ours count as a data centre's, Lambda's do not",
      answers: { a: datacentre, b: datacentre, scout: datacentre, shared: fine },
      pool: true,
    },
    {
      name: "the spare alone counts as a data centre's",
      answers: { a: fine, b: fine, scout: datacentre, shared: fine },
      blamed: ["scout"],
      pool: false,
    },
    {
      name: "a court's order against one address",
      answers: { a: fine, b: court, scout: fine },
      blamed: ["b"],
      pool: false,
    },
    {
      name: "a court's order against everybody",
      answers: { a: court, b: court, scout: court, shared: court },
      findings: { b: "refused-everywhere" },
    },
    {
      name: "a rate limit met at one address is waited for",
      answers: { a: rate, b: fine, scout: fine },
      pool: false,
      findings: { a: "not-curable" },
    },
    {
      name: "a program refused at one address alone is the partner's load",
      answers: { a: program, b: fine, scout: fine },
      pool: false,
      findings: { a: "not-curable" },
    },
    {
      name: "maintenance at one address alone is a backend's",
      answers: { a: maintenance, b: fine, scout: fine },
      pool: false,
      findings: { a: "not-curable" },
    },
    {
      name: "a firewall stops one address and says no more",
      answers: { a: wall, b: fine, scout: fine },
      blamed: ["a"],
      pool: false,
    },
    {
      name: "both serving addresses are refused by name, the spare is let in",
      answers: { a: namesAddress, b: namesAddress, scout: fine },
      blamed: ["a", "b"],
      pool: false,
    },
    {
      name: "a page of status 200 that denies, to one address",
      answers: { a: sorry, b: fine, scout: fine },
      blamed: ["a"],
      pool: false,
    },
    {
      name: "the key fails at one address alone",
      answers: { a: key, b: fine, scout: fine },
      blamed: ["a"],
      pool: false,
    },
    { name: "the key fails everywhere", answers: { a: key, b: key, scout: key, shared: key } },
    {
      name: "the key has always failed: an application answers",
      before: key,
      answers: { a: key, b: key, scout: key },
      pool: false,
      findings: { a: "accepted" },
    },
    {
      name: "a wallet's address is not on its list, wherever it is asked from",
      before: wallet,
      answers: { a: wallet, b: wallet, scout: wallet, shared: wallet },
      pool: false,
      findings: { a: "accepted", b: "accepted", scout: "accepted" },
    },
    {
      name: "one address refused by name, no other of ours asked, Lambda's are let in as ours were",
      answers: { a: namesAddress, shared: fine },
      blamed: ["a"],
    },
    {
      name: "one address refused by name, nobody else asked: a refusal, and nothing to compare it with",
      answers: { a: namesAddress },
      pool: true,
      findings: { a: "alone" },
    },
    {
      name: "one address abroad, no other of ours asked: Lambda's may be listed apart",
      answers: { a: country, shared: fine },
      pool: true,
      findings: { a: "alone" },
    },
    {
      name: "one address refused by name, Lambda's as well",
      answers: { a: namesAddress, shared: namesAddress },
      findings: { a: "alone" },
    },
    {
      name: "a NAT gateway that is let in is no witness against the pool",
      answers: { a: namesAddress, nat: fine },
      pool: true,
      findings: { a: "alone", nat: "accepted" },
    },
    {
      name: "silence to all of ours and to Lambda's",
      answers: { a: silent, b: silent, scout: silent, shared: silent },
      findings: { a: "refused-everywhere" },
    },
  ])("$name", ({ answers, before = fine, blamed = [], pool, findings = {} }) => {
    const all = Object.fromEntries(Object.keys(answers).map((place) => [place, before]));
    const known = compareRound(nothingCompared, readingsOf(all), 0).comparison;
    const { confirmations } = compareRound(known, readingsOf(answers), 60_000);
    expect(confirmations.filter(({ confirmed }) => confirmed).map(({ vantage }) => vantage.id)).toEqual(blamed);
    expect(isPoolRefused(confirmations, known.known.get("partner"))).toBe(pool);
    expect(Object.fromEntries(confirmations.map(({ vantage, finding }) => [vantage.id, finding]))).toMatchObject(
      findings,
    );
  });
});

describe("a partner that keeps out the pool", () => {
  const nothing = { failed: new Map(), refused: new Map(), marked: new Set<string>(), idle: new Set<string>() };
  const wordsOf = (answers: Answers) => {
    const round = { ...compareRound(nothingCompared, readingsOf(answers), 0), ...nothing, timeMs: 0 };
    const refusedPool = new Set(["partner"]);
    const noted = { ...round, refusedPool, certificateExpiresMs: undefined, blocked: undefined, isBlock: () => false };
    const found = findingsOf(noted, new Set(), undefined);
    return found.map((it) => rowOf(findingTable, it).text(it));
  };

  it("is said of the one address that asked, and not of all", () => {
    expect(wordsOf({ a: namesAddress })).toEqual(["partner keeps out 198.51.100.1, and no other address asked it"]);
    expect(wordsOf({ a: namesAddress, nat: fine })).toEqual(wordsOf({ a: namesAddress }));
    expect(wordsOf({ a: namesAddress, b: namesAddress })).toEqual(["partner keeps out all addresses of the pool"]);
  });
});
