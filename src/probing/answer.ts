/** What a probe saw, what it means, and what a target may add. Plain data: everything here survives JSON. */

/** An HTTP answer as far as the rules read it. */
export interface HttpAnswer {
  readonly kind: "http";
  readonly status: number;
  /** Names in lower case; repeated headers joined with a comma. */
  readonly headers: Readonly<Record<string, string>>;
  /** The first KiB of the body, decoded; rules read no further even if there is more. */
  readonly body: string;
}

export type FailurePhase = "dns" | "connect" | "tls" | "first-byte";

/** No answer: how far the request came, and the code of the error (`ECONNREFUSED`, `UND_ERR_CONNECT_TIMEOUT`, ...). */
export interface FailedAnswer {
  readonly kind: "failure";
  readonly phase: FailurePhase;
  readonly code: string;
}

export type Answer = HttpAnswer | FailedAnswer;

/** Whom or what a block is aimed at. */
export type BlockScope = "address" | "network" | "country" | "client" | "rate" | "challenge" | "legal" | "unknown";

export type Result =
  | { readonly kind: "ok" | "unauthorized" | "target-down" | "no-egress" | "unreachable" }
  | { readonly kind: "blocked"; readonly scope: BlockScope };

/** Identifiers by which the other side finds this answer in its logs, by name (`cloudflare-ray`, `akamai-reference`). */
export type IncidentIds = Readonly<Record<string, string>>;

export type Verdict = Result & {
  /** The rule that fired, e.g. `cloudflare-1006`; a target's own rules are prefixed with `target:`. */
  readonly rule: string;
  readonly ids: IncidentIds;
};

export type BlockedVerdict = Extract<Verdict, { kind: "blocked" }>;

/** Holds when every given part holds. Patterns are regular expressions, matched without regard to case. */
export interface Condition {
  readonly statuses?: readonly number[];
  readonly header?: { readonly name: string; readonly pattern: string };
  readonly body?: string;
  /** Dotted path into a JSON body, e.g. `error.code`. A body longer than the first KiB does not parse, so never holds. */
  readonly json?: { readonly path: string; readonly pattern: string };
}

export interface TargetRule {
  readonly id: string;
  readonly when: Condition;
  readonly result: Result;
}

/** What a target says of its own answers. Evaluated before the signatures: first `rules` in order, then `healthy`. */
export interface TargetRules {
  readonly rules?: readonly TargetRule[];
  /** What healthy looks like. With it, an unremarkable answer that does not fit counts as `target-down`. */
  readonly healthy?: Condition;
}

/** What a signature reads: the answer with its text cut to the first KiB and character references decoded. */
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

/** What the page that tells a caller its address is called among the targets; no target may have this name. */
export const echoName = "echo";
