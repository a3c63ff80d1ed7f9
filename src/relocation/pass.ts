/** What one run over a pool works with, and what it records of each of its rounds. */
import type { EC2Client } from "@aws-sdk/client-ec2";
import type { Run as PoolRun, Timed } from "../actuator/run.ts";
import type { Clock } from "../aws/clock.ts";
import type { Plan } from "./actions.ts";
import type { Outcome } from "./apply.ts";
import type { Memory } from "./memory.ts";
import type { Observed } from "./model.ts";
import type { Network } from "./observe.ts";
import type { MemberSource } from "./observe-members.ts";

/** What a pool is read with. */
export interface Source extends MemberSource {
  readonly ec2: EC2Client;
}

export interface Relocation extends Source {
  readonly clock: Clock;
  readonly memory: Memory;
}

export type TimedOutcome = Timed<Outcome>;

export interface Round {
  readonly startedMs: number;
  readonly observed: Observed;
  readonly plan: Plan;
  readonly outcomes: readonly TimedOutcome[];
  /** Writes that AWS accepted and did not show within the verification time. */
  readonly unverified: readonly Outcome[];
  /** When AWS had shown the round's writes. */
  readonly verifiedMs: number;
  /** What the wait before this round found unchanged; undefined when there was none. */
  readonly unchanged: Unchanged | undefined;
}

/** Until when a wait found everything as the round before it had observed it. */
export interface Unchanged {
  /** Begin of the last read that showed all updates still in progress. */
  readonly updatesMs: number | undefined;
  /** Begin of the last describe call that showed no new interface of the awaited attachments in use. */
  readonly interfacesMs: number | undefined;
}

/** `network`: as last seen; undefined when not even that could be read. */
export interface Run extends PoolRun<Round> {
  readonly network: Network | undefined;
}
