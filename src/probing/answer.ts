/** What a probe saw, what it means, and what a target may add. Plain data: everything here survives JSON. */
import type { FailurePhase, Result } from "../config/target-rules.ts";

/** An HTTP answer as far as the rules read it. */
export interface HttpAnswer {
  readonly kind: "http";
  readonly status: number;
  /** Names in lower case; repeated headers joined with a comma. */
  readonly headers: Readonly<Record<string, string>>;
  /** The first 4 KiB of the body, decompressed and decoded; rules read no further even if there is more. */
  readonly body: string;
}

/** No answer: how far the request came, and the code of the error (`ECONNREFUSED`, `UND_ERR_CONNECT_TIMEOUT`, ...). */
export interface FailedAnswer {
  readonly kind: "failure";
  readonly phase: FailurePhase;
  readonly code: string;
}

export type Answer = HttpAnswer | FailedAnswer;

/** Identifiers by which the other side finds this answer in its logs, by name (`cloudflare-ray`, `akamai-reference`). */
export type IncidentIds = Readonly<Record<string, string>>;

export type Verdict = Result & {
  /** The rule that fired, e.g. `cloudflare-1006`; a target's own rules are prefixed with `target:`. */
  readonly rule: string;
  readonly ids: IncidentIds;
};

export type BlockedVerdict = Extract<Verdict, { kind: "blocked" }>;

/** What a signature reads: the answer with its text cut to the first 4 KiB and character references decoded. */
export interface Seen {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** A row of the signature table. */
export interface Rule {
  readonly id: string;
  readonly result: Result;
  readonly match: (seen: Seen) => boolean;
}
