import { type Condition, type Result, readBytes, type TargetRules } from "../config/target-rules.ts";
import type { Answer, FailedAnswer, Rule, Seen } from "./answer.ts";
import { allowListRules } from "./rules-allow-list.ts";
import { applicationRules } from "./rules-application.ts";
import { callerRules, refusedAddressPage } from "./rules-caller.ts";
import { cloudflareRules } from "./rules-cloudflare.ts";
import { firewallRules } from "./rules-firewall.ts";
import { httpRules, judgeFailure } from "./rules-http.ts";
import { pageRules, wordRules } from "./rules-words.ts";

export type Classified = Result & { readonly rule: string };

/** The rows that decide what an answer means. The first that matches wins, so the explicit stand before the general. */
export const decisiveRules: readonly Rule[] = [
  ...cloudflareRules,
  ...firewallRules,
  refusedAddressPage,
  ...wordRules,
  ...allowListRules,
  ...callerRules,
  ...pageRules,
  ...applicationRules,
  ...httpRules,
];

/**
 * Returns what one answer means, and by which rule. Pure and total; `judge` says what the results stand for.
 * @throws SyntaxError when a pattern in `target` is no regular expression.
 */
export function classify(answer: Answer, target: TargetRules = {}): Classified {
  if (answer.kind === "failure") {
    const own = target.rules?.find(({ when }) => fails(when, answer));
    return own
      ? { ...own.result, rule: `target:${own.id}` }
      : { ...judgeFailure(answer), rule: `${answer.phase}-${answer.code}` };
  }
  const seen = seenIn(answer);
  const own = target.rules?.find((rule) => holds(rule.when, seen));
  if (own) return { ...own.result, rule: `target:${own.id}` };
  if (target.healthy && holds(target.healthy, seen)) return { kind: "ok", rule: "target:healthy" };
  const known = decisiveRules.find((rule) => rule.match(seen));
  const isRefusal = known?.result.kind === "blocked" || known?.result.kind === "target-down";
  if (known && (isRefusal || (known.result.kind !== "ok" && !target.healthy))) {
    return { ...known.result, rule: known.id };
  }
  if (target.healthy) return { kind: "target-down", rule: "target:unhealthy" };
  return { kind: "ok", rule: known?.id ?? "answered" };
}

/** Returns the first 4 KiB as text; Akamai writes its reference number in numeric character references. */
export function seenIn({ status, headers, body }: Extract<Answer, { kind: "http" }>): Seen {
  const text = body.slice(0, readBytes).replace(/&#(\d{1,5});/g, (_, code) => String.fromCharCode(Number(code)));
  return { status, headers, text };
}

/** Returns whether a target's condition holds for a request that got no answer: one that reads an answer never does. */
function fails({ failure, statuses, header, body, json }: Condition, { phase, code }: FailedAnswer): boolean {
  if (!failure || statuses || header || body !== undefined || json) return false;
  return (!failure.phase || failure.phase === phase) && (failure.code === undefined || matches(failure.code, code));
}

/** Returns whether every given part of a target's condition holds. An empty condition never does. */
function holds({ failure, statuses, header, body, json }: Condition, seen: Seen): boolean {
  if (failure) return false;
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

/** Returns the value at a dotted path of a JSON text, as text; undefined when there is none or it is no JSON. */
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
