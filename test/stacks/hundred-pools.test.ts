/** A hundred pools of ten members each in one deployment: everything that grows with them is within AWS's limits. */
import { beforeAll, describe, expect, it } from "vitest";
import { loadFallbackSettings } from "../../src/config/fallback-settings.ts";
import type { LoadSettings } from "../../src/config/load.ts";
import { loadCanarySettings } from "../../src/config/probing-settings.ts";
import { loadSettings } from "../../src/config/settings.ts";
import { emptyAccount } from "../../testing/deployment/stand-in/account.ts";
import { type Deployment, deploy, one, targets } from "./deployment.ts";

const names = Array.from({ length: 100 }, (_, index) => `partner-${index}`);
let deployment: Deployment;
beforeAll(async () => {
  const pools = Object.fromEntries(
    names.map((name, index) => [
      name,
      {
        members: { names: Array.from({ length: 10 }, (_, member) => `${name}-member-${member}`) },
        network: { create: { cidr: `10.${index}.0.0/16` } },
        targets,
        fallback: { standby: index % 10 === 0 ? ("cold" as const) : ("off" as const) },
      },
    ]),
  );
  deployment = await deploy({ pools }, "test", { ...emptyAccount, addressQuota: 1000, vpcQuota: 200 });
}, 600_000);

/** Of a function by its name. */
function variablesOf(name: string): Record<string, string> {
  const { environment } = one(deployment, "lambda/function:Function", `-${name}-function`).inputs;
  return (environment as { variables: Record<string, string> }).variables;
}

const parameters = () =>
  new Map(
    deployment.of("ssm/parameter:Parameter").map(({ inputs }) => [String(inputs["name"]), String(inputs["value"])]),
  );

describe("settings", () => {
  it.each<[string, LoadSettings<{ readonly pools: readonly { readonly name: string }[] }>]>([
    ["relocate", loadSettings],
    ["fallback", loadFallbackSettings],
    ["canary", loadCanarySettings],
  ])("of %s are in standard parameters, which the function reads as one", async (name, load) => {
    const values = parameters();
    const { pools } = await load(variablesOf(name)["HOLDFAST_SETTINGS"], async (parameter) => values.get(parameter));
    const withFallback = names.filter((_, index) => index % 10 === 0);
    expect(pools.map((pool) => pool.name)).toEqual(name === "fallback" ? withFallback : names);
  });

  it("cost nothing: no parameter is larger than a standard one", () => {
    const sizes = [...parameters().values()].map((value) => Buffer.byteLength(value));
    expect(Math.max(...sizes)).toBeLessThanOrEqual(4096);
  });

  it("leave room in every function's environment", () => {
    for (const { inputs } of deployment.of("lambda/function:Function")) {
      const { variables = {} } = (inputs["environment"] ?? {}) as { variables?: Record<string, string> };
      expect(Buffer.byteLength(JSON.stringify(variables))).toBeLessThanOrEqual(4096);
    }
  });
});

it("roles: at most ten managed policies each, none longer than IAM allows", () => {
  const lengths = (type: string) => deployment.of(type).map(({ inputs }) => String(inputs["policy"]).length);
  expect(Math.max(...lengths("iam/rolePolicy:RolePolicy"))).toBeLessThanOrEqual(10_240);
  expect(Math.max(...lengths("iam/policy:Policy"))).toBeLessThanOrEqual(6144);
  const attached = new Map<string, number>();
  for (const { inputs } of deployment.of("iam/rolePolicyAttachment:RolePolicyAttachment")) {
    const role = String(inputs["role"]);
    attached.set(role, (attached.get(role) ?? 0) + 1);
  }
  expect(Math.max(...attached.values())).toBeLessThanOrEqual(10);
});

it("rules, schedules and queues are as many as of one pool, and the queues' policies as short", () => {
  const count = (type: string) => deployment.of(type).length;
  expect(count("cloudwatch/eventRule:EventRule")).toBe(3);
  expect(count("scheduler/schedule:Schedule")).toBe(3);
  expect(count("sqs/queue:Queue")).toBe(6);
  for (const { inputs } of deployment.of("sqs/queuePolicy:QueuePolicy")) {
    expect(Buffer.byteLength(String(inputs["policy"]))).toBeLessThan(1000);
  }
  for (const { inputs } of deployment.of("cloudwatch/eventRule:EventRule")) {
    expect(String(inputs["eventPattern"]).length).toBeLessThanOrEqual(2048);
  }
});

it("runs concurrently for all pools, within what an event source allows", () => {
  const { inputs } = one(deployment, "lambda/eventSourceMapping:EventSourceMapping", "-relocation-source");
  const { maximumConcurrency } = inputs["scalingConfig"] as { maximumConcurrency: number };
  expect(maximumConcurrency).toBeGreaterThan(100);
  expect(maximumConcurrency).toBeLessThanOrEqual(1000);
});

it("is healed by one invocation, whose input Lambda accepts", () => {
  const { input } = one(deployment, "lambda/invocation:Invocation", "-healing").inputs;
  expect(Buffer.byteLength(String(input))).toBeLessThan(6 * 1024 * 1024);
});
