/** What a plan is made of. */
import type { Plan as PoolPlan } from "../actuator/run.ts";

/** One write: the function gets the pool's subnets and security groups. `row` is the row of the table above `plan`. */
export interface Action {
  readonly kind: "attach";
  readonly row: 3;
  readonly functionName: string;
  readonly revisionId: string;
  /** Why: tests since the function's last change. */
  readonly tests: number;
  readonly refused: number;
}

/** What an operator should know, and in most cases act on. */
export type Finding =
  | { readonly kind: "missing-function"; readonly functionName: string }
  | { readonly kind: "other-network"; readonly functionName: string }
  | { readonly kind: "published-version"; readonly functionName: string; readonly aliases: readonly string[] }
  | { readonly kind: "pool-blocked"; readonly functionName: string }
  | { readonly kind: "unknown-override"; readonly functionName: string; readonly text: string }
  | { readonly kind: "paused"; readonly functionName: string };

/** What has to end elsewhere first; the next look goes on. */
export interface Wait {
  readonly kind: "update";
  readonly functionName: string;
}

export type Plan = PoolPlan<Action, Finding, Wait>;
