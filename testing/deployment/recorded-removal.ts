/** The removal of a recorded deployment, as far as what runs takes part in it: triggers go, then teardowns are asked. */
import { operatorOf } from "./operator.ts";
import { patient, type RecordedOptions, startRecorded } from "./recorded-deployment.ts";
import { type RecordedResource, translate } from "./recorded-resource.ts";

const hourMs = 3_600_000;

type Deployed = Pick<RecordedOptions, "region" | "ids">;

/** Deletes what starts relocation, fallback, attaching and the canary. Runs under way go on. */
export async function removeTriggers(records: readonly RecordedResource[], { region, ids }: Deployed): Promise<void> {
  const operator = patient(region, operatorOf(region));
  for (const { type, name, inputs: recorded, outputs } of records) {
    const inputs = translate(ids, recorded);
    if (type === "aws:cloudwatch/eventTarget:EventTarget") {
      await operator("events", "RemoveTargets", { Rule: inputs["rule"], Ids: [name] });
    }
    if (type === "aws:scheduler/schedule:Schedule") {
      await operator("scheduler", "DeleteSchedule", { Name: outputs["name"], GroupName: inputs["groupName"] });
    }
    if (type !== "aws:lambda/eventSourceMapping:EventSourceMapping") continue;
    const input = { EventSourceArn: inputs["eventSourceArn"] };
    const { EventSourceMappings } = await operator<{ EventSourceMappings: { UUID: string }[] }>(
      "lambda",
      "ListEventSourceMappings",
      input,
    );
    for (const { UUID } of EventSourceMappings) await operator("lambda", "DeleteEventSourceMapping", { UUID });
  }
}

/** Returns the invocations that a removal makes, by the end of their names, such as `zone-1` or `fallback`. */
export function teardownsOf(records: readonly RecordedResource[], part = ""): RecordedResource[] {
  return records.filter(
    ({ type, name }) => type === "aws:lambda/invocation:Invocation" && name.endsWith(`${part}-teardown`),
  );
}

/** All of them at once, as Pulumi does it. @throws Error with a function's own error */
export function tearDown(records: readonly RecordedResource[], deployed: Deployed): Promise<readonly unknown[]> {
  const asked = teardownsOf(records).map((it) => startRecorded(it, "delete", deployed));
  return deployed.region.clock.run(Promise.all(asked), hourMs);
}
