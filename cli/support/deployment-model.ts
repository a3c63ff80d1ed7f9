/** A deployment as its tags describe it. */
import type { AttachPool } from "../../src/config/attach-settings.ts";
import type { FallbackPool } from "../../src/config/fallback-settings.ts";
import { functionNameOf as nameOfFunction } from "../../src/config/names.ts";
import type { ProbingPool } from "../../src/config/probing-settings.ts";
import type { PoolSettings } from "../../src/config/settings.ts";

/** Functions by what they do; the rest are probes. */
export type Part = "relocate" | "canary" | "fallback" | "attach";

export interface Deployment {
  /** `<app>-<stage>`, the value of the functions' `holdfast:stage` tag; their names are made of it. */
  readonly stage: string;
  /** The stage as SST's commands name it, by the tag that SST puts on everything; undefined where that tag is missing. */
  readonly sstStage: string | undefined;
  readonly accountId: string;
  readonly region: string;
  /** By name. */
  readonly functionArns: ReadonlyMap<string, string>;
}

/** A pool with the settings that each function has for it. */
export interface Pool {
  readonly name: string;
  readonly relocation: PoolSettings;
  readonly fallback: FallbackPool | undefined;
  readonly attach: AttachPool | undefined;
  readonly probing: ProbingPool | undefined;
}

export function functionNameOf({ stage }: Pick<Deployment, "stage">, part: Part): string {
  return nameOfFunction(stage, part);
}
