/** Metrics by API call, for functions that are outside the network they watch: a batch, several values per metric. */
import { type CloudWatchClient, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { call } from "../aws/errors.ts";
import { type Dimensions, type MetricName, metrics, metricsNamespace, serviceName } from "./model.ts";

/** Metrics that one `PutMetricData` call may carry (CloudWatch API reference). */
const metricsPerCall = 1000;

/**
 * Publishes the values under one time; a metric's values are one minute's.
 * @throws AwsCallError when the call fails
 */
export async function putMetrics(
  client: CloudWatchClient,
  timeMs: number,
  series: readonly { readonly name: MetricName; readonly dimensions: Dimensions; readonly values: readonly number[] }[],
): Promise<void> {
  for (let start = 0; start < series.length; start += metricsPerCall) {
    const MetricData = series.slice(start, start + metricsPerCall).map(({ name, dimensions, values }) => ({
      MetricName: name,
      Dimensions: Object.entries({ service: serviceName, ...dimensions }).map(([Name, Value]) => ({ Name, Value })),
      Timestamp: new Date(timeMs),
      Unit: metrics[name].unit,
      Values: [...values],
    }));
    const command = new PutMetricDataCommand({ Namespace: metricsNamespace, MetricData });
    await call("cloudwatch:PutMetricData", () => client.send(command));
  }
}
