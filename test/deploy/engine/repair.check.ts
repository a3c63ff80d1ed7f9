/** What is deleted or changed outside of the deployment: only a refresh and a deployment restore it. By the real engine. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Stage } from "../../../testing/deployment/engine/stage.ts";
import { addMember, deployed, leavesBy, pass, pool, succeeds } from "./life.ts";

let stage: Stage;

/** By what is damaged: the end of its logical name, and its kind where that is needed. */
const deleted: [what: string, nameEnds: string, kind?: string][] = [
  ["relocation's schedule", "relocation-every-minute-sweep"],
  ["fallback's schedule", "fallback-every-minute-sweep"],
  ["the canary's schedule", "Holdfast-rounds"],
  ["relocation's event source", "relocation-source"],
  ["a rule's target", "relocation-changes", "cloudwatch/eventTarget:EventTarget"],
  ["a rule", "relocation-changes", "cloudwatch/eventRule:EventRule"],
  ["relocation's permissions", "relocate-policy"],
  ["the queue's policy", "relocation-queue-policy"],
  ["an alarm", "partners-relocation-problem"],
  ["the dashboard", "Holdfast-dashboard"],
  ["a log group", "relocate-logs"],
  ["a probe", "partners-zone-1-function"],
  ["the scout's default route", "partners-scout-default-route"],
  ["the members' default route", "partners-zone-1-default-route"],
  ["the members' route table's association", "partners-zone-1-association"],
  ["relocation's queue", "Holdfast-relocation-queue"],
  ["the canary's role", "Holdfast-canary-role"],
  ["the canary's function", "Holdfast-canary-function"],
  ["the teardown's function", "partners-teardown-function"],
  ["the topic of alarms", "Holdfast-alarms"],
  ["a group of schedules", "relocation-sweeps", "scheduler/scheduleGroup:ScheduleGroup"],
  ["an endpoint", "partners-s3"],
  ["an address's tag", "egress-1-on-remove"],
];

beforeAll(async () => {
  stage = await deployed({ example: "examples/smallest", stage: "production" }, (it) =>
    it.configure(pool("partners", 'network: { create: {} }, fallback: { standby: "cold" },')),
  );
  await addMember(stage, "orders", "partners", [1]);
  await pass(stage, 5);
  for (const [, nameEnds, kind] of deleted) await stage.account.damage(nameEnds, kind);
  await stage.account.change("canary-settings", { value: "changed manually" });
  const [address] = stage.account.region.world.addresses.keys();
  const Tags = [{ Key: "holdfast:pool" }];
  await stage.account.making.operator("ec2", "DeleteTags", { Resources: [address], Tags });
});
afterAll(() => stage?.close());

const isThere = (nameEnds: string, kind?: string) =>
  stage.account.resources.some((it) => it.name.endsWith(nameEnds) && (!kind || it.kind === kind));
const settings = () => stage.account.find("canary-settings").state["value"];
const poolTags = () => [...stage.account.region.world.addresses.values()].map(({ tags }) => tags["holdfast:pool"]);

describe("a deployment alone", () => {
  it("restores nothing: Pulumi compares with its state, not with AWS", async () => {
    const run = await succeeds(stage, "deploy");
    expect(run.operations).toEqual([]);
    for (const [, nameEnds, kind] of deleted) expect(isThere(nameEnds, kind)).toBe(false);
    expect(settings()).toBe("changed manually");
  });
});

describe("a refresh and then a deployment", () => {
  beforeAll(async () => {
    await succeeds(stage, "refresh");
    await succeeds(stage, "deploy");
  });

  it.each(deleted)("brings back %s", (_, nameEnds, kind) => {
    expect(isThere(nameEnds, kind)).toBe(true);
  });

  it("puts changed settings and lost tags right", () => {
    expect(settings()).toContain("https://api.example.com/");
    expect(poolTags()).toEqual(["partners", "partners", "partners"]);
  });

  it("leaves a stage that heals", async () => {
    await pass(stage, 5);
    expect(leavesBy(stage, "orders")).toEqual([[expect.stringMatching(/^198\./)]]);
    expect((await succeeds(stage, "deploy")).operations).toEqual([]);
  });
});
