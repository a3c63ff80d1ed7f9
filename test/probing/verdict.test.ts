import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { TargetRules } from "../../src/config/target-rules.ts";
import type { Answer } from "../../src/probing/answer.ts";
import { classify } from "../../src/probing/classify.ts";
import { ruleSources } from "../../src/probing/rule-sources.ts";
import { judge, rules } from "../../src/probing/verdict.ts";
import { allowLists } from "./answers/allow-lists.ts";
import { cloudflare } from "./answers/cloudflare.ts";
import { edges } from "./answers/edges.ts";
import { firewalls } from "./answers/firewalls.ts";
import { languages } from "./answers/languages.ts";
import { nearMisses } from "./answers/near-misses.ts";
import { plain } from "./answers/plain.ts";
import { published } from "./answers/published.ts";
import { http } from "./answers/recorded.ts";
import { sentencesOfAddresses } from "./answers/sentences.ts";
import { unseenA } from "./answers/unseen-a.ts";
import { unseenB } from "./answers/unseen-b.ts";
import { unseenC } from "./answers/unseen-c.ts";
import { unseenD } from "./answers/unseen-d.ts";
import { unseenE } from "./answers/unseen-e.ts";
import { unseenF } from "./answers/unseen-f.ts";
import { unseenG } from "./answers/unseen-g.ts";

const unseen = [...unseenA, ...unseenB, ...unseenC, ...unseenD, ...unseenE, ...unseenF, ...unseenG];
const table = [...cloudflare, ...edges, ...firewalls, ...allowLists, ...plain];

/** The rows whose source says that the address itself is meant. Adding one is a decision, hence the list. */
const addressSignatures = new Set([
  "cloudflare-1006",
  "cloudflare-1007",
  "cloudflare-1008",
  "cloudflare-1106",
  "sucuri-ip",
  "sucuri-ip-page",
  "azure-app-service-ip",
  "mongodb-atlas-access-list",
  "github-ip-allow-list",
  "cloudflare-1107",
  "apigee-access-control",
  "azure-key-vault-firewall",
  "azure-service-firewall",
  "google-api-key-restriction",
  "elastic-traffic-filter",
  "salesforce-login-range",
  "cloudflare-api-token",
  "bitget-address",
  "sf-express-address",
  "namecheap-address",
  "bybit-unmatched-address",
  "emerging-travel-host",
  "says-address",
  "error-says-address",
  "page-refuses-address",
]);

describe("judge", () => {
  it.each(table)("$rule: $name", ({ answer, kind, scope, rule, ids }) => {
    const verdict = judge(answer);
    expect(verdict).toMatchObject({ kind, rule, ...(scope && { scope }) });
    if (ids) expect(verdict.ids).toMatchObject(ids);
  });

  it.each(table)("means the same without the rows that only name the vendor: $name", ({ answer, kind, scope }) => {
    expect(classify(answer)).toMatchObject({ kind, ...(scope && { scope }) });
  });

  it.each([...languages, ...nearMisses, ...sentencesOfAddresses])("$name: $means", ({ answer, means }) => {
    const verdict = judge(answer);
    expect(verdict.kind === "blocked" ? `blocked/${verdict.scope}` : verdict.kind).toBe(means);
  });

  it.each([...published, ...unseen])("$means: $name", ({ answer, means }) => {
    const verdict = judge(answer);
    expect(verdict.kind === "blocked" ? `blocked/${verdict.scope}` : verdict.kind).toBe(means);
  });

  it("has a recorded answer for every row of the signature table", () => {
    const seen = new Set([...table, ...published, ...unseen].map(({ answer }) => judge(answer).rule));
    expect(rules.map(({ id }) => id).filter((id) => !seen.has(id))).toEqual([]);
  });

  it("names each row once, with a public source", () => {
    expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
    expect(Object.keys(ruleSources).sort()).toEqual(rules.map(({ id }) => id).sort());
    expect(Object.values(ruleSources).filter((source) => !source.startsWith("https://"))).toEqual([]);
    expect([...table, ...published].filter(({ source }) => !source.startsWith("https://"))).toEqual([]);
  });

  it("claims an address only by a row whose source says so", () => {
    const claiming = rules.filter(({ result }) => result.kind === "blocked" && result.scope === "address");
    expect(new Set(claiming.map(({ id }) => id))).toEqual(addressSignatures);
  });

  it("reads no further than the first 4 KiB", () => {
    expect(judge(http(403, {}, `${"x".repeat(4096)}<center>nginx</center>`)).rule).toBe("http-403");
  });

  it("is total, and never guesses an address", () => {
    fc.assert(
      fc.property(answers(), (answer) => {
        const verdict = judge(answer);
        const claims = verdict.kind === "blocked" && verdict.scope === "address";
        expect(claims && !addressSignatures.has(verdict.rule)).toBe(false);
      }),
    );
  });
});

describe("judge with a target's own rules", () => {
  const target: TargetRules = {
    rules: [
      {
        id: "listed",
        when: { json: { path: "error.code", pattern: "^IP_DENIED$" } },
        result: { kind: "blocked", scope: "address" },
      },
      {
        id: "maintenance",
        when: { statuses: [403], header: { name: "X-Maintenance", pattern: "^on$" } },
        result: { kind: "target-down" },
      },
      { id: "empty", when: {}, result: { kind: "no-egress" } },
    ],
    healthy: { statuses: [204, 401], body: "^$" },
  };

  it.each([
    {
      name: "a JSON path",
      answer: http(200, {}, '{"error":{"code":"IP_DENIED"}}'),
      kind: "blocked",
      rule: "target:listed",
    },
    {
      name: "a header, its name in any case",
      answer: http(403, { "x-maintenance": "ON" }),
      kind: "target-down",
      rule: "target:maintenance",
    },
    { name: "half a condition", answer: http(403, { "x-maintenance": "off" }), kind: "blocked", rule: "http-403" },
    { name: "what it calls healthy", answer: http(401), kind: "ok", rule: "target:healthy" },
    {
      name: "a healthy status with another body",
      answer: http(204, {}, "oops"),
      kind: "target-down",
      rule: "target:unhealthy",
    },
    {
      name: "an unremarkable answer that is not healthy",
      answer: http(404),
      kind: "target-down",
      rule: "target:unhealthy",
    },
    { name: "a signature although it is not healthy either", answer: http(451), kind: "blocked", rule: "http-451" },
    {
      name: "JSON cut off by the first 4 KiB",
      answer: http(204, {}, `{"error":{"code":"IP_DENIED"},"x":"${"x".repeat(4096)}"}`),
      kind: "target-down",
      rule: "target:unhealthy",
    },
    {
      name: "JSON longer than the first KiB",
      answer: http(200, {}, `{"error":{"code":"IP_DENIED"},"x":"${"x".repeat(1024)}"}`),
      kind: "blocked",
      rule: "target:listed",
    },
    {
      name: "a path through a value that is no object",
      answer: http(401, {}, '{"error":"DENIED"}'),
      kind: "target-down",
      rule: "target:unhealthy",
    },
  ])("$name", ({ answer, kind, rule }) => {
    expect(judge(answer, target)).toMatchObject({ kind, rule });
  });
});

function answers(): fc.Arbitrary<Answer> {
  const fragments = fc.constantFrom(
    "IP",
    "banned",
    "1006",
    "error code: 1006",
    "address",
    "denied",
    "{",
    '"error_code":1006',
    "<title>",
    "Cloudflare",
  );
  const headers = fc.dictionary(
    fc.constantFrom("server", "via", "content-type", "cf-ray", "x-request-id", "retry-after", "x-datadome"),
    fc.constantFrom("cloudflare", "application/json", "nginx", "AkamaiGHost", "CloudFront", "1"),
  );
  return fc.oneof(
    fc.record({
      kind: fc.constant("http" as const),
      status: fc.integer({ min: 100, max: 999 }),
      headers,
      body: fc.array(fc.oneof(fragments, fc.string())).map((parts) => parts.join(" ")),
    }),
    fc.record({
      kind: fc.constant("failure" as const),
      phase: fc.constantFrom("dns", "connect", "tls", "first-byte"),
      code: fc.string(),
    }),
  );
}
