/** What one run over a pool works with, and what it records of each of its passes. */
import type { Timed } from "../actuator/outcome.ts";
import type { Pass as PoolPass, Run as PoolRun } from "../actuator/run.ts";
import type { Clock } from "../aws/clock.ts";
import type { Plan } from "./actions.ts";
import type { Outcome } from "./apply.ts";
import type { Memory } from "./memory.ts";
import type { Observed } from "./model.ts";
import type { Source } from "./observe.ts";
import type { PoolNetwork } from "./observe-network.ts";

export type Clients = Omit<Source, "memberMemory">;

export interface Relocation extends Source {
  readonly clock: Clock;
  readonly memory: Memory;
}

export type TimedOutcome = Timed<Outcome>;

export interface Pass extends PoolPass<Observed, Plan, Outcome, Outcome> {
  readonly startedMs: number;
  /** Whether all members were asked, or the pass went by what they had said before. */
  readonly asked: boolean;
  /** When AWS had shown the pass's writes. */
  readonly verifiedMs: number;
  /** What the wait before this pass found unchanged; undefined when there was none. */
  readonly unchanged: Unchanged | undefined;
}

/** Until when a wait found everything as the pass before it had observed it. */
export interface Unchanged {
  /** Begin of the last read that showed all updates still in progress. */
  readonly updatesMs: number | undefined;
  /** Begin of the last describe call that showed no new interface of the awaited attachments in use. */
  readonly interfacesMs: number | undefined;
}

/** `network`: as last seen; undefined when not even that could be read. */
export interface Run extends PoolRun<Pass> {
  readonly network: PoolNetwork | undefined;
}
