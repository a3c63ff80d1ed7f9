import { writeSync } from "node:fs";
import type { Verdict } from "../probing/answer.ts";
import { metricsNamespace } from "../telemetry/model.ts";
import type { Decision } from "./decide.ts";

/** What one test found and did. */
export interface Report {
  readonly nowMs: number;
  readonly url: string;
  /** Undefined outside Lambda. */
  readonly functionName: string | undefined;
  readonly verdict: Verdict;
  /** Whether the verdict is a block that another address may cure. */
  readonly curable: boolean;
  readonly decision: Decision;
  readonly address: string | undefined;
  /** Exits of this sandbox before this test. */
  readonly exits: number;
  /** Whether the last exit gave another address; undefined when there was none or the address is not known. */
  readonly addressChanged: boolean | undefined;
}

/**
 * Returns one line of embedded metrics: four counts by target; by function, whether another address may cure what the
 * test found; and everything else as searchable properties
 * (docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html).
 */
export function metricsLine({
  nowMs,
  url,
  functionName,
  verdict,
  curable,
  decision,
  address,
  exits,
  addressChanged,
}: Report): string {
  const metrics = {
    GuardBlocked: verdict.kind === "blocked" ? 1 : 0,
    GuardExit: decision === "exit" ? 1 : 0,
    GuardExhausted: decision === "exhausted" ? 1 : 0,
    ...(addressChanged === undefined ? {} : { GuardAddressKept: addressChanged ? 0 : 1 }),
  };
  const by = (dimension: string, names: readonly string[]) => ({
    Namespace: metricsNamespace,
    Dimensions: [[dimension]],
    Metrics: names.map((Name) => ({ Name, Unit: "Count" })),
  });
  return JSON.stringify({
    _aws: {
      Timestamp: nowMs,
      CloudWatchMetrics: [
        by("target", Object.keys(metrics)),
        ...(functionName ? [by("function", ["GuardCurable"])] : []),
      ],
    },
    ...metrics,
    GuardCurable: curable ? 1 : 0,
    target: new URL(url).host,
    function: functionName,
    address,
    verdict: verdict.kind,
    scope: verdict.kind === "blocked" ? verdict.scope : undefined,
    rule: verdict.rule,
    ids: verdict.ids,
    decision,
    exits,
    addressChanged,
  });
}

/** Returns the log line of a defect in the guard itself: the function goes on without it. */
export function failureLine(error: unknown): string {
  return JSON.stringify({ level: "ERROR", message: "egress guard failed", reason: String(error) });
}

/** Writes a line past the runtime's console, which would wrap it, and before the process may end. */
export function writeLine(line: string): void {
  try {
    writeSync(1, `${line}\n`);
  } catch {
    // A full or closed pipe must not fail the call that is being guarded.
  }
}
