/** What one run over a pool works with, and what it records of each of its passes. */
import type { Timed } from "../actuator/outcome.ts";
import type { Pass as PoolPass, Run as PoolRun } from "../actuator/run.ts";
import type { Plan } from "./actions.ts";
import type { Outcome } from "./apply.ts";
import type { Memory } from "./memory.ts";
import type { Observed } from "./model.ts";
import type { Source } from "./observe.ts";
import type { Inside } from "./verify.ts";

export type Clients = Pick<Fallback, "ec2" | "cloudWatch" | "lambda">;

export interface Fallback extends Source, Inside {
  readonly memory: Memory;
}

export type TimedOutcome = Timed<Outcome>;

/** `unverified`: in words, also what the world sees otherwise than it should. */
export type Pass = PoolPass<Observed, Plan, Outcome, string>;

export type Run = PoolRun<Pass>;
