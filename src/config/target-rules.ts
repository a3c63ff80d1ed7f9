/** The operator's own rules for a target's answers. Their results are verdicts. */

/** How much of an answer's body the rules read: pages of firewalls give their code after the first KiB. */
export const readBytes = 4096;

/** What a block is aimed at. */
export const blockScopes = [
  "address",
  "network",
  "country",
  "client",
  "rate",
  "challenge",
  "legal",
  "unknown",
] as const;
export type BlockScope = (typeof blockScopes)[number];

/** Verdicts other than `blocked`. */
export const otherVerdicts = ["ok", "unauthorized", "target-down", "no-egress", "unreachable"] as const;

export type Result =
  | { readonly kind: (typeof otherVerdicts)[number] }
  | { readonly kind: "blocked"; readonly scope: BlockScope };

/** How far a request came that got no answer. */
export const failurePhases = ["dns", "connect", "tls", "first-byte"] as const;
export type FailurePhase = (typeof failurePhases)[number];

/** Holds when every given part holds. Patterns are regular expressions, matched without regard to case. */
export interface Condition {
  /** No answer: in which phase, and with which code. Holds for no answer of HTTP, as the other parts hold for no failure. */
  readonly failure?: { readonly phase?: FailurePhase; readonly code?: string };
  readonly statuses?: readonly number[];
  readonly header?: { readonly name: string; readonly pattern: string };
  readonly body?: string;
  /**
   * Dotted path into a JSON body, e.g. `error.code`. A body longer than the first 4 KiB does not parse, so never holds.
   */
  readonly json?: { readonly path: string; readonly pattern: string };
}

export interface TargetRule {
  readonly id: string;
  readonly when: Condition;
  readonly result: Result;
}

/** Rules of one target for its own answers. Evaluated before the signatures: first `rules` in order, then `healthy`. */
export interface TargetRules {
  readonly rules?: readonly TargetRule[];
  /** What healthy looks like. With it, an unremarkable answer that does not fit counts as `target-down`. */
  readonly healthy?: Condition;
}

/** With what a target is asked: a probe never writes. */
export const methods = ["GET", "HEAD", "OPTIONS"] as const;

/** How a target is asked. `http/1.1` goes on to HTTP/2 where the partner offers nothing else. */
export const protocols = ["http/1.1", "http/2", "grpc"] as const;
export type Protocol = (typeof protocols)[number];

/** Name of the page of `echoUrl` among the targets; no target may have it. */
export const echoName = "echo";
