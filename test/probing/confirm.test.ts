import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BlockScope } from "../../src/config/target-rules.ts";
import type { Verdict } from "../../src/probing/answer.ts";
import { type Confirmation, confirm, type Reading, settleEgress, type Vantage } from "../../src/probing/confirm.ts";
import { evidence } from "../../src/probing/evidence.ts";
import { judge } from "../../src/probing/verdict.ts";
import { http } from "./answers/recorded.ts";

const blocked = (scope: BlockScope): Verdict => ({ kind: "blocked", scope, rule: "r", ids: {} });
const plain = (kind: Exclude<Verdict["kind"], "blocked">): Verdict => ({ kind, rule: "r", ids: {} });
const vantage = (kind: Vantage["kind"], id: string, address: string | undefined): Vantage => ({ kind, id, address });
const at = (place: Vantage, verdict: Verdict, target = "api"): Reading => ({ vantage: place, target, verdict });

const here = vantage("serving", "a", "198.51.100.1");
const own = vantage("serving", "b", "198.51.100.2");
const scout = vantage("scout", "scout", "198.51.100.3");
const behindSameNat = vantage("serving", "c", "198.51.100.1");
const shared = vantage("shared", "shared", "203.0.113.1");
const first = (readings: Reading[]): Confirmation => confirm(readings)[0] as Confirmation;

describe("confirm", () => {
  const ok = plain("ok");
  const compared: BlockScope[] = ["address", "unknown"];
  const wide: BlockScope[] = ["network", "country", "challenge", "legal"];
  const never: BlockScope[] = ["rate", "client"];
  const every = [...compared, ...wide, ...never];
  type Row = {
    name: string;
    scopes: BlockScope[];
    others: Reading[];
    becomes?: BlockScope;
    confirmed?: true;
    finding: string;
    place?: Vantage;
  };

  it.each<Row>([
    {
      name: "refused here, accepted from another address of ours",
      scopes: [...compared, ...wide],
      others: [at(own, ok)],
      becomes: "address",
      confirmed: true,
      finding: "accepted-elsewhere",
    },
    {
      name: "refused here, accepted from the scout",
      scopes: [...compared, ...wide],
      others: [at(scout, ok)],
      becomes: "address",
      confirmed: true,
      finding: "accepted-elsewhere",
    },
    {
      name: "the application's own refusal elsewhere is acceptance, where nobody gets anything better",
      scopes: compared,
      others: [at(own, plain("unauthorized"))],
      becomes: "address",
      confirmed: true,
      finding: "accepted-elsewhere",
    },
    {
      name: "the application's own refusal elsewhere is none, where another gets more",
      scopes: compared,
      others: [at(behindSameNat, plain("unauthorized")), at(own, ok)],
      becomes: "address",
      confirmed: true,
      finding: "accepted-elsewhere",
    },
    {
      name: "accepted from one of ours, refused from another",
      scopes: compared,
      others: [at(own, ok), at(scout, blocked("unknown"))],
      becomes: "address",
      confirmed: true,
      finding: "accepted-elsewhere",
    },
    {
      name: "accepted from the shared pool only, with an answer that we never got",
      scopes: compared,
      others: [at(shared, ok)],
      finding: "alone",
    },
    {
      name: "all of ours refused, accepted from the shared pool",
      scopes: ["unknown"],
      others: [at(own, blocked("unknown")), at(shared, ok)],
      finding: "refused-pool",
    },
    {
      name: "wider than an address, accepted from the shared pool only",
      scopes: wide,
      others: [at(shared, ok)],
      finding: "alone",
    },
    {
      name: "wider than an address, all of ours refused, accepted from the shared pool",
      scopes: wide,
      others: [at(own, blocked("network")), at(shared, ok)],
      finding: "refused-pool",
    },
    {
      name: "refused everywhere, reason unknown",
      scopes: ["unknown", ...wide],
      others: [at(own, blocked("unknown")), at(shared, blocked("unknown"))],
      finding: "refused-everywhere",
    },
    {
      name: "refused everywhere although it claims the address",
      scopes: ["address"],
      others: [at(own, blocked("address"))],
      becomes: "unknown",
      finding: "refused-everywhere",
    },
    {
      name: "refused by the shared pool as well",
      scopes: [...compared, ...wide],
      others: [at(shared, blocked("address"))],
      finding: "alone",
    },
    {
      name: "a NAT gateway's address is accepted: in fallback that says nothing against the pool's",
      scopes: [...compared, ...wide],
      others: [at({ ...own, isOnNat: true }, ok), at(shared, ok)],
      finding: "alone",
    },
    {
      name: "the shared pool is refused for its country too: who got a 401 elsewhere is no witness",
      scopes: wide,
      others: [at(own, plain("unauthorized")), at(shared, blocked("country"))],
      finding: "alone",
    },
    {
      name: "the shared pool is not on the list either: who got a 401 elsewhere is a witness",
      scopes: compared,
      others: [at(own, plain("unauthorized")), at(shared, blocked("address"))],
      becomes: "address",
      confirmed: true,
      finding: "accepted-elsewhere",
    },
    {
      name: "the shared pool is refused in the same words, but another address of ours is let in",
      scopes: [...compared, ...wide],
      others: [at(own, ok), at(shared, blocked("country"))],
      becomes: "address",
      confirmed: true,
      finding: "accepted-elsewhere",
    },
    { name: "nobody else", scopes: [...compared, ...wide], others: [], finding: "alone" },
    {
      name: "the others have no say",
      scopes: [...compared, ...wide],
      others: [at(scout, plain("no-egress")), at(shared, plain("target-down"))],
      finding: "alone",
    },
    {
      name: "silence elsewhere is no acceptance",
      scopes: ["unknown", ...wide],
      others: [at(own, plain("unreachable"))],
      finding: "refused-everywhere",
    },
    { name: "another target accepts", scopes: compared, others: [at(own, ok, "other-api")], finding: "alone" },
    {
      name: "ours, but its address is not known",
      scopes: compared,
      others: [at({ ...own, address: undefined }, ok)],
      finding: "alone",
    },
    {
      name: "the same address is accepted",
      scopes: [...compared, ...wide],
      others: [at(behindSameNat, ok), at(own, ok)],
      finding: "contradicted",
    },
    {
      name: "the same address is refused too, another accepted",
      scopes: compared,
      others: [at(behindSameNat, blocked("unknown")), at(own, ok)],
      becomes: "address",
      confirmed: true,
      finding: "accepted-elsewhere",
    },
    {
      name: "what another address does not cure",
      scopes: never,
      others: [at(own, ok), at(shared, ok)],
      finding: "not-curable",
    },
    {
      name: "our own address is not known",
      scopes: [...compared, ...wide],
      place: { ...here, address: undefined },
      others: [at(own, ok)],
      finding: "address-unknown",
    },
    {
      name: "the shared pool is refused",
      scopes: every,
      place: shared,
      others: [at(own, ok)],
      finding: "foreign-address",
    },
  ])("$name: $finding", ({ scopes, others, becomes, confirmed = false, finding, place = here }) => {
    for (const scope of scopes) {
      const result = first([at(place, blocked(scope)), ...others]);
      expect(result).toMatchObject({ confirmed, finding, verdict: { kind: "blocked", scope: becomes ?? scope } });
    }
  });

  it.each([
    ["ok", "accepted"],
    ["unauthorized", "accepted"],
    ["target-down", "not-curable"],
    ["no-egress", "no-answer"],
    ["unreachable", "refused-everywhere"],
  ] as const)("%s is no block where no other is let in: %s", (kind, finding) => {
    expect(first([at(here, plain(kind)), at(own, blocked("unknown"))])).toMatchObject({
      verdict: { kind },
      confirmed: false,
      finding,
    });
  });

  it("confirms an address only against a different one that was accepted, whatever the readings", () => {
    fc.assert(
      fc.property(fc.array(readingOf(), { maxLength: 8 }), (readings) => {
        const all = confirm(readings);
        for (const { confirmed, verdict, vantage: place, target } of all) {
          if (!confirmed) continue;
          if (verdict.kind === "blocked") expect(verdict.scope).toBe("address");
          expect(["no-egress", "target-down"]).not.toContain(verdict.kind);
          expect(place.kind).not.toBe("shared");
          expect(place.address).toBeDefined();
          const elsewhere = all.filter((it) => it.target === target && it.vantage.address !== place.address);
          expect(elsewhere.some(({ accepted }) => accepted)).toBe(true);
        }
      }),
    );
  });

  it("never confirms what is accepted best or cannot be cured, and does not mind the order", () => {
    fc.assert(
      fc.property(fc.array(readingOf(), { maxLength: 8 }), (readings) => {
        const results = confirm(readings);
        results.forEach(({ confirmed }, index) => {
          const before = readings[index]?.verdict;
          if (before?.kind === "ok") expect(confirmed).toBe(false);
          if (before?.kind === "blocked" && never.includes(before.scope)) expect(confirmed).toBe(false);
        });
        const reversed = confirm([...readings].reverse()).reverse();
        const essence = ({ verdict, confirmed, finding }: Confirmation) => ({ verdict, confirmed, finding });
        expect(reversed.map(essence)).toEqual(results.map(essence));
      }),
    );
  });
});

describe("settleEgress", () => {
  const silent = plain("unreachable");
  const lost = { ...here, address: undefined };
  const kinds = (readings: Reading[]) => settleEgress(readings).map(({ verdict }) => verdict.kind);

  it.each([
    {
      name: "all targets silent, no echo",
      readings: [at(lost, silent), at(lost, silent, "b")],
      expected: ["no-egress", "no-egress"],
    },
    {
      name: "the one target silent, reached elsewhere",
      readings: [at(lost, silent), at(shared, plain("ok"))],
      expected: ["no-egress", "ok"],
    },
    {
      name: "the one target silent everywhere",
      readings: [at(lost, silent), at(shared, silent)],
      expected: ["unreachable", "unreachable"],
    },
    {
      name: "an echo saw the address",
      readings: [at(here, silent), at(here, silent, "b")],
      expected: ["unreachable", "unreachable"],
    },
    {
      name: "no route to one target, though another answers",
      readings: [at(lost, plain("no-egress")), at(lost, plain("ok"), "b")],
      expected: ["unreachable", "ok"],
    },
    {
      name: "no route to one target, though an echo saw the address",
      readings: [at(here, plain("no-egress")), at(here, silent, "b")],
      expected: ["unreachable", "unreachable"],
    },
    { name: "no route to the only target, no echo", readings: [at(lost, plain("no-egress"))], expected: ["no-egress"] },
    {
      name: "one target answers",
      readings: [at(lost, silent), at(lost, plain("target-down"), "b")],
      expected: ["unreachable", "target-down"],
    },
  ])("$name", ({ readings, expected }) => {
    expect(kinds(readings)).toEqual(expected);
  });
});

describe("evidence", () => {
  const answer = http(
    403,
    {
      "cf-ray": "8f1d2c3b4a596877-IAD",
      server: "cloudflare",
      "set-cookie": "session=secret",
      "x-api-key": "secret",
      location: "/?token=secret",
    },
    "error code: 1006",
  );
  const unknown = { ...own, id: "unknown", address: undefined };
  const round = confirm([
    { ...at(here, judge(answer)), answer },
    { ...at(own, plain("ok")), answer: http(200, { "x-api-key": "secret" }, "secret") },
    { ...at(unknown, plain("ok")), answer: http(200, {}, "") },
    { ...at(shared, plain("unreachable")), answer: { kind: "failure", phase: "connect", code: "TIMEOUT" } },
  ]);
  const record = evidence(
    round[0] as Confirmation,
    answer,
    { method: "GET", protocol: "http/1.1", url: "https://user:secret@api.example.com/v1/orders?key=secret#secret" },
    round,
    Date.UTC(2026, 0, 2),
    Date.UTC(2026, 0, 1),
  );

  it("holds what a support ticket needs", () => {
    expect(record).toEqual({
      address: "198.51.100.1",
      method: "GET",
      target: "https://api.example.com/v1/orders",
      firstSeen: "2026-01-01T00:00:00.000Z",
      observed: "2026-01-02T00:00:00.000Z",
      verdict: "blocked",
      scope: "address",
      rule: "cloudflare-1006",
      finding: "accepted-elsewhere",
      confirmed: true,
      status: 403,
      failure: undefined,
      ids: { "cloudflare-ray": "8f1d2c3b4a596877-IAD" },
      headers: { "cf-ray": "8f1d2c3b4a596877-IAD", server: "cloudflare" },
      others: [
        { address: own.address, ours: true, accepted: true, status: 200, failure: undefined, ids: {} },
        {
          address: shared.address,
          ours: false,
          accepted: false,
          status: undefined,
          failure: "connect TIMEOUT",
          ids: {},
        },
      ],
    });
  });

  it("holds no secret", () => {
    expect(JSON.stringify(record)).not.toContain("secret");
  });

  it("tells a failure by phase and code", () => {
    const failure = { kind: "failure", phase: "connect", code: "ECONNREFUSED" } as const;
    const request = { method: "GET", protocol: "http/1.1", url: "https://api.example.com" } as const;
    const silent = evidence(first([at(here, judge(failure))]), failure, request, [], 0);
    expect(silent).toMatchObject({ status: undefined, failure: "connect ECONNREFUSED", headers: {}, scope: undefined });
  });

  it("has a gRPC call as the partner's log has it", () => {
    const request = { method: "GET", protocol: "grpc", url: "https://api.example.com/" } as const;
    expect(evidence(first([at(here, judge(answer))]), answer, request, [], 0)).toMatchObject({
      method: "POST",
      target: "https://api.example.com/grpc.health.v1.Health/Check",
    });
  });
});

function readingOf(): fc.Arbitrary<Reading> {
  const scopes = fc.constantFrom<BlockScope>(
    "address",
    "network",
    "country",
    "client",
    "rate",
    "challenge",
    "legal",
    "unknown",
  );
  const verdict = fc.oneof(
    scopes.map(blocked),
    fc.constantFrom("ok", "unauthorized", "target-down", "no-egress", "unreachable").map((kind) => plain(kind as "ok")),
  );
  const place = fc.oneof(
    fc.constantFrom(here, own, scout, behindSameNat, shared),
    fc.constantFrom(here, own).map((known) => ({ ...known, id: `${known.id}?`, address: undefined })),
  );
  return fc.record({ vantage: place, target: fc.constantFrom("api", "other"), verdict });
}
