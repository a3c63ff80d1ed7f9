import type { Answer, Condition, Result, Rule, Seen, TargetRules, Verdict } from "./answer.ts";
import { incidentIds } from "./incident.ts";
import { cloudflareRules } from "./rules-cloudflare.ts";
import { edgeRules } from "./rules-edge.ts";
import { firewallRules } from "./rules-firewall.ts";
import { httpRules, judgeFailure } from "./rules-http.ts";

const readBytes = 1024;

/** The signature table. The first row that matches wins, so the explicit stand before the general. */
export const rules: readonly Rule[] = [...cloudflareRules, ...edgeRules, ...firewallRules, ...httpRules];

/**
 * What one answer means. Pure and total.
 *
 * The default probe is OPTIONS, which applications answer in every possible way. So any answer in which nothing
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
  if (answer.kind === "failure") {
    return { ...judgeFailure(answer), rule: `${answer.phase}-${answer.code}`, ids: {} };
  }
  const seen: Seen = { status: answer.status, headers: answer.headers, text: readable(answer.body) };
  return { ...judgeHttp(seen, target), ids: incidentIds(seen) };
}

function judgeHttp(seen: Seen, target: TargetRules): Result & { rule: string } {
  const own = target.rules?.find((rule) => holds(rule.when, seen));
  if (own) return { ...own.result, rule: `target:${own.id}` };
  if (target.healthy && holds(target.healthy, seen)) return { kind: "ok", rule: "target:healthy" };
  const known = rules.find((rule) => rule.match(seen));
  if (known && known.result.kind !== "ok") return { ...known.result, rule: known.id };
  if (target.healthy) return { kind: "target-down", rule: "target:unhealthy" };
  return { kind: "ok", rule: known?.id ?? "answered" };
}

/** The first KiB as text; Akamai writes its reference number in numeric character references. */
function readable(body: string): string {
  return body.slice(0, readBytes).replace(/&#(\d{1,6});/g, (_, code) => String.fromCharCode(Number(code)));
}

/** Whether every given part of a target's condition holds. An empty condition never does. */
function holds({ statuses, header, body, json }: Condition, seen: Seen): boolean {
  if (!statuses && !header && body === undefined && !json) return false;
  return (
    (!statuses || statuses.includes(seen.status)) &&
    (!header || matches(header.pattern, seen.headers[header.name.toLowerCase()])) &&
    (body === undefined || matches(body, seen.text)) &&
    (!json || matches(json.pattern, valueAt(seen.text, json.path)))
  );
}

function matches(pattern: string, text: string | undefined): boolean {
  return text !== undefined && new RegExp(pattern, "i").test(text);
}

/** The value at a dotted path of a JSON text, as text; undefined when there is none or it is no JSON. */
function valueAt(text: string, path: string): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  for (const key of path.split(".")) {
    value = typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined;
  }
  return value === undefined ? undefined : typeof value === "object" ? JSON.stringify(value) : String(value);
}
