/** What the deployment writes for each function is what that function reads: no field is missing, and none has a default. */
import { describe, expect, it } from "vitest";
import { loadAttachSettings } from "../../src/config/attach-settings.ts";
import { loadFallbackSettings } from "../../src/config/fallback-settings.ts";
import { defineHoldfast, type HoldfastInput } from "../../src/config/holdfast.ts";
import { hasFallback } from "../../src/config/pool.ts";
import { loadCanarySettings, readTargets } from "../../src/config/probing-settings.ts";
import { loadSettings } from "../../src/config/settings.ts";
import { attachDocument, canaryDocument, fallbackDocument, relocationDocument } from "../../stacks/settings.ts";

const targets = [{ name: "partner", url: "https://api.example.com/" }];
const create = { network: { create: {} }, targets };
const guarded = { functions: ["labels"], policy: "attach" as const };
/** The least that can be written, and everything that has settings of its own. */
const files: Readonly<Record<string, HoldfastInput>> = {
  "the smallest file": { pools: { orders: create } },
  "a file with all parts": {
    pools: { orders: { ...create, fallback: { standby: "cold" }, guarded, schedule: { drainSeconds: 5 } } },
    echoUrl: "https://echo.example.com/ip",
  },
};

const networks = {
  orders: {
    ...{ vpcId: "vpc-0a", subnetIds: ["subnet-0a"], securityGroupIds: ["sg-0a"] },
    scout: { subnetId: "subnet-0b", securityGroupId: "sg-0b" },
  },
};
const functionArn = "arn:aws:lambda:us-east-1:123456789012:function:shop-orders-zone-1";
const probe = { pool: "orders", functionArn, vantage: "zone-1", kind: "serving" } as const;
const fallbackIds = {
  orders: {
    ...{ vpcId: "vpc-0a", subnetIds: ["subnet-0a"], nat: { mode: "zonal", subnetId: "subnet-0c" } as const },
    probes: [{ functionArn, vantage: "zone-1", subnetId: "subnet-0a" }],
  },
};
const addresses = {
  orders: { egress: { "eipalloc-0a": "198.51.100.1" }, fallback: { "eipalloc-0b": "198.51.100.2" } },
};
const queueUrl = "https://sqs.us-east-1.amazonaws.com/123456789012/dead.fifo";

type Load = (text: string, read: () => Promise<undefined>) => Promise<unknown>;

/** By function: what the deployment writes, and how the function reads it. */
function written(input: HoldfastInput): Record<string, readonly [document: object, load: Load]> {
  const config = defineHoldfast(input);
  const { orders } = config.pools;
  if (!orders) throw new Error("no pool");
  const parts = hasFallback(orders) ? [{ name: "orders", alarmName: "shop-orders-escalation", pool: orders }] : [];
  return {
    relocate: [relocationDocument(config, networks, addresses, queueUrl), loadSettings],
    canary: [canaryDocument(config, networks, [probe]), loadCanarySettings],
    ...(parts.length > 0 && {
      fallback: [fallbackDocument(config, parts, fallbackIds, queueUrl), loadFallbackSettings],
      attach: [attachDocument(config, networks, queueUrl), loadAttachSettings],
    }),
  };
}

describe.each(Object.entries(files))("of %s", (_, input) => {
  const rows = Object.entries(written(input));

  it.each(rows)("%s reads exactly what is written", async (_name, [document, load]) => {
    const text = JSON.stringify(document);
    expect(await load(text, async () => undefined)).toEqual(JSON.parse(text));
  });

  it.each(rows)("%s has no value of its own for a setting that is not written", async (_name, [document, load]) => {
    for (const [path, text] of withoutEach(JSON.parse(JSON.stringify(document)))) {
      // A scout is only there where the network has a subnet for it; targets are checked one by one.
      if (/^pools\.0\.(?:scout$|targets\.)/.test(path)) continue;
      await expect(
        load(text, async () => undefined),
        path,
      ).rejects.toThrow("HOLDFAST_SETTINGS is not valid");
    }
  });

  it("the canary takes the targets as the file has them", () => {
    const { pools } = canaryDocument(defineHoldfast(input), networks, [probe]);
    for (const pool of pools) {
      const read = readTargets(pool);
      expect([...read.refused]).toEqual([]);
      expect(read.targets).toMatchObject(
        (pool.targets as object[]).map(({ networks: _, ...it }: { networks?: unknown }) => it),
      );
    }
  });
});

it("the echo of the file reaches the canary and fallback, which hand it to the probes", () => {
  const { canary, fallback } = written(files["a file with all parts"] as HoldfastInput);
  for (const part of [canary, fallback]) expect(part?.[0]).toMatchObject({ echoUrl: "https://echo.example.com/ip" });
});

/** The document with one field less, for each field of an object: its path, and the text. */
function withoutEach(value: unknown, path: readonly string[] = []): [path: string, text: string][] {
  const all = (it: unknown, at: readonly string[]): (readonly string[])[] =>
    typeof it !== "object" || it === null
      ? []
      : Object.entries(it).flatMap(([key, part]) => [
          ...(Array.isArray(it) || at.at(-1) === "tags" || at.at(-2) === "addresses" ? [] : [[...at, key]]),
          ...all(part, [...at, key]),
        ]);
  return all(value, path).map((field) => {
    const copy = structuredClone(value);
    const holder = field.slice(0, -1).reduce((it, key) => Reflect.get(it, key) as object, copy as object);
    Reflect.deleteProperty(holder, field.at(-1) ?? "");
    return [field.join("."), JSON.stringify(copy)];
  });
}
