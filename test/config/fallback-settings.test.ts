import { describe, expect, it } from "vitest";
import { loadFallbackSettings } from "../../src/config/fallback-settings.ts";

const pool = {
  name: "partner",
  vpcId: "vpc-0a",
  subnetIds: ["subnet-0a"],
  alarmName: "holdfast-partner-escalation",
  nat: { mode: "zonal", subnetId: "subnet-0b" },
  standby: "cold",
  poolRefusal: "escalate",
  probes: [],
  holdMinutes: 30,
  maxHoldMinutes: 480,
  cleanRounds: 5,
  blockedRounds: 3,
  graceMinutes: 60,
  flipsPerDay: 4,
  swapSeconds: 300,
  maxFallbackHours: 24,
};
const settings = {
  pools: [pool],
  deadLetterQueueUrl: "https://sqs.us-east-1.amazonaws.com/123456789012/dead.fifo",
  echoUrl: "https://echo.example/",
};
const read = (changed: object) =>
  loadFallbackSettings(JSON.stringify({ ...settings, pools: [{ ...pool, ...changed }] }), async () => undefined);

describe("loadFallbackSettings", () => {
  it("takes what a deployment writes", async () => {
    expect((await read({})).pools).toEqual([pool]);
  });

  it.each([
    [{ standby: "hot" }, "pools.0.standby"],
    [{ flipsPerDay: 9 }, "pools.0.flipsPerDay"],
    [{ flipsPerDay: 1 }, "pools.0.flipsPerDay"],
    [{ holdMinutes: undefined }, "pools.0.holdMinutes"],
    [{ nat: { mode: "zonal" } }, "pools.0.nat.subnetId"],
    [{ nat: { mode: "regional", zone: "us-east-1" } }, "pools.0.nat.zone"],
    [{ alarmName: "" }, "pools.0.alarmName"],
  ])("refuses %j and names the field", async (changed, field) => {
    await expect(read(changed)).rejects.toThrow(`${field}: `);
  });
});
