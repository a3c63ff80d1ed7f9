import type { BlockScope, Result } from "../config/target-rules.ts";
import type { SandboxState } from "./sandbox-state.ts";

/**
 * What to do after a test: let calls through, end the process, or neither because the sandbox has spent its exits
 * (`exhausted`), spent one just now (`too-soon`), or cannot keep count of them (`uncounted`).
 */
export type Decision = "pass" | "exit" | "exhausted" | "too-soon" | "uncounted";

export interface Budget {
  readonly exitOn: readonly BlockScope[];
  readonly maxExits: number;
  readonly spacingMs: number;
}

/** Returns what to do after a test. Only a block that a fresh environment may cure ends the process. Pure. */
export function decide(verdict: Result, state: SandboxState | undefined, budget: Budget, nowMs: number): Decision {
  if (!isCurable(verdict, budget)) return "pass";
  if (!state) return "uncounted";
  if (state.exits >= budget.maxExits) return "exhausted";
  if (state.exits > 0 && nowMs - state.lastExitMs < budget.spacingMs) return "too-soon";
  return "exit";
}

/** Returns whether a verdict is a block of a scope that is worth a fresh environment. */
export function isCurable(verdict: Result, { exitOn }: Pick<Budget, "exitOn">): boolean {
  return verdict.kind === "blocked" && exitOn.includes(verdict.scope);
}
