/** The deployment's alarms. */
import { type CloudWatchClient, type MetricAlarm, paginateDescribeAlarms } from "@aws-sdk/client-cloudwatch";
import { call } from "../../src/aws/errors.ts";

/**
 * Returns the deployment's alarms, by the beginning of their names. Another stage's may begin alike, as `pay-eu` does with
 * `pay`: only the names of the pools distinguish them.
 *
 * @param pools names of all of the deployment's pools, or none where they could not be read
 */
export function listAlarms(client: CloudWatchClient, stage: string, pools: readonly string[]): Promise<MetricAlarm[]> {
  return call("cloudwatch:DescribeAlarms", async () => {
    const alarms: MetricAlarm[] = [];
    for await (const page of paginateDescribeAlarms({ client }, { AlarmNamePrefix: `${stage}-` })) {
      alarms.push(...(page.MetricAlarms ?? []));
    }
    const isOwn = ({ AlarmName = "" }: MetricAlarm) =>
      ["all", ...pools].some((scope) => AlarmName.startsWith(`${stage}-${scope}-`));
    return pools.length === 0 ? alarms : alarms.filter(isOwn);
  });
}
