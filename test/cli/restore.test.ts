import { expect, it } from "vitest";
import { checkActuators, checkAlarms, checkFunctions, checkSchedules } from "../../cli/doctor/check-wiring.ts";
import type { Facts } from "../../cli/doctor/facts.ts";
import { restoreRemediation } from "../../cli/support/restore.ts";

/** A deployment of which nothing but its tags is left. */
const facts = (sstStage: string | undefined): Facts => ({
  nowMs: 0,
  trails: [],
  functions: [],
  settingsProblems: ["pools: is missing"],
  schedules: [],
  deployment: {
    stage: "shop-eu-dev",
    sstStage,
    accountId: "123456789012",
    region: "us-east-1",
    functionArns: new Map([
      ["shop-eu-dev-canary", "arn:aws:lambda:us-east-1:123456789012:function:shop-eu-dev-canary"],
    ]),
  },
  actuators: [{ part: "relocate", queueName: "shop-eu-dev-relocation.fifo", queue: null, mappings: [], rules: [] }],
  deadLetters: [],
  alarms: [],
  addressQuota: 5,
  addressesInRegion: 2,
  regionFunctions: [],
  pools: [],
  unreadable: [],
});

it("says of everything that is missing that a refresh comes before the deployment, with the stage", () => {
  const all = facts("eu-dev");
  const found = [checkFunctions, checkActuators, checkSchedules, checkAlarms].flatMap((check) => check(all));
  const remediation = "npx sst refresh --stage eu-dev, then npx sst deploy --stage eu-dev";
  expect(found.map(({ id }) => id).sort()).toEqual([
    "alarms-missing",
    "function-missing",
    "function-missing",
    "queue-missing",
    "rounds-missing",
    "settings-invalid",
  ]);
  expect(found.filter((it) => it.remediation !== remediation)).toEqual([]);
});

it("leaves the stage to the reader where SST's tag is missing: app and stage may both hold dashes", () => {
  expect(restoreRemediation(facts(undefined).deployment)).toContain("npx sst refresh --stage <stage>");
});
