import { describe, expect, it } from "vitest";
import { loadSettings, SettingsError } from "../../src/config/settings.ts";

const arn = "arn:aws:lambda:us-east-1:123456789012:function:orders";
const pool = {
  name: "partner",
  members: { names: ["orders", "bill*"], arns: [arn], tags: { team: "payments" } },
  network: { vpcId: "vpc-0a", subnetIds: ["subnet-0a", "subnet-0b"] },
  addresses: { egress: { "eipalloc-0a": "198.51.100.1" }, fallback: {} },
  guarded: [],
  drainSeconds: 5,
  sweepMinutes: 2,
};
const settings = {
  pools: [pool],
  deadLetterQueueUrl: "https://sqs.us-east-1.amazonaws.com/123456789012/dead.fifo",
};

const none = async () => undefined;

function withPool(changed: object): object {
  return { ...settings, pools: [{ ...pool, ...changed }] };
}

async function problem(text: string | undefined, read: (name: string) => Promise<string | undefined> = none) {
  const error = await loadSettings(text, read).catch((caught: unknown) => caught);
  if (error instanceof SettingsError) return error.message;
  throw new Error("no SettingsError");
}

describe("loadSettings", () => {
  it("reads every field", async () => {
    expect(await loadSettings(JSON.stringify(settings), none)).toEqual(settings);
  });

  it.each<[string, object, string]>([
    ["pools", { ...settings, pools: undefined }, "expected array"],
    ["pools", { ...settings, pools: [] }, "must hold at least one pool"],
    ["pools", { ...settings, pools: [pool, pool] }, "pool names must be unique"],
    ["pools.0.name", withPool({ name: undefined }), "expected string"],
    ["pools.0.name", withPool({ name: "Partner" }), "must be lower-case letters, digits and dashes"],
    ["pools.0.name", withPool({ name: "a".repeat(64) }), "must be lower-case letters, digits and dashes"],
    ["pools.0.members", withPool({ members: undefined }), "expected object"],
    ["pools.0.members.arns", withPool({ members: { names: ["orders"] } }), "expected array"],
    ["pools.0.members", withPool({ members: { names: [], arns: [], tags: {} } }), "must name at least one member"],
    [
      "pools.0.members.names.1",
      withPool({ members: { ...pool.members, names: ["a", "a b"] } }),
      "must be a function's name",
    ],
    [
      "pools.0.members.arns.0",
      withPool({ members: { ...pool.members, arns: [`${arn}:live`] } }),
      "ARN without qualifier",
    ],
    ["pools.0.members.tags.team", withPool({ members: { ...pool.members, tags: { team: 1 } } }), "expected string"],
    ["pools.0.network", withPool({ network: undefined }), "expected object"],
    ["pools.0.network.vpcId", withPool({ network: { ...pool.network, vpcId: "10.0.0.0/16" } }), "such as vpc-0123"],
    ["pools.0.network.subnetIds", withPool({ network: { vpcId: "vpc-0a", subnetIds: [] } }), "at least one subnet"],
    ["pools.0.addresses", withPool({ addresses: undefined }), "expected object"],
    [
      "pools.0.addresses.egress.0a",
      withPool({ addresses: { egress: { "0a": "198.51.100.1" }, fallback: {} } }),
      "Invalid key in record",
    ],
    [
      "pools.0.addresses.fallback.eipalloc-0b",
      withPool({ addresses: { egress: {}, fallback: { "eipalloc-0b": "x" } } }),
      "IPv4 address",
    ],
    [
      "pools.0.network.subnetIds.1",
      withPool({ network: { vpcId: "vpc-0a", subnetIds: ["subnet-0a", "b"] } }),
      "subnet-0123",
    ],
    ["pools.0.drainSeconds", withPool({ drainSeconds: undefined }), "whole number of seconds"],
    ["pools.0.drainSeconds", withPool({ drainSeconds: -1 }), ">=0"],
    ["pools.0.drainSeconds", withPool({ drainSeconds: 3601 }), "<=3600"],
    ["pools.0.drainSeconds", withPool({ drainSeconds: 1.5 }), "whole number of seconds"],
    ["pools.0.sweepMinutes", withPool({ sweepMinutes: 0 }), ">=1"],
    ["pools.0.sweepMinutes", withPool({ sweepMinutes: 16 }), "<=15"],
    ["pools.0", withPool({ drainMs: 1 }), "drainMs"],
    ["deadLetterQueueUrl", { ...settings, deadLetterQueueUrl: undefined }, "must be the URL of an SQS queue"],
    ["deadLetterQueueUrl", { ...settings, deadLetterQueueUrl: "dead" }, "must be the URL of an SQS queue"],
    ["(root)", { ...settings, queue: "x" }, "queue"],
    ["(root)", [], "expected object"],
  ])("names %s (case %#)", async (path, value, remediation) => {
    const message = await problem(JSON.stringify(value));
    expect(message).toContain(`HOLDFAST_SETTINGS is not valid: ${path}: `);
    expect(message).toContain(remediation);
  });

  it("names every wrong field at once", async () => {
    const message = await problem(JSON.stringify({ ...withPool({ name: 1 }), deadLetterQueueUrl: 2 }));
    expect(message).toMatch(/pools\.0\.name: .+; deadLetterQueueUrl: /);
  });

  it.each([undefined, ""])("says how to set what is not set (%j)", async (text) => {
    expect(await problem(text)).toBe(
      "HOLDFAST_SETTINGS is not set: run npx sst refresh and then npx sst deploy, or set it to the settings' JSON",
    );
  });

  it("says what is wrong with text that is not JSON", async () => {
    expect(await problem("{pools")).toMatch(/^HOLDFAST_SETTINGS is not valid JSON: .+/);
  });
});

describe("loadSettings, from an SSM parameter", () => {
  it("reads the parameter that is named, and validates it", async () => {
    const read = async (name: string) => (name === "/holdfast/relocate" ? JSON.stringify(settings) : undefined);
    expect(await loadSettings("ssm:/holdfast/relocate", read)).toEqual(settings);
    expect(await problem("ssm:/holdfast/relocate", async () => "{}")).toContain("pools: ");
  });

  it("reads settings in parts as one: each has some of the pools", async () => {
    const [pool] = settings.pools;
    const part = (name: string) => JSON.stringify({ ...settings, pools: [{ ...pool, name }] });
    const values: Record<string, string> = { "/holdfast/relocate/1": part("a"), "/holdfast/relocate/2": part("b") };
    const { pools, ...others } = await loadSettings("ssm:/holdfast/relocate/1-2:2", async (name) => values[name]);
    expect(pools.map(({ name }) => name)).toEqual(["a", "b"]);
    expect(others).toEqual({ deadLetterQueueUrl: settings.deadLetterQueueUrl });
    expect(await problem("ssm:/holdfast/relocate/1-3:2", async (name) => values[name])).toContain(
      "/relocate/3 does not",
    );
  });

  it("starts no function without a pool, as while a deployment moves it from part to part", async () => {
    const [pool] = settings.pools;
    const parts = [JSON.stringify({ ...settings, pools: [{ ...pool, name: "a" }] }), "null"];
    const read = async (name: string) => parts[Number(name.at(-1)) - 1];
    expect(await problem("ssm:/holdfast/relocate/1-2:2", read)).toContain("its parameters hold 1 of 2 pools");
  });

  it("says that the parameter does not exist", async () => {
    expect(await problem("ssm:/holdfast/other")).toBe(
      "HOLDFAST_SETTINGS: SSM parameter /holdfast/other does not exist",
    );
  });

  it("reads no parameter for settings that are there", async () => {
    const read = () => Promise.reject(new Error("was asked"));
    expect(await loadSettings(JSON.stringify(settings), read)).toEqual(settings);
  });
});
