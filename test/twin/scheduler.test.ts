import type { GetScheduleOutput } from "@aws-sdk/client-scheduler";
import { CreateScheduleCommand, GetScheduleCommand, SchedulerClient } from "@aws-sdk/client-scheduler";
import { describe, expect, it } from "vitest";
import { clientConfig } from "../../testing/twin/endpoint.ts";
import { openPath } from "./path-scene.ts";

const MINUTE = 60_000;

async function openSweep() {
  const scene = await openPath();
  const client = new SchedulerClient(clientConfig(scene.region));
  await scene.call("sqs", "CreateQueue", { QueueName: "q" });
  const given = {
    Name: "sweep",
    ScheduleExpression: "rate(1 minute)",
    FlexibleTimeWindow: { Mode: "OFF" as const },
    Target: { Arn: "arn:aws:sqs:us-east-1:123456789012:q", RoleArn: "arn:aws:iam::123456789012:role/r", Input: "{}" },
  };
  return {
    scene,
    given,
    create: (dates: { StartDate?: Date; EndDate?: Date } = {}) =>
      scene.run(client.send(new CreateScheduleCommand({ ...given, ...dates }))),
    shown: (): Promise<GetScheduleOutput> => scene.run(client.send(new GetScheduleCommand({ Name: "sweep" }))),
    sent: () => scene.path.sqs.queueByName("q").counts().visible,
  };
}

describe("the dates of a schedule", () => {
  it("say when it was made and changed", async () => {
    const { scene, given, create, shown } = await openSweep();
    // On the wire, dates are whole seconds.
    const second = () => Math.floor(scene.region.clock.now() / 1000);
    const madeAt = second();
    await create();
    await scene.region.clock.advance(10 * MINUTE);
    await scene.call("scheduler", "UpdateSchedule", given);
    const changedAt = second();
    const { CreationDate, LastModificationDate } = await shown();
    const seconds = [CreationDate, LastModificationDate].map((it) => Math.floor((it?.getTime() ?? 0) / 1000));
    expect(changedAt - madeAt).toBeGreaterThanOrEqual(600);
    expect(Math.abs((seconds[0] ?? 0) - madeAt)).toBeLessThanOrEqual(1);
    expect(Math.abs((seconds[1] ?? 0) - changedAt)).toBeLessThanOrEqual(1);
  });

  it("keep it silent before the first and after the last, and are shown", async () => {
    const { scene, create, shown, sent } = await openSweep();
    const wholeMinute = Math.ceil(scene.region.clock.now() / MINUTE) * MINUTE;
    const [StartDate, EndDate] = [10, 15].map((minutes) => new Date(wholeMinute + minutes * MINUTE)) as [Date, Date];
    await create({ StartDate, EndDate });
    await scene.region.clock.advance(9 * MINUTE);
    expect(sent()).toBe(0);
    await scene.region.clock.advance(30 * MINUTE);
    expect(sent()).toBeGreaterThanOrEqual(4);
    expect(sent()).toBeLessThanOrEqual(6);
    expect(await shown()).toMatchObject({ StartDate, EndDate });
  });
});
