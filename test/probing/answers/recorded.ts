import type { BlockScope } from "../../../src/config/target-rules.ts";
import type { Answer, IncidentIds, Verdict } from "../../../src/probing/answer.ts";

/** An answer in the shape in which it was published, and what it has to be taken for. */
export interface Recorded {
  readonly name: string;
  /** Where the shape was published. Addresses and ids are examples where the source had none. */
  readonly source: string;
  readonly answer: Answer;
  readonly kind: Verdict["kind"];
  readonly scope?: BlockScope;
  readonly rule: string;
  readonly ids?: IncidentIds;
}

export function http(status: number, headers: Record<string, string> = {}, body = ""): Answer {
  return { kind: "http", status, headers, body };
}

export function blocked(
  name: string,
  source: string,
  answer: Answer,
  scope: BlockScope,
  rule: string,
  ids?: IncidentIds,
): Recorded {
  return { name, source, answer, kind: "blocked", scope, rule, ...(ids && { ids }) };
}

export function other(
  name: string,
  source: string,
  answer: Answer,
  kind: Exclude<Verdict["kind"], "blocked">,
  rule: string,
): Recorded {
  return { name, source, answer, kind, rule };
}

/** An answer that the signatures were never written for, and what it has to be taken for: a kind, or `blocked/` and a scope. */
export interface HeldOut {
  readonly name: string;
  readonly source: string;
  readonly answer: Answer;
  readonly means: Exclude<Verdict["kind"], "blocked"> | `blocked/${BlockScope}`;
}

export function means(
  means: HeldOut["means"],
  name: string,
  source: string,
  status: number,
  headers: Record<string, string>,
  body = "",
): HeldOut {
  return { name, source, answer: http(status, headers, body), means };
}
