/** What an operator may say of a target's answers, in the words of the verdicts. */

/** How much of an answer's body the rules read: pages of firewalls give their code after the first KiB. */
export const readBytes = 4096;

/** Whom or what a block is aimed at. */
export type BlockScope = "address" | "network" | "country" | "client" | "rate" | "challenge" | "legal" | "unknown";

export type Result =
  | { readonly kind: "ok" | "unauthorized" | "target-down" | "no-egress" | "unreachable" }
  | { readonly kind: "blocked"; readonly scope: BlockScope };

/** Holds when every given part holds. Patterns are regular expressions, matched without regard to case. */
export interface Condition {
  readonly statuses?: readonly number[];
  readonly header?: { readonly name: string; readonly pattern: string };
  readonly body?: string;
  /** Dotted path into a JSON body, e.g. `error.code`. A body longer than the first 4 KiB does not parse, so never holds. */
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

/** What the page that tells a caller its address is called among the targets; no target may have this name. */
export const echoName = "echo";
