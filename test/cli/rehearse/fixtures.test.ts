import { beforeAll, describe, expect, it } from "vitest";
import { checks } from "../../../cli/rehearse/checks.ts";
import { type Fixtures, fixturesOf } from "../../../cli/rehearse/fixtures.ts";
import { type MeasuredDelays, measureEvents, merged, type Span } from "../../../cli/rehearse/measured.ts";
import { record } from "../../../cli/rehearse/recording.ts";
import { createRedactor, examples, withOwnNames } from "../../../cli/rehearse/redact.ts";
import { type Rehearsal, rehearse } from "../../../cli/rehearse/run.ts";
import type { Delays } from "../../../testing/twin/delays.ts";
import { recorded } from "../../wire/recorded.ts";
import { echo, openScene, runId } from "./scene.ts";

let rehearsal: Rehearsal;
let fixtures: Fixtures;
beforeAll(async () => {
  const scene = await openScene();
  const recorder = record(scene.account());
  const run = rehearse(recorder.account, { checks, choices: { nat: false }, echo, newId: () => runId });
  rehearsal = await scene.region.clock.run(run);
  fixtures = fixturesOf({ version: "1.2.3", region: "us-east-1" }, rehearsal, recorder.recording());
});

describe("the fixtures of a rehearsal", () => {
  it("name nothing of the account, and nothing that no rehearsal has made", () => {
    const own = JSON.stringify(rehearsal).match(
      /\b(?:vpc|subnet|sg|eni|eipalloc|ela-attach)-0[0-9a-f]{16}\b|\b198\.1[89]\.\d+\.\d+|\bAROA\w+/g,
    );
    const text = JSON.stringify(fixtures);
    expect(new Set(own).size).toBeGreaterThan(5);
    expect((own ?? []).filter((it) => text.includes(it))).toEqual([]);
    const addresses = fixtures.answers.flatMap(({ output }) => (output as { Addresses?: object[] })?.Addresses ?? []);
    expect(addresses.length).toBeGreaterThan(0);
    expect(addresses.filter((it) => !JSON.stringify(it).includes("holdfast:rehearsal"))).toEqual([]);
    for (const it of [runId, "rehearser", "orders", "AccessKeyId"]) expect(text).not.toContain(it);
  });

  it("have examples in the form of what they replace", () => {
    const interfaces = fixtures.answers.filter(({ call }) => call === "ec2:DescribeNetworkInterfaces");
    const shown = JSON.stringify(interfaces);
    for (const form of [/"eni-0{16}1"/, /"203\.0\.113\.\d+"/, /"OwnerId":"123456789012"/, /"02:00:00:00:00:01"/]) {
      expect(shown).toMatch(form);
    }
  });

  it("have each answer once: an interface from its creation to its end, a function while it is updated, refusals", () => {
    const answers = fixtures.answers.map((it) => JSON.stringify(it));
    expect(new Set(answers).size).toBe(answers.length);
    const all = answers.join();
    for (const it of ['"Status":"pending"', '"Status":"in-use"', '"LastUpdateStatus":"InProgress"']) {
      expect(all).toContain(it);
    }
    const forbidden = { call: "ec2:AssociateAddress", error: "UnauthorizedOperation" };
    expect(fixtures.answers).toContainEqual(forbidden);
  });

  it("have CloudTrail's record in the form of those that tests read, without who called", () => {
    const [first] = fixtures.records as Record<string, unknown>[];
    expect(first).toMatchObject({
      eventName: "TagResource20170331v2",
      requestParameters: {
        resource: expect.stringMatching(/^arn:aws:lambda:us-east-1:123456789012:function:holdfast-/),
      },
    });
    const { detail } = JSON.parse(recorded("lambda-add-permission")) as { detail: object };
    const names = Object.keys(first ?? {});
    expect(names.filter((it) => !(it in detail))).toEqual([]);
    expect(names).not.toEqual(expect.arrayContaining(["userIdentity"]));
    expect(JSON.stringify(first)).not.toMatch(/userIdentity|sourceIPAddress|userAgent|accessKeyId/);
  });

  it("have the times that the account took, as the twin's delays", () => {
    const delays: Partial<Delays> = fixtures.delays as MeasuredDelays;
    const holds = (span: Span | undefined, ms: number) =>
      span?.kind === "uniform" && span.minMs <= ms && ms <= span.maxMs && span.maxMs - span.minMs <= 32_000;
    expect(holds(delays.interfaceAppears, 3_000)).toBe(true);
    expect(holds(delays.interfaceCreation, 90_000)).toBe(true);
    expect(holds(delays.functionSettle, 5_000)).toBe(true);
    expect(holds(delays.interfaceRemoval, 10 * 60_000)).toBe(true);
    expect(holds(delays.interfaceDeletion, 30_000)).toBe(true);
    expect(delays.cloudTrail).toMatchObject({ kind: "lognormal" });
    const { medianMs = 0 } = delays.cloudTrail as { medianMs?: number };
    expect(Math.abs(medianMs - 8_000)).toBeLessThanOrEqual(1_000);
    // Of twenty events none was lost, which says nothing about one in a thousand.
    expect(delays).not.toHaveProperty("cloudTrailLossRate");
  });
});

it("measures how many events were lost, and nothing of none", () => {
  expect(measureEvents(20, [4_000, 0, 2_000])).toMatchObject({
    cloudTrail: { medianMs: 2_000, maxMs: 4_000 },
    cloudTrailLossRate: 0.85,
  });
  expect(measureEvents(20, [])).toEqual({});
});

it("is as wide as all that measured the same", () => {
  const took = (minMs: number, maxMs: number) => ({ interfaceCreation: { kind: "uniform", minMs, maxMs } as const });
  expect(merged([took(60, 70), {}, took(90, 95)])).toEqual(took(60, 95));
});

it("replaces the session of an interface's maker, who may be a person, and leaves out what others have named", () => {
  const redact = createRedactor(examples);
  expect(redact("AROAJQABLZS4A3QDU576Q:alice@example.com")).toBe("AROAEXAMPLE000000001:session-1");
  expect(redact("AROAJQABLZS4A3QDU576Q:123456789013")).toBe("AROAEXAMPLE000000001:123456789012");
  const TagSet = [
    { Key: "CreatedBy", Value: "alice" },
    { Key: "holdfast:rehearsal", Value: runId },
  ];
  const Groups = [
    { GroupName: "acme-orders", GroupId: "sg-1" },
    { GroupName: `holdfast-rehearsal-${runId}-group`, GroupId: "sg-2" },
  ];
  const own = { TagSet: TagSet.slice(1), Groups: [{ GroupId: "sg-1" }, Groups[1]] };
  expect(JSON.stringify({ TagSet, Groups }, withOwnNames)).toBe(JSON.stringify(own));
});
