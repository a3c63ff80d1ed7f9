import type { TargetRules } from "../config/target-rules.ts";
import type { Answer, Rule, Verdict } from "./answer.ts";
import { classify, decisiveRules, seenIn } from "./classify.ts";
import { incidentIds } from "./incident.ts";
import { namingRules } from "./rules-naming.ts";

/** The whole signature table: the rows that decide, and those that only name who refused. */
export const rules: readonly Rule[] = [...decisiveRules, ...namingRules];

/**
 * Returns what one answer means. Pure and total.
 *
 * Applications answer a probe without credentials in every possible way. So any answer in which nothing
 * refuses the caller means that the partner let the request through to something that read it: 2xx, 3xx, and the
 * 4xx of an application (400, 404, 405 ...) are `ok`, also 501. A target that knows better says so in `target`.
 * A refusal whose reason is not stated is `blocked/unknown`; only a row whose source says that the address is meant
 * gives `blocked/address`, and even that is a claim until `confirm` has compared vantages.
 * A failure after the connection stood (refused, reset, TLS, no first byte) is `target-down`, since a peer was there;
 * silence before is `unreachable`. Whether that was this target alone, only a round over all targets can tell.
 *
 * @throws SyntaxError when a pattern in `target` is no regular expression; its configuration is to be checked before.
 */
export function judge(answer: Answer, target: TargetRules = {}): Verdict {
  const result = classify(answer, target);
  if (answer.kind === "failure") return { ...result, ids: {} };
  const seen = seenIn(answer);
  const named = result.rule === "http-403" ? namingRules.find((rule) => rule.match(seen)) : undefined;
  return { ...result, rule: named?.id ?? result.rule, ids: incidentIds(seen) };
}
