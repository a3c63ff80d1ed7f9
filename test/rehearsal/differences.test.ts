import { beforeAll, expect, it } from "vitest";
import type { Fixtures } from "../../cli/rehearse/fixtures.ts";
import { differencesBetween } from "../../testing/rehearsal/differences.ts";
import { rehearseInTwin } from "../../testing/rehearsal/rehearse.ts";
import { fixed } from "../../testing/twin/delays.ts";

const name = "eu-central-1";
let account: Fixtures;
let twin: Fixtures;
beforeAll(async () => {
  // Not AWS: another seed of the twin stands for the account.
  account = await rehearseInTwin({ seed: 2, name }, {});
  twin = await rehearseInTwin({ seed: 1, name }, account.delays);
});

/** Returns what differs once the account's fixtures are changed. */
function differencesOf(change: (fixtures: { -readonly [Field in keyof Fixtures]: Fixtures[Field] }) => void) {
  const changed = structuredClone(account);
  change(changed);
  return differencesBetween(changed, twin);
}

/** Changes the text of every answer, as if AWS answered otherwise. */
const answering = (from: string, to: string) =>
  differencesOf((it) => {
    const text = JSON.stringify(it.answers);
    if (!text.includes(from)) throw new Error(`no answer has ${from}`);
    it.answers = JSON.parse(text.replaceAll(from, to)) as Fixtures["answers"];
  });

it("finds nothing where the account does what the twin does, whatever its ids and however often it was asked", () => {
  expect(differencesOf(() => {})).toEqual([]);
});

const lookup = "answer ec2:DescribeNetworkInterfaces NetworkInterfaces[]";

it("lists a field with another value, with both values", () => {
  expect(answering('"InterfaceType":"lambda"', '"InterfaceType":"lambda_hyperplane"')).toEqual([
    { field: `${lookup}.InterfaceType`, account: "interface, lambda_hyperplane", twin: "interface, lambda" },
  ]);
});

it("lists a field that only one of them has", () => {
  expect(answering('"RequesterManaged":false', '"RequesterName":"Lambda"')).toEqual([
    { field: `${lookup}.RequesterManaged`, account: "absent", twin: "false" },
    { field: `${lookup}.RequesterName`, account: "Lambda", twin: "absent" },
    { field: "answer ec2:CreateNetworkInterface NetworkInterface.RequesterManaged", account: "absent", twin: "false" },
    { field: "answer ec2:CreateNetworkInterface NetworkInterface.RequesterName", account: "Lambda", twin: "absent" },
  ]);
});

it("lists a call that ended in another error", () => {
  expect(answering('"error":"DependencyViolation"', '"error":"Gateway.NotAttached"')).toEqual([
    { field: "answer ec2:DetachInternetGateway error", account: "Gateway.NotAttached", twin: "DependencyViolation" },
  ]);
});

it("lists a field of a record", () => {
  const differences = differencesOf((it) => {
    it.records = it.records.map((record) => ({ ...record, requestParameters: { functionName: "orders" } }));
  });
  expect(differences).toMatchObject([
    { field: "record TagResource20170331v2 requestParameters.functionName", account: "orders", twin: "absent" },
    { field: "record TagResource20170331v2 requestParameters.resource", account: "absent" },
    { field: "record TagResource20170331v2 requestParameters.tags.holdfast:rehearsal-trial", account: "absent" },
  ]);
});

it("lists a time that the twin would not take by itself", () => {
  const slow = { interfaceCreation: fixed(300_000), interfaceAppears: fixed(3_000) };
  const fast = { interfaceRemoval: fixed(1_000) };
  expect(
    differencesOf((it) => {
      it.delays = { ...slow, ...fast, cloudTrailLossRate: 0.1 };
    }),
  ).toEqual([
    { field: "delay interfaceCreation", account: "300 to 300 s", twin: "60 to 120 s" },
    { field: "delay interfaceRemoval", account: "1 to 1 s", twin: "300 to 1140 s" },
    { field: "delay cloudTrailLossRate", account: "0.1", twin: "0.001" },
  ]);
});

it("lists what a check found otherwise, or measured of what the twin does at once; not what was not found out", () => {
  const judged = (id: string, change: object) =>
    differencesOf((it) => {
      it.checks = it.checks.map((check) =>
        check.id === id ? { ...check, verdict: { ...check.verdict, ...change } } : check,
      );
    });
  expect(judged("swap", { outcome: "differs", found: "refused" })).toEqual([
    { field: "check swap", account: "differs: refused", twin: "pass: swapped in one call" },
  ]);
  expect(judged("tags", { seconds: { "until a new tag is shown": 90 } })).toMatchObject([
    { field: "check tags, until a new tag is shown", account: "90 s" },
  ]);
  expect(judged("tags", { outcome: "skipped" })).toEqual([]);
});
