/** What one run over a pool works with, and what it records of each of its passes. */
import type { Timed } from "../actuator/outcome.ts";
import type { Pass as PoolPass, Run as PoolRun } from "../actuator/run.ts";
import type { Plan } from "./actions.ts";
import type { Outcome } from "./apply.ts";
import type { Observed } from "./model.ts";
import type { Source } from "./observe.ts";

export type Clients = Pick<Source, "ec2" | "cloudWatch" | "lambda">;

export type TimedOutcome = Timed<Outcome>;

/** `unverified`: names of functions. */
export type Pass = PoolPass<Observed, Plan, Outcome, string>;

export type Run = PoolRun<Pass>;
