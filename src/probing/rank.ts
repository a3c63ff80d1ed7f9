/**
 * How well a partner treats a vantage in one answer. Pure. The lower the better; signatures decide nothing here but
 * whether an answer refuses.
 *
 * ```
 * answer                                                                    | rank
 * ------------------------------------------------------------------------- | -----------
 * 2xx, and whatever the target's own rules call ok                          | success
 * 3xx that could not be followed                                            | redirect
 * another 4xx of an application, 501                                        | answer
 * an application's own 401 or 403                                           | credentials
 * a refusal: of an address, a network, a country, by law, a challenge,      | refusal
 *   unexplained; an endless or forbidden redirect; unhealthy with a 4xx     |
 * 5xx, 429 and other rate limits, the client's signature, a certificate,    | strain
 *   no protocol in common, a late first byte, a broken answer; unhealthy    |
 *   otherwise                                                               |
 * no connection, TLS reset or alert, closed before an answer                | silence
 * no name, no egress                                                        | (none)
 * ```
 */
import type { BlockScope } from "../config/target-rules.ts";
import type { Answer, FailedAnswer, Verdict } from "./answer.ts";

export const ranks = {
  success: 0,
  redirect: 1,
  answer: 2,
  credentials: 3,
  refusal: 4,
  strain: 5,
  silence: 6,
} as const;

export type Rank = (typeof ranks)[keyof typeof ranks];

/** Scopes that another address does not cure: a rate limit is cured by waiting, and to dodge it would be abuse. */
const notCurable: readonly BlockScope[] = ["rate", "client"];

const certificate = /CERT|SELF_SIGNED|ISSUER|CHAIN|CRL|HOSTNAME/;
/** OpenSSL's name of what the partner's side said; with TLS 1.3 it may come after the handshake (RFC 8446, 4.4.2.4). */
const alert = /^ERR_SSL_.*ALERT/;
/** Nothing in common to speak (RFC 7301, 3.2): the target's `protocol` is wrong, wherever it is asked from. */
const speechless = /NO_APPLICATION_PROTOCOL/;
/** The connection stood, and ended before the answer began. */
const closed: readonly string[] = ["ECONNRESET", "EPIPE", "ECONNABORTED", "HPE_INVALID_EOF_STATE"];
const redirected: readonly string[] = ["REDIRECT_REFUSED", "TOO_MANY_REDIRECTS"];
/** The local stack's own words, before anything was sent. */
const local: readonly string[] = ["ENETDOWN", "EADDRNOTAVAIL"];
/** Given under load: request timeout, too early, too many requests. */
const strained: readonly number[] = [408, 425, 429];

/** Returns the rank of an answer, or undefined where it says nothing of how the partner treats us. */
export function rankOf(verdict: Verdict, answer: Answer | undefined): Rank | undefined {
  if (verdict.kind === "no-egress") return undefined;
  const isOwnRule = verdict.rule.startsWith("target:");
  if (answer?.kind === "failure" && !isOwnRule) return rankOfFailure(answer);
  const seen = answer?.kind === "http" ? answer.status : undefined;
  switch (verdict.kind) {
    case "ok":
      return rankOfStatus(isOwnRule ? 200 : (seen ?? 200));
    case "unauthorized":
      return ranks.credentials;
    case "blocked":
      return notCurable.includes(verdict.scope) ? ranks.strain : ranks.refusal;
    case "target-down": {
      const status = verdict.rule === "target:unhealthy" ? (seen ?? 500) : 500;
      return status >= 400 && status < 500 && !strained.includes(status) ? ranks.refusal : ranks.strain;
    }
    case "unreachable":
      return ranks.silence;
  }
}

function rankOfStatus(status: number): Rank {
  if (strained.includes(status)) return ranks.strain;
  if (status < 300) return ranks.success;
  return status < 400 ? ranks.redirect : ranks.answer;
}

function rankOfFailure({ phase, code }: FailedAnswer): Rank | undefined {
  if (phase === "dns" || local.includes(code)) return undefined;
  if (speechless.test(code)) return ranks.strain;
  if (phase === "connect" || alert.test(code)) return ranks.silence;
  if (phase === "tls") return certificate.test(code) ? ranks.strain : ranks.silence;
  if (redirected.includes(code)) return ranks.refusal;
  return closed.includes(code) ? ranks.silence : ranks.strain;
}
