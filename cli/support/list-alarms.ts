/** The deployment's alarms, by the beginning of their names. */
import { type CloudWatchClient, type MetricAlarm, paginateDescribeAlarms } from "@aws-sdk/client-cloudwatch";
import { call } from "../../src/aws/errors.ts";

export function listAlarms(client: CloudWatchClient, stage: string): Promise<MetricAlarm[]> {
  return call("cloudwatch:DescribeAlarms", async () => {
    const alarms: MetricAlarm[] = [];
    for await (const page of paginateDescribeAlarms({ client }, { AlarmNamePrefix: `${stage}-` })) {
      alarms.push(...(page.MetricAlarms ?? []));
    }
    return alarms;
  });
}
