/** What every actuator is given in Lambda: its settings, the clock, the queue, the bus, metrics and the log. */
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { SQSClient } from "@aws-sdk/client-sqs";
import { systemClock } from "../aws/clock.ts";
import { readParameter } from "../aws/parameter.ts";
import type { LoadSettings } from "../config/load.ts";
import type { Announcer } from "../telemetry/announce.ts";
import { jsonLog } from "../telemetry/json-log.ts";
import { emfEmitter } from "../telemetry/metrics.ts";
import type { Dependencies } from "./handler.ts";

/**
 * @param name as the log's lines name the function
 * @throws SettingsError that names the field and the remedy
 */
export async function lambdaDependencies<
  Settings extends Announcer["settings"] & { readonly metricsNamespace: string },
>(name: string, load: LoadSettings<Settings>): Promise<Dependencies<Settings>> {
  const settings = await load(process.env["HOLDFAST_SETTINGS"], readParameter);
  return {
    settings,
    clock: systemClock,
    eventBridge: new EventBridgeClient(),
    sqs: new SQSClient(),
    emitMetrics: emfEmitter(settings.metricsNamespace),
    log: jsonLog(name),
  };
}
