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

/** An answer as it was published, whatever rule recognises it, and what it has to be taken for: a kind, or `blocked/` and a scope. */
export interface Published {
  readonly name: string;
  readonly source: string;
  readonly answer: Answer;
  readonly means: Exclude<Verdict["kind"], "blocked"> | `blocked/${BlockScope}`;
}

export function means(
  means: Published["means"],
  name: string,
  source: string,
  status: number,
  headers: Record<string, string>,
  body = "",
): Published {
  return { name, source, answer: http(status, headers, body), means };
}

/** Returns what makes answers of one meaning, most of which have these headers. */
export function answersThat(meaning: Published["means"], usual: Record<string, string>) {
  return (name: string, source: string, status: number, body: string, headers = usual): Published =>
    means(meaning, name, source, status, headers, body);
}
