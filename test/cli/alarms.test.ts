import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { expect, it } from "vitest";
import { listAlarms } from "../../cli/support/list-alarms.ts";

it("leaves out the alarms of a stage whose name begins alike", async () => {
  const names = ["shop-pay-partners-blocked", "shop-pay-all-dead-letters", "shop-pay-eu-partners-blocked"];
  const send = async () => ({ MetricAlarms: names.map((AlarmName) => ({ AlarmName })) });
  const client = Object.assign(new CloudWatchClient({ region: "us-east-1" }), { send });
  const listed = async (pools: string[]) => (await listAlarms(client, "shop-pay", pools)).map((it) => it.AlarmName);
  expect(await listed(["partners"])).toEqual(names.slice(0, 2));
  expect(await listed([])).toEqual(names);
});
