import { type BlockScope, blockScopes } from "../config/target-rules.ts";
import type { Verdict } from "../probing/answer.ts";
import type { SandboxState } from "./sandbox-state.ts";

/**
 * What to do after a test: let calls through, end the process, or neither because the exits are spent (`exhausted`),
 * one was spent just now (`too-soon`), they cannot be counted (`uncounted`), or calls are still in flight (`busy`).
 */
export type Decision = "pass" | "exit" | "exhausted" | "too-soon" | "uncounted" | "busy";

/** What a fresh environment may cure: blocks of a scope, and a partner that does not answer while another host does. */
export const curables = [...blockScopes, "silence"] as const;
export type Curable = BlockScope | "silence";

export interface Budget {
  readonly exitOn: readonly Curable[];
  readonly maxExits: number;
  readonly spacingMs: number;
}

/** A process in a runtime that gives each instance a fresh file system. */
export interface FreshInstance {
  readonly uptimeMs: number;
  /** From 0 up to, but not including, 1. */
  readonly draw: number;
}

/** Returns what to do after a test. Only what a fresh environment may cure ends the process. Pure. */
export function decide(verdict: Verdict, state: SandboxState | undefined, budget: Budget, nowMs: number): Decision {
  if (!isCurable(verdict, budget)) return "pass";
  if (!state) return "uncounted";
  if (state.exits >= budget.maxExits) return "exhausted";
  if (state.exits > 0 && nowMs - state.lastExitMs < budget.spacingMs) return "too-soon";
  return "exit";
}

/**
 * The same where nothing outlives an instance, so that nobody can count: an instance exits with the probability
 * `maxExits / (maxExits + 1)`, so that as many exits follow each other as `maxExits` says, on average. Pure.
 */
export function decideUncounted(verdict: Verdict, { uptimeMs, draw }: FreshInstance, budget: Budget): Decision {
  if (!isCurable(verdict, budget)) return "pass";
  if (draw < 1 / (budget.maxExits + 1)) return "exhausted";
  return uptimeMs < budget.spacingMs ? "too-soon" : "exit";
}

/** Returns whether a verdict is worth a fresh environment. Of silence, that another host answers is still to be shown. */
export function isCurable(verdict: Verdict, { exitOn }: Pick<Budget, "exitOn">): boolean {
  if (verdict.kind === "blocked") return exitOn.includes(verdict.scope);
  return isSilent(verdict) && exitOn.includes("silence");
}

/** A name that does not resolve is no silence of the partner's. */
export function isSilent({ kind, rule }: Verdict): boolean {
  return kind === "unreachable" && rule.startsWith("connect-");
}
