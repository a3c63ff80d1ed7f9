/** What is compared: the scores of each way over all seeds. */
import type { Rival } from "./baselines.ts";
import type { Measured } from "./meter.ts";

export interface Score extends Measured {
  readonly calls: number;
  /** Holdfast's own alarms and metrics, as they are billed. */
  readonly alarms: number;
  readonly metrics: number;
}

export interface Row {
  readonly rival: Rival;
  readonly scores: readonly Score[];
}
