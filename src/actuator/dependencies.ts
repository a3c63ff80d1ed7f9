/** What every actuator is given in Lambda: its settings, the clock, the queue, the bus, metrics and the log. */
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { SQSClient } from "@aws-sdk/client-sqs";
import { callLimits } from "../aws/call-limits.ts";
import { systemClock } from "../aws/clock.ts";
import { readParameter } from "../aws/parameter.ts";
import type { LoadSettings } from "../config/load.ts";
import { jsonLog } from "../telemetry/json-log.ts";
import { levelIn, metricsWriter } from "../telemetry/metrics.ts";
import type { Dependencies } from "./handler.ts";

/**
 * @param name as the log's lines name the function
 * @throws SettingsError that names the field and the remediation
 */
export async function lambdaDependencies<Settings>(
  name: string,
  load: LoadSettings<Settings>,
): Promise<Dependencies<Settings>> {
  return {
    settings: await load(process.env["HOLDFAST_SETTINGS"], readParameter),
    clock: systemClock,
    eventBridge: new EventBridgeClient(callLimits),
    sqs: new SQSClient(callLimits),
    writeMetrics: metricsWriter(levelIn(process.env)),
    log: jsonLog(name),
  };
}
