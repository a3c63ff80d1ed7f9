/** What a check is, and what it answers. Pure. */
import type { Choices } from "./choices.ts";
import type { MeasuredDelays } from "./measured.ts";
import type { Scene } from "./scene.ts";

export type Outcome = "pass" | "fail" | "differs" | "skipped";

export interface Verdict {
  readonly outcome: Outcome;
  /** What was seen, in a sentence. */
  readonly found: string;
  /** Of everything but a pass: what it means for Holdfast in this account, and what to do. */
  readonly meaning?: string;
  readonly remediation?: string;
  /** Of a skipped one: the caller did not ask for it, so that it says nothing of the account. */
  readonly byChoice?: true;
  /** Seconds, by what they were measured of. */
  readonly seconds?: Readonly<Record<string, number>>;
}

/** One question about the account. */
export interface Check<Observed = unknown> {
  readonly id: string;
  readonly question: string;
  /** Checks without which it has nothing to ask: it is skipped if one of them fails or is skipped. */
  readonly needs: readonly string[];
  /** Why the caller's choices leave it out, if they do. Pure. */
  readonly notAsked?: (choices: Choices) => string | undefined;
  /** What it makes besides what earlier checks have made; empty: nothing. */
  readonly makes: string;
  /** How long it takes, usually. */
  readonly seconds: number;
  /** Asks AWS. What it returns is in the report as it is, without ids and addresses. */
  readonly observe: (scene: Scene) => Promise<Observed>;
  /** Pure. */
  readonly judge: (observed: Observed) => Verdict;
  /** How long Lambda and CloudTrail took, for the twin. Pure. */
  readonly measure?: (observed: Observed) => MeasuredDelays;
}

/** Returns the check with its own type of observation hidden, for the list of all of them. */
export function check<Observed>(it: Check<Observed>): Check {
  return it as Check;
}

/** Returns whole seconds with one decimal. */
export function secondsOf(ms: number): number {
  return Math.round(ms / 100) / 10;
}
