/** What attaching observes: plain facts about one pool's guarded functions at one moment, and what follows from them. */
import type { Override } from "../pool/override.ts";
import type { Tests } from "./refusals.ts";

/** A guarded function as Lambda shows `$LATEST` of it. */
export interface GuardedFunction {
  readonly functionName: string;
  /** An update is in progress, or the function is still being made. */
  readonly changing: boolean;
  /** `pool`: in the pool's subnets alone. `other`: in a network that is not the pool's. */
  readonly network: "none" | "pool" | "other";
  /** When its configuration or code last changed. */
  readonly modifiedMs: number;
  /** Of what was observed: an update that names it is refused once the function has changed. */
  readonly revisionId: string;
  /** What the guard reported, by period. */
  readonly periods: readonly Tests[];
  /** Aliases that route to a published version, which no update reaches; read of functions that are refused alone. */
  readonly publishedAliases: readonly string[];
}

/** One pool as observed. */
export interface Observed {
  readonly functions: readonly GuardedFunction[];
  /** Guarded functions that Lambda does not know. */
  readonly missing: readonly string[];
  /** Whether a partner refuses an address of the pool's own now. */
  readonly poolBlocked: boolean;
  readonly override: Override;
}
