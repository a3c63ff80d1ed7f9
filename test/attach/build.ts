/** Builds observed worlds with as few words as a test needs; everything not said is well: nobody is refused. */

import type { GuardedFunction, Observed } from "../../src/attach/model.ts";
import { refusalRule, type Tests } from "../../src/attach/refusals.ts";

export const nowMs = Date.UTC(2026, 0, 2);
export const periodMs = refusalRule.periodSeconds * 1000;

/** The period that began so many periods before the one under way. */
export function period(ago: number, tests: number, refused: number): Tests {
  return { startMs: nowMs - ago * periodMs, tests, refused };
}

/** All of the last three periods' tests were refused. */
export const refused: readonly Tests[] = [period(0, 6, 6), period(1, 6, 6), period(2, 6, 6)];

export function guarded(functionName: string, more: Partial<GuardedFunction> = {}): GuardedFunction {
  return {
    functionName,
    changing: false,
    network: "none",
    modifiedMs: 0,
    revisionId: `${functionName}-1`,
    periods: [],
    publishedAliases: [],
    ...more,
  };
}

export function world(functions: readonly GuardedFunction[], more: Partial<Observed> = {}): Observed {
  return { functions, missing: [], poolBlocked: false, override: { kind: "none" }, ...more };
}
