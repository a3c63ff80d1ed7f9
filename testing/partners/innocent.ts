/** Situations in which no address is to blame, though answers differ: none is to be marked. */
import type { Given, PartnerAnswer } from "../twin/partners.ts";
import { failure, fine, http, json, page, unavailable } from "./answers.ts";
import type { Asked, GivenTo, Situation } from "./situation.ts";

const refusal = page(403, "403 Forbidden", "<center>nginx</center>");
const signed = http(403, "error code: 1006", { server: "cloudflare", "cf-ray": "9a1f6c03be7d2f41-IAD" });
const dayMinutes = 1440;

/** Every caller gets this once in so many requests, at random. */
const atRandom = (name: string, share: number, answer: PartnerAnswer, minutes = 7 * dayMinutes): Situation => ({
  name,
  ask: ({ chance }) => (chance < share ? answer : fine),
  minutes,
});

const always = (name: string, ask: (asked: Asked) => PartnerAnswer | GivenTo): Situation => ({ name, ask });
const inZone = (situation: Situation): Situation => ({ ...situation, liesIn: "zone" });
const inNetwork = (situation: Situation): Situation => ({ ...situation, liesIn: "network" });
/** For less than the evidence takes at one round a minute. */
const briefly = (situation: Situation): Situation => ({ ...situation, worse: ["a"] });
const toPool = (situation: Situation): Situation => ({ ...situation, worse: ["a", "b", "scout"] });
/** Zone `a` gets this all the time. */
const toZone = (name: string, answer: PartnerAnswer, given: Omit<Given, "answer"> = {}): Situation =>
  always(name, ({ from }) => (from === "a" ? { answer, ...given } : { answer: fine, partnerIp: "203.0.113.80" }));
const during = (name: string, from: number, to: number, answer: (asked: Asked) => PartnerAnswer): Situation =>
  always(name, (asked) => (asked.minute % 240 >= from && asked.minute % 240 < to ? answer(asked) : fine));

/** Quiet in between, so that the last hour's slips are no measure. */
const burst = (name: string, share: number, every: number, length: number): Situation => ({
  name,
  ask: ({ minute, chance }) => (minute % every >= every - length && chance < share ? refusal : fine),
  minutes: 7 * dayMinutes,
});

export const innocent: readonly Situation[] = [
  atRandom("1 % refused at random", 0.01, refusal),
  atRandom("5 % refused at random", 0.05, refusal),
  atRandom("10 % refused at random", 0.1, refusal),
  atRandom("30 % refused at random", 0.3, refusal),
  atRandom("10 % refused at random, signed", 0.1, signed),
  atRandom("10 % 401 at random", 0.1, json(401, { error: "unauthorized" })),
  atRandom("10 % SYNs lost at random", 0.1, failure("connect", "TIMEOUT")),
  atRandom("30 % reset at random", 0.3, failure("tls", "ECONNRESET")),
  burst("half refused at random for 15 minutes of each 75", 0.5, 75, 15),
  burst("70 % refused at random for half an hour of each four", 0.7, 240, 30),
  during("rolling deployment: half of the answers are 503", 60, 75, ({ chance }) =>
    chance < 0.5 ? unavailable : fine,
  ),
  during("rolling deployment: half of the answers are 404", 60, 75, ({ chance }) => (chance < 0.5 ? http(404) : fine)),
  during("rolling deployment: one backend of four refuses connections", 60, 76, ({ chance }) =>
    chance < 0.25 ? failure("connect", "ECONNREFUSED") : fine,
  ),
  briefly(
    during("sticky backend refuses connections until its health check", 60, 64, ({ from }) =>
      from === "a" ? failure("connect", "ECONNREFUSED") : fine,
    ),
  ),
  toZone("sticky backend with 502", http(502, "Bad Gateway")),
  toZone("sticky backend with 500 in JSON", json(500, { error: "internal" })),
  toZone("sticky backend that answers late", failure("first-byte", "TIMEOUT")),
  toZone("sticky backend with another certificate", failure("tls", "ERR_TLS_CERT_ALTNAME_INVALID")),
  toZone("sticky backend with an expired certificate", failure("tls", "CERT_HAS_EXPIRED")),
  inZone(toZone("endpoint of one zone is silent", failure("connect", "TIMEOUT"), { partnerIp: "203.0.113.90" })),
  inZone(toZone("endpoint of one zone refuses", refusal, { partnerIp: "203.0.113.90" })),
  always("one of four endpoints is silent, and DNS rotates", ({ chance }) =>
    chance < 0.25
      ? { answer: failure("connect", "TIMEOUT"), partnerIp: "203.0.113.83" }
      : { answer: fine, partnerIp: `203.0.113.${79 + Math.ceil(4 * (chance - 0.25))}` },
  ),
  toZone("429", json(429, { error: "slow down" })),
  toZone("429 with Retry-After", http(429, "", { "retry-after": "60" })),
  toZone("503 with Retry-After", unavailable),
  toZone("403 that names a rate limit", json(403, { error: "rate" }, { "x-ratelimit-remaining": "0" })),
  briefly(
    during("rate limit without a sign, three minutes in four hours", 60, 63, ({ from }) =>
      from === "a" ? json(403, { error: "forbidden" }) : fine,
    ),
  ),
  during("maintenance by the clock: 503", 120, 150, () => unavailable),
  during("maintenance by the clock: 403 page", 120, 150, () => page(403, "Maintenance")),
  during("maintenance by the clock: connections refused", 120, 150, () => failure("connect", "ECONNREFUSED")),
  always("maintenance by clocks that differ by two minutes", ({ from, minute }) => {
    const at = (minute - (from === "a" ? 0 : 2)) % 240;
    return at >= 120 && at < 150 ? page(403, "Maintenance") : fine;
  }),
  always("A/B: pages of two titles at random, both protected by a captcha", ({ chance }) =>
    page(200, chance < 0.5 ? "Home" : "Startseite", '<script src="recaptcha.js"></script>'),
  ),
  always("A/B answers at random", ({ chance }) => json(200, chance < 0.5 ? { status: "UP" } : { ok: true, build: 7 })),
  toZone("A/B answers by address", json(200, { ok: true, build: 7 }), { partnerIp: "203.0.113.80" }),
  toZone("A/B: a page for one, JSON for the others", page(200, "Status"), { partnerIp: "203.0.113.80" }),
  toZone("A/B: redirected to another host of the partner", fine, { host: "b.partner.example" }),
  always("credentials run out", ({ minute }) => (minute < 60 ? fine : json(401, { error: "expired" }))),
  always("the partner is down", ({ minute }) => (minute < 60 ? fine : failure("connect", "TIMEOUT"))),
  inZone(toZone("the resolver of one zone fails", failure("dns", "ESERVFAIL"))),
  inNetwork(
    always("one zone has no way out", ({ from }) =>
      from === "a" ? { answer: failure("connect", "TIMEOUT"), withoutEcho: true } : fine,
    ),
  ),
  inZone(
    always("the echo does not answer one zone, and the partner slips there", ({ from, chance }) =>
      from === "a" ? { answer: chance < 0.5 ? refusal : fine, withoutEcho: true } : fine,
    ),
  ),
  inNetwork(
    always("two zones behind one NAT gateway, one refused now and then", ({ from, chance }) => ({
      answer: from === "b" && chance < 0.5 ? refusal : fine,
      ...(from === "b" ? { address: "a" as const } : {}),
    })),
  ),
  always("the shared pool is not on the allow-list", ({ from }) => (from === "shared" ? refusal : fine)),
  toPool(
    always("the whole pool is refused, the shared pool is not", ({ from, minute }) =>
      from === "shared" || minute < 60 ? fine : refusal,
    ),
  ),
  toPool(
    always("the whole pool is silent, the shared pool is not", ({ from, minute }) =>
      from === "shared" || minute < 60 ? fine : failure("connect", "TIMEOUT"),
    ),
  ),
];

export const innocentAtOneMachine: readonly Situation[] = [
  always("one of three machines refuses everybody", ({ minute }) => ({
    answer: minute % 3 === 0 && minute >= 60 ? refusal : fine,
    partnerIp: `203.0.113.${80 + (minute % 3)}`,
  })),
  always("one of three machines refuses a third of all calls", ({ minute, chance }) => ({
    answer: minute % 3 === 0 && chance < 0.33 ? refusal : fine,
    partnerIp: `203.0.113.${80 + (minute % 3)}`,
  })),
];
