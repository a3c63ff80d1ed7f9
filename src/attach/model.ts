/** What attaching observes: plain facts about one pool's guarded functions at one moment, and what follows from them. */
import type { Override } from "../pool/override.ts";
import type { Tests } from "./evidence.ts";

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

/** One write: the function gets the pool's subnets and security groups. `row` is the row of the table above `plan`. */
export interface Action {
  readonly kind: "attach";
  readonly row: 3;
  readonly functionName: string;
  readonly revisionId: string;
  /** The evidence, for whoever asks why: tests since the function's last change. */
  readonly tests: number;
  readonly refused: number;
}

/** What somebody should know, and in most cases do something about. */
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

export interface Plan {
  readonly actions: readonly Action[];
  readonly findings: readonly Finding[];
  readonly waits: readonly Wait[];
}
