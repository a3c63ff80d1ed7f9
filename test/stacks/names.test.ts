import { type Resource, runtime } from "@pulumi/pulumi";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { HoldfastInput } from "../../src/config/holdfast.ts";
import { nameRules, namingOf } from "../../stacks/names.ts";
import { emptyAccount } from "../../testing/deployment/stand-in/account.ts";
import { type RecordedResource, startRecording } from "../../testing/deployment/stand-in/recorder.ts";
import { deploy, smallest } from "./deployment.ts";
import { account, everything, long } from "./long-names.ts";

/** Names of other resources, or from the configuration. */
const references = [
  "functionName",
  "groupName",
  "metricName",
  "s3BucketName",
  "serviceName",
  "awsServiceName",
  "domainName",
  "bucket",
  "targetId",
];
const isName = (type: string, property: string) =>
  property === nameRules[type]?.property ||
  (/(?:^n|N)ame$|^bucket$|^targetId$/.test(property) && !references.includes(property));

/** Returns the name in AWS, or one as long: Pulumi adds 8 characters to a logical name, the provider 26 to a prefix. */
function nameOf({ type, name, inputs }: RecordedResource, property: string): string {
  const beginning = inputs["namePrefix"] ?? inputs["bucketPrefix"];
  if (inputs[property] !== undefined) return String(inputs[property]);
  const logical = type === "aws:s3/bucket:Bucket" ? name.toLowerCase() : name;
  return typeof beginning === "string" ? `${beginning}${"0".repeat(26)}` : `${logical}-1234567`;
}

/** Characters that each service allows (its API reference), where they are not those of most: letters, digits, `.-_`. */
const patterns: Readonly<Record<string, RegExp>> = {
  "aws:apigatewayv2/stage:Stage": /^\$default$/,
  "aws:cloudtrail/trail:Trail": /^[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*$/,
  "aws:cloudwatch/dashboard:Dashboard": /^[A-Za-z0-9_-]+$/,
  "aws:cloudwatch/logGroup:LogGroup": /^[A-Za-z0-9_/.#-]+$/,
  "aws:globalaccelerator/accelerator:Accelerator": /^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/,
  "aws:lambda/function:Function": /^[A-Za-z0-9_-]+$/,
  "aws:s3/bucket:Bucket": /^[a-z0-9][a-z0-9.-]+[a-z0-9]$/,
  "aws:sns/topic:Topic": /^[A-Za-z0-9_-]+$/,
  "aws:sqs/queue:Queue": /^[A-Za-z0-9_-]+(?:\.fifo)?$/,
  "aws:ssm/parameter:Parameter": /^(?:\/[A-Za-z0-9._-]+)+$/,
};
const usual = /^[A-Za-z0-9._-]+$/;

/** Schedules are unique in their group, targets in their rule, policies in their role; prefixes are completed later. */
const isUnique = ({ type, inputs }: RecordedResource) =>
  !["Schedule", "EventTarget", "RolePolicy", "SecurityGroup", "Stage"].some((it) => type.endsWith(`:${it}`)) &&
  inputs["namePrefix"] === undefined;

const names = { app: long.app };
const full: HoldfastInput = { ...everything, monitoring: "full", cloudFormationExports: true };
const scenes: Record<string, () => ReturnType<typeof deploy>> = {
  "the longest names possible": () => deploy(full, long.stage, account, names),
  "a stage with dashes at odd places": () => deploy(full, "-my--stage-", account),
  "short names": () => deploy(full, "test", account),
};

describe.each(Object.entries(scenes))("%s", (_, open) => {
  let resources: readonly RecordedResource[] = [];
  beforeAll(async () => {
    resources = (await open()).resources;
  });

  it("every resource with a name has a rule", () => {
    const named = resources.filter(({ type, inputs }) =>
      Object.keys(inputs).some((property) => isName(type, property)),
    );
    expect(named.filter(({ type }) => !nameRules[type]).map(({ type }) => type)).toEqual([]);
    expect(named.length).toBeGreaterThan(100);
  });

  it("every name fits, in length and characters", () => {
    const wrong = resources.flatMap((resource) => {
      const rule = nameRules[resource.type];
      if (!rule) return [];
      const name = nameOf(resource, rule.property);
      if (resource.inputs["fifoQueue"] && !name.endsWith(".fifo")) return [`${name} is no FIFO queue's`];
      const fits = name.length <= rule.mostCharacters && (patterns[resource.type] ?? usual).test(name);
      return fits ? [] : [`${resource.type} ${name} (${name.length})`];
    });
    expect(wrong).toEqual([]);
  });

  it("no two of a type have the same name", () => {
    const all = resources.filter(isUnique).flatMap((resource) => {
      const rule = nameRules[resource.type];
      return rule ? [`${resource.type} ${nameOf(resource, rule.property)}`] : [];
    });
    expect(all.filter((name, index) => all.indexOf(name) !== index)).toEqual([]);
  });
});

it("names that fit do not change", async () => {
  const { of } = await deploy(smallest);
  const names = (type: string, property = "name") => of(type).map(({ inputs }) => inputs[property]);
  expect(names("lambda/function:Function").sort()).toEqual(
    ["canary", "orders-scout", "orders-teardown", "orders-zone-1", "relocate"].map((it) => `holdfast-test-${it}`),
  );
  expect(names("sqs/queue:Queue").sort()).toEqual(
    ["-dead-letters.fifo", "-undelivered", ".fifo"].map((it) => `holdfast-test-relocation${it}`),
  );
  // Pulumi names these itself.
  for (const type of ["iam/role:Role", "iam/rolePolicy:RolePolicy", "cloudwatch/eventRule:EventRule"]) {
    expect(new Set([...names(type), ...names(type, "namePrefix")])).toEqual(new Set([undefined]));
  }
  expect(new Set(names("cloudwatch/eventTarget:EventTarget", "targetId"))).toEqual(new Set([undefined]));
});

describe("refused before anything is created", () => {
  beforeEach(async () => {
    await startRecording(runtime, emptyAccount, "shop", "test", false);
  });

  const rows: Record<string, [app: string, stage: string, problem: string]> = {
    "a stage that is too long": [
      ...(["holdfast", "x".repeat(120)] as const),
      `stage: holdfast-${"x".repeat(120)} has 129 characters, but names and tags of resources have room for 128`,
    ],
    "a stage with invalid characters": [
      ...(["holdfast", "a/b"] as const),
      'stage: "a/b" must be letters, digits and dashes: rename it',
    ],
  };
  it.each(Object.entries(rows))("%s", (_, [app, stage, problem]) => {
    expect(namingOf(app, stage, []).problems()).toEqual([expect.stringContaining(problem)]);
  });

  it("a second component in one program", () => {
    expect(namingOf("shop", "test", []).problems()).toEqual([]);
    expect(namingOf("shop", "other", []).problems()).toEqual([
      "new Holdfast: there is one already: put the pools of both into one component",
    ]);
  });

  it("two pools of which each would have a resource of the same name", () => {
    const { transformation, problems } = namingOf("shop", "collision", ["orders", "orders-mail", "billing"]);
    const endpoint = { type: "aws:ec2/vpcEndpoint:VpcEndpoint", props: {}, opts: {}, resource: {} as Resource };
    transformation({ ...endpoint, name: "Holdfast-orders-mail-s3" });
    transformation({ ...endpoint, name: "Holdfast-billing-s3" });
    transformation({ ...endpoint, type: "aws:ec2/vpc:Vpc", name: "Holdfast-billing-s3" });
    expect(problems()).toEqual([]);
    transformation({ ...endpoint, name: "Holdfast-orders-mail-s3" });
    expect(problems()).toEqual([
      "pools.orders, pools.orders-mail: two resources of type aws:ec2/vpcEndpoint:VpcEndpoint would be called " +
        "Holdfast-orders-mail-s3: rename a pool",
    ]);
  });

  it("a type with a name and without a rule", () => {
    const { transformation } = namingOf("shop", "unknown", []);
    const group = { type: "aws:ec2/placementGroup:PlacementGroup", name: "Holdfast-group", props: { name: undefined } };
    expect(() => transformation({ ...group, opts: {}, resource: {} as Resource })).toThrow("has a name, but");
  });
});
