import { describe, expect, it } from "vitest";
import { loadAttachSettings } from "../../src/config/attach-settings.ts";
import type { HoldfastInput } from "../../src/config/holdfast.ts";
import { loadSettings } from "../../src/config/settings.ts";
import { type Deployment, deploy, one, targets } from "./deployment.ts";

const withPolicy = (policy: "none" | "attach", more: object = {}): HoldfastInput => ({
  pools: {
    orders: {
      network: { create: { zones: 2 } },
      addresses: { spares: 1 },
      targets,
      guarded: { functions: ["labels"], policy },
      ...more,
    },
    plain: { network: { create: {} }, targets },
  },
});

function settingsOf(deployment: Deployment, part: string): string | undefined {
  const found = one(deployment, "lambda/function:Function", `-${part}-function`).inputs["environment"];
  return (found as { variables: Record<string, string> }).variables["HOLDFAST_SETTINGS"];
}

describe("guarded functions without the policy", () => {
  it("are no members, and nothing that could attach them is deployed", async () => {
    const deployment = await deploy(withPolicy("none"));
    expect(deployment.resources.filter(({ name }) => name.includes("-attach"))).toEqual([]);
    const { pools } = await loadSettings(settingsOf(deployment, "relocate"), async () => undefined);
    expect(pools[0]?.members).toEqual({ names: [], arns: [], tags: { "holdfast:pool": "orders" } });
  });
});

describe("attaching", () => {
  it("gets its pool's functions and network, and no pool without the policy", async () => {
    const deployment = await deploy(withPolicy("attach"));
    const { pools, deadLetterQueueUrl } = await loadAttachSettings(
      settingsOf(deployment, "attach"),
      async () => undefined,
    );
    const zones = deployment.of("ec2/subnet:Subnet").filter(({ name }) => /orders-zone/.test(name));
    const group = one(deployment, "ec2/securityGroup:SecurityGroup", "-orders-members-security-group").id;
    expect(pools).toEqual([
      { name: "orders", functions: ["labels"], subnetIds: zones.map(({ id }) => id), securityGroupIds: [group] },
    ]);
    expect(deadLetterQueueUrl).toBe(one(deployment, "sqs/queue:Queue", "-attach-dead-letters").outputs["url"]);
  });

  it("makes the functions members for relocation, besides the configured ones", async () => {
    const membersWith = async (more: object) => {
      const deployment = await deploy(withPolicy("attach", more));
      return (await loadSettings(settingsOf(deployment, "relocate"), async () => undefined)).pools[0]?.members;
    };
    expect(await membersWith({})).toEqual({ names: ["labels"], arns: [], tags: { "holdfast:pool": "orders" } });
    expect((await membersWith({ members: { names: ["pay-*"] } }))?.names).toEqual(["pay-*", "labels"]);
  });

  it("is started every minute, by the schedule alone", async () => {
    const deployment = await deploy(withPolicy("attach", { schedule: { sweepMinutes: 5 } }));
    const sweeps = deployment.of("scheduler/schedule:Schedule").filter(({ name }) => name.includes("-attach-"));
    expect(sweeps.map(({ inputs }) => inputs["scheduleExpression"])).toEqual(["rate(1 minute)"]);
    expect(deployment.of("cloudwatch/eventRule:EventRule").filter(({ name }) => name.includes("attach"))).toEqual([]);
    expect(deployment.of("sqs/queuePolicy:QueuePolicy").filter(({ name }) => name.includes("attach"))).toEqual([]);
  });

  it("shows in its pool's section of the dashboard what the guards report and what was attached", async () => {
    const sectionOf = async (policy: "none" | "attach", pool: string) => {
      const deployment = await deploy({ ...withPolicy(policy), monitoring: "full" });
      const { inputs } = one(deployment, "cloudwatch/dashboard:Dashboard");
      const { widgets } = JSON.parse(String(inputs["dashboardBody"])) as { widgets: object[] };
      const texts = widgets.map((it) => JSON.stringify(it));
      const from = texts.findIndex((it) => it.includes(`# Pool ${pool}`));
      const length = texts.slice(from + 1).findIndex((it) => it.includes("# Pool "));
      return texts.slice(from, length < 0 ? undefined : from + 1 + length).join();
    };
    const shown = ["GuardCurable", "FunctionsAttached", "AttachAttention", "/aws/lambda/holdfast-test-attach"];
    const seenIn = (section: string) => shown.filter((part) => section.includes(part));
    expect(seenIn(await sectionOf("attach", "orders"))).toEqual(shown);
    expect(seenIn(await sectionOf("attach", "plain"))).toEqual([]);
    expect(seenIn(await sectionOf("none", "orders"))).toEqual(["GuardCurable"]);
  });
});
