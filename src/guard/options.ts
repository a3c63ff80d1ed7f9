import type { Condition, TargetRules } from "../config/target-rules.ts";
import { type Curable, curables } from "./decide.ts";
import { given } from "./given.ts";

/** Options of the guard. `guardDefaults` below has what holds without them. */
export interface GuardOptions {
  /** What to test: an endpoint of the partner that answers without credentials or side effects. */
  readonly url: string;
  /** Partners answer the default, OPTIONS, without doing anything. */
  readonly method?: string;
  /** Sent with the test; the default asks for JSON, which makes firewalls answer briefly. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What this partner's answers mean where the built-in signatures do not know better. */
  readonly target?: TargetRules;
  /** Limit of one test. */
  readonly timeoutMs?: number;
  /** `first-invoke` tests in the first call; `init` begins at once, and `await handler.ready` waits for it. */
  readonly mode?: "init" | "first-invoke";
  /**
   * Blocks that a fresh environment may cure; those of other scopes follow the client. `silence`: no connection to the
   * partner within `timeoutMs`, while `controlUrl` answers.
   */
  readonly exitOn?: readonly Curable[];
  /** A block must show twice, this long apart. */
  readonly confirmAfterMs?: number;
  /** What is asked when the partner is silent and `exitOn` has `silence`: any page that answers everybody. */
  readonly controlUrl?: string;
  /** Exits that one sandbox may spend in its life. */
  readonly maxExits?: number;
  /** Least time between two exits of one sandbox. */
  readonly spacingMs?: number;
  /** Longest random wait before an exit, so that a fleet does not restart in step. */
  readonly jitterMs?: number;
  /** What a call gets when no exit is left: `pass` calls the handler, `throw` gives an `EgressBlockedError`. */
  readonly onExhausted?: "pass" | "throw";
  /** While calls are refused or an exit is not yet due: how long until the target is tested again. */
  readonly retestMs?: number;
  /** A page that answers with the caller's address as plain text. Without it no address is reported. */
  readonly echoUrl?: string;
  /** Where the sandbox remembers its exits. */
  readonly statePath?: string;
  /**
   * Whether files outlive the process, as Lambda's /tmp does. Where they do not (Cloud Run, and functions on it), nobody
   * can count exits: an instance exits with the probability `maxExits / (maxExits + 1)`.
   */
  readonly tmpSurvives?: boolean;
}

export type ResolvedOptions = Required<Omit<GuardOptions, "echoUrl">> & { readonly echoUrl: string | undefined };

/** Least and most of each number. */
export const guardLimits = [
  ["timeoutMs", 1, 60_000],
  ["confirmAfterMs", 0, 10_000],
  ["maxExits", 0, 20],
  ["spacingMs", 0, 3_600_000],
  ["jitterMs", 0, 10_000],
  ["retestMs", 1000, 86_400_000],
] as const;
const texts = ["method", "statePath"] as const;

/** What holds without an option; docs/guard.md has the same table. */
export const guardDefaults = {
  method: "OPTIONS",
  headers: { accept: "application/json" },
  timeoutMs: 3000,
  mode: "first-invoke",
  exitOn: ["address", "unknown", "challenge"],
  controlUrl: "https://checkip.amazonaws.com/",
  confirmAfterMs: 250,
  maxExits: 3,
  spacingMs: 5000,
  jitterMs: 500,
  onExhausted: "pass",
  retestMs: 60_000,
  echoUrl: undefined,
  target: {},
  statePath: "/tmp/holdfast-guard.json",
  tmpSurvives: true,
} as const satisfies Omit<ResolvedOptions, "url">;

/**
 * Checks the options and fills in the defaults.
 * @throws TypeError that names the option and the remediation.
 */
export function resolveOptions(options: GuardOptions): ResolvedOptions {
  const resolved: ResolvedOptions = { ...guardDefaults, ...given(options) };
  const known = ["url", ...Object.keys(guardDefaults)];
  for (const [option, value] of Object.entries(options)) {
    if (!known.includes(option)) fail(option, value, `use one of ${known.join(", ")}`);
    if (value === null) fail(option, value, "give a value or leave it out");
  }
  checkUrl("url", resolved.url);
  checkUrl("controlUrl", resolved.controlUrl);
  if (resolved.echoUrl !== undefined) checkUrl("echoUrl", resolved.echoUrl);
  for (const [field, least, most] of guardLimits) checkNumber(field, resolved[field], least, most);
  checkOneOf("mode", resolved.mode, ["init", "first-invoke"]);
  checkOneOf("onExhausted", resolved.onExhausted, ["pass", "throw"]);
  for (const field of texts) checkText(field, resolved[field]);
  for (const it of resolved.exitOn) checkOneOf("exitOn", it, curables);
  if (typeof resolved.tmpSurvives !== "boolean") fail("tmpSurvives", resolved.tmpSurvives, "give true or false");
  checkPatterns(resolved.target);
  return resolved;
}

function checkUrl(field: string, value: string): void {
  if (!/^https?:/.test(value) || !URL.canParse(value)) {
    fail(field, value, "give an absolute http or https URL");
  }
}

function checkNumber(field: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most) {
    fail(field, value, `give a whole number from ${least} to ${most}`);
  }
}

function checkOneOf(field: string, value: string, allowed: readonly string[]): void {
  if (!allowed.includes(value)) fail(field, value, `use one of ${allowed.join(", ")}`);
}

function checkText(field: string, value: string): void {
  if (!value) fail(field, value, "give a text or leave it out");
}

function checkPatterns({ rules = [], healthy }: TargetRules): void {
  const conditions: [string, Condition][] = rules.map((rule) => [`target.rules "${rule.id}"`, rule.when]);
  if (healthy) conditions.push(["target.healthy", healthy]);
  for (const [field, { header, body, json }] of conditions) {
    for (const pattern of [header?.pattern, body, json?.pattern]) {
      try {
        new RegExp(pattern ?? "");
      } catch {
        fail(field, pattern, "give a valid regular expression");
      }
    }
  }
}

function fail(field: string, value: unknown, remediation: string): never {
  throw new TypeError(`withEgressGuard: ${field} is ${JSON.stringify(value)}; ${remediation}.`);
}
