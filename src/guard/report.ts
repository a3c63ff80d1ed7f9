import { writeSync } from "node:fs";
import type { Verdict } from "../probing/answer.ts";
import type { Decision } from "./decide.ts";

/** What one test found and did. */
export interface Report {
  readonly nowMs: number;
  readonly url: string;
  readonly namespace: string;
  readonly verdict: Verdict;
  readonly decision: Decision;
  readonly address: string | undefined;
  /** Exits of this sandbox before this test. */
  readonly exits: number;
  /** Whether the last exit gave another address; undefined when there was none or the address is not known. */
  readonly addressChanged: boolean | undefined;
}

/**
 * One line of embedded metrics: four counts by target, and everything else as searchable properties
 * (docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html).
 */
export function metricsLine({
  nowMs,
  url,
  namespace,
  verdict,
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
  return JSON.stringify({
    _aws: {
      Timestamp: nowMs,
      CloudWatchMetrics: [
        {
          Namespace: namespace,
          Dimensions: [["target"]],
          Metrics: Object.keys(metrics).map((name) => ({ Name: name, Unit: "Count" })),
        },
      ],
    },
    ...metrics,
    target: new URL(url).host,
    function: process.env["AWS_LAMBDA_FUNCTION_NAME"],
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

/** Writes a line past the runtime's console, which would wrap it, and before the process may end. */
export function writeLine(line: string): void {
  try {
    writeSync(1, `${line}\n`);
  } catch {
    // A full or closed pipe must not fail the call that is being guarded.
  }
}
