import { readFileSync, statSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { functionChanges, interfaceChanges } from "../../src/relocation/changes.ts";
import { type Account, emptyAccount } from "../../testing/deployment/stand-in/account.ts";
import { type Backend, startBackend } from "../../testing/deployment/stand-in/backend.ts";
import { createProject, type Run, sst } from "../../testing/deployment/stand-in/project.ts";
import type { RecordedResource } from "../../testing/deployment/stand-in/recorder.ts";
import { existing } from "./accounts.ts";

interface Example {
  readonly name: string;
  readonly pool: string;
  readonly account: Account;
  readonly allocated: number;
  readonly adopted: number;
  readonly hasFallback: boolean;
  readonly attaches?: true;
}

const examples: Example[] = [
  { name: "smallest", pool: "partners", account: emptyAccount, allocated: 2, adopted: 0, hasFallback: false },
  { name: "two-zones", pool: "payments", account: emptyAccount, allocated: 4, adopted: 0, hasFallback: true },
  {
    name: "existing-network",
    pool: "ledger",
    account: existing,
    allocated: 0,
    adopted: 4,
    hasFallback: true,
    attaches: true,
  },
  { name: "inside-an-app", pool: "carriers", account: emptyAccount, allocated: 4, adopted: 0, hasFallback: false },
];

function relocateOf({ records }: Run): RecordedResource {
  const found = records.find(({ name }) => name.endsWith("-relocate-function"));
  if (!found) throw new Error("relocate is not deployed");
  return found;
}

let backend: Backend;
beforeAll(async () => {
  backend = await startBackend();
});
afterAll(() => backend.close());

describe.each(examples)("examples/$name", ({ name, pool, account, allocated, adopted, hasFallback, attaches }) => {
  let deployed: Run;
  let diffed: Run;
  beforeAll(async () => {
    const folder = createProject(`examples/${name}`, { builds: true });
    deployed = await sst(folder, "deploy", "production", account, backend);
    diffed = await sst(folder, "diff", "production", account, backend);
  });
  const of = (type: string) => deployed.records.filter((it) => it.type === `aws:${type}`);
  const json = (it: RecordedResource | undefined, key: string) => JSON.parse(String(it?.inputs[key]));

  it("deploys and diffs", () => {
    expect([deployed.exitCode, diffed.exitCode], deployed.output + diffed.output).toEqual([0, 0]);
    const ours = ({ records }: Run) => records.map(({ urn }) => urn).filter((urn) => urn.includes("::holdfast:index:"));
    expect(ours(diffed).sort()).toEqual(ours(deployed).sort());
  });

  it("hears of changes and passes them to the pool's group of a FIFO queue", () => {
    const isChange = ({ name: it }: RecordedResource) => it.endsWith("-relocation-changes");
    const rule = of("cloudwatch/eventRule:EventRule").find(isChange);
    const target = of("cloudwatch/eventTarget:EventTarget").find(isChange);
    const queue = of("sqs/queue:Queue").find((it) => it.outputs["arn"] === target?.inputs["arn"]);
    expect(json(rule, "eventPattern")).toEqual({
      source: ["aws.lambda", "aws.ec2"],
      "detail-type": ["AWS API Call via CloudTrail"],
      detail: {
        eventSource: ["lambda.amazonaws.com", "ec2.amazonaws.com"],
        eventName: [...functionChanges, ...interfaceChanges].map((prefix) => ({ prefix })),
        errorCode: [{ exists: false }],
      },
    });
    expect(target?.inputs["sqsTarget"]).toEqual({ messageGroupId: pool });
    expect(queue?.inputs).toMatchObject({
      fifoQueue: true,
      contentBasedDeduplication: true,
      visibilityTimeoutSeconds: 95,
    });
    const dead = of("sqs/queue:Queue").find(({ name: it }) => it.endsWith("-relocation-dead-letters"));
    expect(json(queue, "redrivePolicy")).toEqual({ deadLetterTargetArn: dead?.outputs["arn"], maxReceiveCount: 1000 });
  });

  it("sends sweeps to the same group", () => {
    const sweeps = of("scheduler/schedule:Schedule").filter(({ name }) => name.endsWith("-sweep"));
    const sweep = {
      scheduleExpression: "rate(1 minute)",
      target: {
        input: '{"kind":"sweep","scheduledTime":"<aws.scheduler.scheduled-time>","everyMinutes":1}',
        sqsParameters: { messageGroupId: pool },
      },
    };
    const actuators = 1 + (hasFallback ? 1 : 0) + (attaches ? 1 : 0);
    expect(sweeps.map(({ inputs }) => inputs)).toMatchObject(Array.from({ length: actuators }, () => sweep));
  });

  it("packages the built bundle, outside every VPC", () => {
    const relocate = relocateOf(deployed);
    expect(relocate.inputs).toMatchObject({
      runtime: "nodejs24.x",
      architectures: ["arm64"],
      handler: "index.handler",
    });
    expect(relocate.inputs).not.toHaveProperty("vpcConfig");
    const { assets } = relocate.inputs["code"] as { assets: Record<string, { path: string }> };
    const path = assets["index.mjs"]?.path ?? "";
    expect(readFileSync(path, "utf8")).toContain("holdfast:pool");
    expect(statSync(path).size).toBeGreaterThan(100_000);
  });

  it("tells relocation of the network that was deployed", () => {
    const relocate = relocateOf(deployed);
    const { variables } = relocate.inputs["environment"] as { variables: Record<string, string> };
    const { pools } = JSON.parse(variables["HOLDFAST_SETTINGS"] ?? "");
    expect(pools).toMatchObject([{ name: pool, network: { vpcId: expect.stringMatching(/^vpc-/) } }]);
    expect(pools[0].network.subnetIds).not.toContain(undefined);
  });

  it("keeps every address in production, and fails over none that the file drops", () => {
    const addresses = of("ec2/eip:Eip");
    expect(addresses).toHaveLength(allocated);
    for (const { options, inputs } of addresses) {
      expect(options).toMatchObject({ protect: false, retainOnDelete: true });
      expect(inputs["tags"]).toMatchObject({ "holdfast:pool": pool });
    }
    const tags = of("ec2/tag:Tag").filter(({ inputs }) => inputs["key"] === "holdfast:pool");
    const taggedIds = new Set(tags.map(({ inputs }) => String(inputs["resourceId"])));
    expect([...taggedIds].filter((it) => it.startsWith("eipalloc-"))).toHaveLength(adopted);
    const tables = account.routeTables.filter(({ routeTableId }) => taggedIds.has(routeTableId));
    expect(tables.map(({ defaultRoute }) => defaultRoute)).toEqual(adopted > 0 ? ["igw-0a", "igw-0a"] : []);
  });

  it("has a fallback only where the file asks for one", () => {
    const named = deployed.records.filter(({ name: it }) => /-fallback-(function|queue|source)$/.test(it));
    expect(named.map(({ type }) => type.split(":")[2])).toHaveLength(hasFallback ? 3 : 0);
  });

  it("attaches guarded functions only where the file asks for it", () => {
    const named = deployed.records.filter(({ name: it }) => /-attach-(function|queue|source)$/.test(it));
    expect(named.map(({ type }) => type.split(":")[2])).toHaveLength(attaches ? 3 : 0);
  });

  it("leaves the members' default routes to the running system", () => {
    for (const { options } of of("ec2/route:Route").filter(({ name: it }) => it.includes("-zone-"))) {
      expect(options.ignoreChanges).toEqual(["gatewayId", "natGatewayId"]);
    }
  });

  it("heals once at the end, as the queue would ask", () => {
    const healing = of("lambda/invocation:Invocation").find((it) => it.name.endsWith("-healing"));
    const { Records } = json(healing, "input");
    expect(Records).toMatchObject([{ attributes: { MessageGroupId: pool } }]);
    expect(healing?.options.dependsOn.join()).toMatch(/EventSourceMapping.*/);
  });

  it("costs what docs/cost.md says", () => {
    const { widgets } = json(of("cloudwatch/dashboard:Dashboard")[0], "dashboardBody");
    const texts: string[] = widgets.flatMap(
      ({ properties }: { properties: { markdown?: string } }) => properties.markdown ?? [],
    );
    const table = texts
      .find((text) => text.includes("| per month | USD |"))
      ?.split("\n")
      .slice(1)
      .join("\n")
      .trim();
    expect(table).toMatch(/Elastic IPs/);
    expect(readFileSync("docs/cost.md", "utf8")).toContain(`## ${name}\n${table}`);
  });

  it("shows a dashboard whose alarms exist and explain themselves", () => {
    const alarms = of("cloudwatch/metricAlarm:MetricAlarm");
    const runbook = readFileSync("docs/runbook.md", "utf8");
    const { widgets } = json(of("cloudwatch/dashboard:Dashboard")[0], "dashboardBody");
    const shown = widgets.flatMap(({ properties }: { properties: { alarms?: string[] } }) => properties.alarms ?? []);
    expect([...new Set(shown)].sort()).toEqual(alarms.map((it) => it.outputs["arn"]).sort());
    for (const { inputs } of alarms) {
      const section = /#([a-z-]+)$/.exec(String(inputs["alarmDescription"]))?.[1];
      expect(runbook).toContain(`\n## ${section}\n`);
      // That one is for fallback alone.
      expect(inputs["alarmActions"] ?? []).toHaveLength(section === "escalation" ? 0 : 1);
    }
  });
});

describe("examples/inside-an-app", () => {
  it("has a member that spreads one output", async () => {
    const { records } = await sst(createProject("examples/inside-an-app"), "deploy", "dev", emptyAccount, backend);
    const member = records.find((it) => it.type === "aws:lambda/function:Function" && it.name.startsWith("Labels"));
    const groups = records.filter((it) => it.name === "Holdfast-carriers-members-security-group").map(({ id }) => id);
    const subnets = records.filter((it) => /zone-\d-subnet$/.test(it.name)).map(({ id }) => id);
    expect(member?.inputs["vpcConfig"]).toMatchObject({ securityGroupIds: groups, subnetIds: subnets });
    expect(member?.inputs["tags"]).toMatchObject({ "holdfast:pool": "carriers" });
  });
});
