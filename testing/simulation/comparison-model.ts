/** What a comparison measures: a score for each baseline and seed. */
import type { Baseline } from "./baselines.ts";
import type { Measured } from "./meter.ts";

export interface Score extends Measured {
  readonly calls: number;
  /** Holdfast's own alarms and metrics, as they are billed. */
  readonly alarms: number;
  readonly metrics: number;
}

/** One baseline, with a score for each seed. */
export interface Row {
  readonly baseline: Baseline;
  readonly scores: readonly Score[];
}
