/** A probe as a Lambda function: a round in, its answers out, and one EMF line that needs no way out. */
import type { WriteMetrics } from "../telemetry/metrics.ts";
import type { Network } from "./connection.ts";
import { hasEgress, runRound } from "./round.ts";
import { parseRoundRequest, type RoundAnswer } from "./target.ts";

export interface ProbeHandler {
  readonly network: Network;
  readonly now: () => number;
  readonly writeMetrics: WriteMetrics;
}

/**
 * Returns the handler of a probe. Its event holds resolved secrets and is never logged; what it writes is which target
 * answered how, how long each phase took, and whether there was egress at all. An idle vantage writes nothing.
 */
export function createProbeHandler({ network, now, writeMetrics }: ProbeHandler) {
  return async (event: unknown): Promise<RoundAnswer> => {
    const request = parseRoundRequest(event);
    const answer = await runRound(network, request);
    const { pool, vantage, idle } = request;
    const egress = { name: "Egress", unit: "Count", value: hasEgress(answer) ? 1 : 0 } as const;
    const log = { publicIp: answer.publicIp, targets: answer.answers.map(summary) };
    if (!idle) writeMetrics({ pool, vantage }, now(), [egress], log);
    return answer;
  };
}

/** Returns what Logs Insights may search: no headers, no bodies. */
function summary({ target, answer, timings, certificateExpiresMs }: RoundAnswer["answers"][number]) {
  const outcome =
    answer.kind === "http"
      ? { status: answer.status }
      : answer.kind === "failure"
        ? { phase: answer.phase, code: answer.code }
        : { refused: answer.reason };
  return { target, ...outcome, ...timings, certificateExpiresMs };
}
