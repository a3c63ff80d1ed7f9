import { output } from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import type { HoldfastInput } from "../../src/config/holdfast.ts";
import { loadCanarySettings, type ProbingPool, readTargets } from "../../src/config/probing-settings.ts";
import { loadSettings } from "../../src/config/settings.ts";
import type { OwnAddresses } from "../../src/pool/lost-addresses.ts";
import { parseChange } from "../../src/relocation/changes.ts";
import { emptyAccount } from "../../testing/deployment/stand-in/account.ts";
import { localZone } from "../deploy/accounts.ts";
import { type Deployment, deploy, one, resolved, smallest, targets } from "./deployment.ts";

/** When messages are read here. */
const nowMs = Date.UTC(2026, 0, 1, 0, 5);
const read = (body: string) => parseChange(body, nowMs);

const pool = (more: object): HoldfastInput => ({
  pools: { orders: { network: { create: {} }, targets, ...more } },
});

describe("the canary's schedule", () => {
  it("drops a round that failed or is late, since the next one follows", async () => {
    const deployment = await deploy(smallest);
    const { target } = one(deployment, "scheduler/schedule:Schedule", "-rounds").inputs;
    expect(target).toMatchObject({ retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 } });
    const { inputs } = one(deployment, "lambda/functionEventInvokeConfig:FunctionEventInvokeConfig", "-once");
    expect(inputs).toMatchObject({ maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 });
    expect(inputs["functionName"]).toMatch(/-canary$/);
  });
});

describe("network", () => {
  it("gives each zone a subnet and a route table of its own, and an address", async () => {
    const { of } = await deploy(
      pool({ network: { create: { zones: 3, cidr: "10.7.0.0/16" } }, addresses: { spares: 1 } }),
    );
    const subnets = of("ec2/subnet:Subnet").map(({ inputs }) => inputs["cidrBlock"]);
    expect(subnets.sort()).toEqual(["10.7.0.0/20", "10.7.16.0/20", "10.7.255.0/28", "10.7.255.16/28", "10.7.32.0/20"]);
    const zones = of("ec2/subnet:Subnet").filter(({ name }) => name.includes("zone"));
    expect(new Set(zones.map(({ inputs }) => inputs["availabilityZone"])).size).toBe(3);
    expect(of("ec2/routeTable:RouteTable")).toHaveLength(5);
    expect(of("ec2/eip:Eip")).toHaveLength(4);
  });

  it("is in the region's Availability Zones, not in a Local Zone, which AWS lists first", async () => {
    const { of } = await deploy(smallest, "test", { ...emptyAccount, zones: [localZone, ...emptyAccount.zones] });
    const zones = of("ec2/subnet:Subnet").map(({ inputs }) => inputs["availabilityZone"]);
    expect(new Set(zones)).toEqual(new Set(["us-east-1a"]));
  });

  it("adds a zone that none of its subnets uses, whatever the order in which AWS lists zones", async () => {
    const tags = { "holdfast:stage": "holdfast-test", "holdfast:pool": "orders" };
    const account = {
      ...emptyAccount,
      vpcs: [{ vpcId: "vpc-0a", cidr: "10.97.0.0/16", tags }],
      // Made while the region's first zone was not available.
      subnets: [
        { subnetId: "subnet-0a", vpcId: "vpc-0a", zone: "b", tags: { ...tags, Name: "holdfast-test-orders-zone-1" } },
        { subnetId: "subnet-0n", vpcId: "vpc-0a", zone: "a", tags: { ...tags, Name: "holdfast-test-orders-nat" } },
      ],
    };
    const { of } = await deploy(pool({ network: { create: { zones: 3 } } }), "test", { ...account, addressQuota: 9 });
    const zones = of("ec2/subnet:Subnet").filter(({ name }) => name.includes("zone"));
    const placed = Object.fromEntries(zones.map(({ name, inputs }) => [name.at(-8), inputs["availabilityZone"]]));
    expect(placed).toEqual({ 1: "us-east-1b", 2: "us-east-1a", 3: "us-east-1c" });
  });

  it("does not change the default routes that the running system has set", async () => {
    const { of } = await deploy(smallest);
    const routes = of("ec2/route:Route");
    expect(routes).toHaveLength(3);
    for (const { name, inputs, options } of routes) {
      expect(inputs).toMatchObject({ destinationCidrBlock: "0.0.0.0/0", gatewayId: expect.stringMatching(/^igw-/) });
      // Nothing of Holdfast's changes the scout's and the NAT gateway's: those a deployment puts right.
      expect(options.ignoreChanges).toEqual(name.includes("zone") ? ["gatewayId", "natGatewayId"] : []);
    }
  });

  it("allows no ingress", async () => {
    const { of } = await deploy(smallest);
    expect(of("ec2/securityGroup:SecurityGroup").flatMap(({ inputs }) => inputs["ingress"] ?? [])).toEqual([]);
  });

  it("reaches S3 and DynamoDB through free gateway endpoints, and other services when configured", async () => {
    const asked = { interfaceEndpoints: ["secretsmanager"], privateLink: ["com.amazonaws.vpce.us-east-1.vpce-svc-0a"] };
    const { of } = await deploy(pool({ network: { create: asked } }));
    expect(
      of("ec2/vpcEndpoint:VpcEndpoint").map(({ inputs }) => [
        inputs["vpcEndpointType"],
        inputs["serviceName"],
        inputs["privateDnsEnabled"],
      ]),
    ).toEqual(
      expect.arrayContaining([
        ["Gateway", "com.amazonaws.us-east-1.s3", undefined],
        ["Gateway", "com.amazonaws.us-east-1.dynamodb", undefined],
        ["Interface", "com.amazonaws.us-east-1.secretsmanager", true],
        ["Interface", "com.amazonaws.vpce.us-east-1.vpce-svc-0a", false],
      ]),
    );
  });

  it("shows destinations that are not targets when flows are logged", async () => {
    const known = [{ ...targets[0], networks: ["203.0.113.0/24"] }];
    const deployment = await deploy(pool({ network: { create: { flowLogs: { days: 7 } } }, targets: known }));
    const body = String(one(deployment, "cloudwatch/dashboard:Dashboard").inputs["dashboardBody"]);
    expect(body).toContain('not isIpv4InSubnet(dstAddr, \\"203.0.113.0/24\\")');
    expect(one(deployment, "ec2/flowLog:FlowLog").inputs["trafficType"]).toBe("ACCEPT");
  });
});

describe("addresses", () => {
  const rows = [
    { stage: "production", onRemove: undefined, retain: true },
    { stage: "production", onRemove: "retain", retain: true },
    { stage: "production", onRemove: "release", retain: false },
    { stage: "dev", onRemove: undefined, retain: false },
    { stage: "dev", onRemove: "retain", retain: true },
  ] as const;
  it.each(rows)("in $stage with onRemove $onRemove", async ({ stage, onRemove, retain }) => {
    const { of } = await deploy({ ...smallest, addresses: onRemove ? { onRemove } : {} }, stage);
    expect(of("ec2/eip:Eip")).toHaveLength(2);
    for (const { options } of of("ec2/eip:Eip")) {
      // A protected address that the file no longer names would fail every later deployment.
      expect(options).toMatchObject({ protect: false, retainOnDelete: retain });
    }
  });

  it("that this deployment releases or drops are not in the outputs any more", async () => {
    const of = (tags: object) => ({ "holdfast:pool": "orders", "holdfast:role": "egress", ...tags });
    const addresses = [
      { allocationId: "eipalloc-0d", tags: of({ "holdfast:stage": "holdfast-test", "holdfast:adopted": "true" }) },
      {
        allocationId: "eipalloc-0e",
        tags: of({ "holdfast:stage": "holdfast-test", Name: "holdfast-test-orders-egress-3" }),
      },
    ];
    const account = { ...emptyAccount, addresses };
    const listed = async (onRemove: "release" | "retain") => {
      const { outputs } = await deploy({ ...smallest, addresses: { onRemove } }, "test", account);
      return (await resolved(outputs["orders"]?.addresses ?? output([]))) as string[];
    };
    expect(await listed("release")).toHaveLength(2);
    expect(await listed("retain")).toHaveLength(3);
  });

  it("with the pool's tag are in the outputs, also when tagged manually, those of the fallback last", async () => {
    const tags = { "holdfast:pool": "orders", "holdfast:role": "egress" };
    const addresses = [{ allocationId: "eipalloc-0e", tags }];
    const { outputs, of } = await deploy(pool({ fallback: { standby: "cold" } }), "test", {
      ...emptyAccount,
      addresses,
    });
    const listed = (await resolved(outputs["orders"]?.addresses ?? output([]))) as string[];
    const ofRole = (role: string) =>
      of("ec2/eip:Eip")
        .filter(({ name }) => name.includes(role))
        .map((it) => it.outputs["publicIp"]);
    expect(listed).toHaveLength(4);
    expect(listed.slice(0, 2).sort()).toEqual(ofRole("egress").sort());
    expect(listed.slice(3)).toEqual(ofRole("fallback"));
  });

  it("carry pool and role, and keep the tags that are written at run time", async () => {
    const { of } = await deploy(pool({ fallback: { standby: "cold" } }));
    const roles = of("ec2/eip:Eip").map(({ inputs }) => (inputs["tags"] as Record<string, string>)["holdfast:role"]);
    expect(roles.sort()).toEqual(["egress", "egress", "fallback"]);
    for (const { options } of of("ec2/eip:Eip")) {
      expect(options.ignoreChanges).toEqual(
        expect.arrayContaining([
          ...["use", "verdict", "override"].map((key) => `tags["holdfast:${key}"]`),
          "networkInterface",
        ]),
      );
    }
  });

  it("from allocationIds are tagged and not changed otherwise", async () => {
    const addresses = ["eipalloc-0a", "eipalloc-0b"].map((allocationId) => ({ allocationId, tags: {} }));
    const input = pool({ addresses: { allocationIds: ["eipalloc-0a", "eipalloc-0b"] } });
    const { of, outputs } = await deploy(input, "production", { ...emptyAccount, addresses });
    expect(of("ec2/eip:Eip")).toEqual([]);
    expect(
      of("ec2/tag:Tag")
        .map(({ inputs }) => `${inputs["resourceId"]} ${inputs["key"]}=${inputs["value"]}`)
        .sort(),
    ).toEqual([
      "eipalloc-0a holdfast:adopted=true",
      "eipalloc-0a holdfast:pool=orders",
      "eipalloc-0a holdfast:role=egress",
      "eipalloc-0a holdfast:stage=holdfast-production",
      "eipalloc-0b holdfast:adopted=true",
      "eipalloc-0b holdfast:pool=orders",
      "eipalloc-0b holdfast:role=egress",
      "eipalloc-0b holdfast:stage=holdfast-production",
    ]);
    expect(await resolved(outputs["orders"]?.addresses ?? output([]))).toEqual([
      expect.stringMatching(/^198\./),
      expect.stringMatching(/^198\./),
    ]);
    // Written first and taken off last, so that no life of the stage takes the address for its own.
    for (const { inputs, options } of of("ec2/tag:Tag").filter(({ inputs }) => inputs["key"] !== "holdfast:adopted")) {
      const adopted = of("ec2/tag:Tag").find(
        (it) => it.inputs["resourceId"] === inputs["resourceId"] && it.inputs["key"] === "holdfast:adopted",
      );
      expect(options.dependsOn).toContain(adopted?.urn);
    }
  });

  it("say what the deployment says of them", async () => {
    for (const [stage, said] of [["production", "protect"] as const, ["dev", "release"] as const]) {
      const { of } = await deploy(smallest, stage);
      const tags = of("ec2/tag:Tag").filter(({ inputs }) => inputs["key"] === "holdfast:on-remove");
      expect(tags.map(({ inputs }) => inputs["value"])).toEqual([said, said]);
    }
  });
});

/** Returns what relocation's settings say of the one pool's own addresses. */
async function ownAddressesIn(deployment: Deployment): Promise<OwnAddresses | undefined> {
  const { environment } = one(deployment, "lambda/function:Function", "-relocate-function").inputs;
  const { HOLDFAST_SETTINGS: text } = (environment as { variables: Record<string, string> }).variables;
  return (await loadSettings(text, async () => undefined)).pools[0]?.addresses;
}

/** Returns the addresses that the deployment allocates in this role: allocation id → public address. */
function publicIpsOf({ of }: Deployment, role: string): Record<string, string> {
  const those = of("ec2/eip:Eip").filter(
    ({ inputs }) => Reflect.get(inputs["tags"] as object, "holdfast:role") === role,
  );
  return Object.fromEntries(those.map(({ id, outputs }) => [id, String(outputs["publicIp"])]));
}

describe("relocation", () => {
  it("gets settings that its schema accepts", async () => {
    const deployment = await deploy(smallest);
    const { variables } = one(deployment, "lambda/function:Function", "-relocate-function").inputs["environment"] as {
      variables: Record<string, string>;
    };
    const settings = await loadSettings(variables["HOLDFAST_SETTINGS"], async () => undefined);
    const zone = deployment.of("ec2/subnet:Subnet").filter(({ name }) => name.includes("zone"));
    expect(settings.pools).toEqual([
      {
        name: "orders",
        members: { names: [], arns: [], tags: { "holdfast:pool": "orders" } },
        network: { vpcId: one(deployment, "ec2/vpc:Vpc").id, subnetIds: zone.map(({ id }) => id) },
        scout: {
          subnetId: one(deployment, "ec2/subnet:Subnet", "-scout-subnet").id,
          securityGroupId: one(deployment, "ec2/securityGroup:SecurityGroup", "-scout-security-group").id,
          monthlyVerifications: 60,
        },
        guarded: [],
        addresses: { egress: publicIpsOf(deployment, "egress"), fallback: {} },
        drainSeconds: "longest call",
        sweepMinutes: 1,
      },
    ]);
  });

  it("knows every address of the configuration: allocated, adopted and the fallback's", async () => {
    const allocated = await deploy(pool({ fallback: { standby: "cold" } }));
    const own = await ownAddressesIn(allocated);
    expect(own).toEqual({
      egress: publicIpsOf(allocated, "egress"),
      fallback: publicIpsOf(allocated, "fallback"),
    });
    expect(Object.keys(own?.fallback ?? {})).toHaveLength(1);
    const account = {
      ...emptyAccount,
      addresses: ["eipalloc-0a", "eipalloc-0b"].map((allocationId) => ({ allocationId, tags: {} })),
    };
    const adopted = await deploy(
      pool({ addresses: { allocationIds: ["eipalloc-0a", "eipalloc-0b"] } }),
      "test",
      account,
    );
    expect(Object.keys((await ownAddressesIn(adopted))?.egress ?? {})).toEqual(["eipalloc-0a", "eipalloc-0b"]);
  });

  it("shares the month's verifications among the pools that have a scout", async () => {
    const pools = Object.fromEntries(
      ["orders", "payments", "carriers"].map((name, index) => [
        name,
        { network: { create: { cidr: `10.${index}.0.0/16` } }, addresses: { spares: 0 }, targets },
      ]),
    );
    const deployment = await deploy({ pools, budgets: { verificationsPerMonth: 50 } });
    const { variables } = one(deployment, "lambda/function:Function", "-relocate-function").inputs["environment"] as {
      variables: Record<string, string>;
    };
    const settings = await loadSettings(variables["HOLDFAST_SETTINGS"], async () => undefined);
    expect(settings.pools.map(({ scout }) => scout?.monthlyVerifications)).toEqual([16, 16, 16]);
  });

  it("reads long settings from a parameter", async () => {
    const deployment = await deploy(pool({ members: { names: Array.from({ length: 300 }, (_, n) => `orders-${n}`) } }));
    const { variables } = one(deployment, "lambda/function:Function", "-relocate-function").inputs["environment"] as {
      variables: Record<string, string>;
    };
    // Other settings are another version, which changes the function, so that no environment keeps the old ones.
    expect(variables).toEqual({
      HOLDFAST_SETTINGS: "ssm:/holdfast/holdfast-test/relocate",
      HOLDFAST_SETTINGS_VERSION: "1",
    });
    const { value } = one(deployment, "ssm/parameter:Parameter", "-relocate-settings").inputs;
    const read = async (name: string) => (name === "/holdfast/holdfast-test/relocate" ? String(value) : undefined);
    expect((await loadSettings(variables["HOLDFAST_SETTINGS"], read)).pools[0]?.members.names).toHaveLength(300);
  });

  it("parses what the schedule and the deployment send", async () => {
    const deployment = await deploy(smallest);
    const { input } = one(deployment, "scheduler/schedule:Schedule", "-sweep").inputs["target"] as { input: string };
    expect(read(input.replace("<aws.scheduler.scheduled-time>", "2026-01-01T00:01:00Z")).kind).toBe("sweep");
    const { Records } = JSON.parse(String(one(deployment, "lambda/invocation:Invocation", "-healing").inputs["input"]));
    expect(read(Records[0].body).kind).toBe("sweep");
  });

  it("is reached by its rules only", async () => {
    const deployment = await deploy(smallest);
    const rules = deployment.of("cloudwatch/eventRule:EventRule").map(({ outputs }) => outputs["arn"]);
    expect(rules).toHaveLength(2);
    for (const { inputs } of deployment.of("sqs/queuePolicy:QueuePolicy")) {
      const [{ Principal, Action, Condition }] = JSON.parse(String(inputs["policy"])).Statement;
      expect({ Principal, Action }).toEqual({
        Principal: { Service: "events.amazonaws.com" },
        Action: "sqs:SendMessage",
      });
      expect(Condition.ArnEquals["aws:SourceArn"].sort()).toEqual(rules.sort());
    }
  });

  it("deduplicates within a pool: rules send the same text for several pools", async () => {
    const queues = (await deploy(smallest)).of("sqs/queue:Queue").filter(({ inputs }) => inputs["fifoQueue"]);
    expect(queues.map(({ inputs }) => inputs["deduplicationScope"])).toEqual(["messageGroup", "messageGroup"]);
  });

  it("runs for as many pools at a time as there are, and passes on events and sweeps besides", async () => {
    const { targets: list, ...network } = { targets, network: { create: {} } };
    const many = Object.fromEntries(["a", "b", "c"].map((name) => [name, { ...network, targets: list }]));
    const deployment = await deploy({ pools: many }, "test", { ...emptyAccount, addressQuota: 6 });
    expect(one(deployment, "lambda/eventSourceMapping:EventSourceMapping").inputs).toMatchObject({
      batchSize: 1,
      functionResponseTypes: ["ReportBatchItemFailures"],
      scalingConfig: { maximumConcurrency: 6 },
    });
  });

  it("has rules and sweeps for the deployment, not for each pool: what is for several goes to groups of its own", async () => {
    const interval = (sweepMinutes: number) => ({ network: { create: {} }, targets, schedule: { sweepMinutes } });
    const pools = { a: interval(1), b: interval(5), c: interval(1) };
    const deployment = await deploy({ pools }, "test", { ...emptyAccount, addressQuota: 6 });
    const groups = deployment
      .of("cloudwatch/eventTarget:EventTarget")
      .map(({ inputs }) => inputs["sqsTarget"] as { messageGroupId: string });
    expect(groups.map(({ messageGroupId }) => messageGroupId).sort()).toEqual(["*blocks", "*changes"]);
    const schedules = deployment.of("scheduler/schedule:Schedule").filter(({ name }) => name.endsWith("-sweep"));
    expect(schedules.map(({ inputs }) => inputs)).toMatchObject(
      [1, 5].map((everyMinutes) => ({
        scheduleExpression: `rate(${everyMinutes} ${everyMinutes === 1 ? "minute" : "minutes"})`,
        target: {
          input: JSON.stringify({ kind: "sweep", scheduledTime: "<aws.scheduler.scheduled-time>", everyMinutes }),
          sqsParameters: { messageGroupId: "*sweeps" },
        },
      })),
    );
  });

  it("reads several messages at a time when they are all one pool's", async () => {
    const source = one(await deploy(smallest), "lambda/eventSourceMapping:EventSourceMapping");
    expect(source.inputs).toMatchObject({ batchSize: 10, scalingConfig: { maximumConcurrency: 2 } });
  });
});

describe("probing", () => {
  it("has a probe in each subnet and a scout, and a canary outside that knows them", async () => {
    const deployment = await deploy(pool({ network: { create: { zones: 2 } } }));
    const probes = deployment.of("lambda/function:Function").filter(({ inputs }) => "vpcConfig" in inputs);
    const { value } = one(deployment, "ssm/parameter:Parameter", "-canary-settings").inputs;
    const settings = await loadCanarySettings("ssm:x", async () => String(value));
    expect(settings.pools[0]?.probes).toEqual(
      ["zone-1", "zone-2", "scout"].map((vantage) => ({
        functionArn: probes.find(({ name }) => name.includes(`-${vantage}-`))?.outputs["arn"],
        vantage,
        kind: vantage === "scout" ? "scout" : "serving",
      })),
    );
    expect(readTargets(settings.pools[0] as ProbingPool).refused.size).toBe(0);
    const subnets = probes.map(({ inputs }) => (inputs["vpcConfig"] as { subnetIds: string[] }).subnetIds[0]);
    expect(new Set(subnets).size).toBe(3);
    for (const { options } of probes) expect(options.ignoreChanges).toEqual(["vpcConfig"]);
    expect(one(deployment, "lambda/function:Function", "-canary-function").inputs).not.toHaveProperty("vpcConfig");
  });
});

describe("trail", () => {
  it("is not created unless configured", async () => {
    expect((await deploy(smallest)).of("cloudtrail/trail:Trail")).toEqual([]);
    const trail = one(await deploy({ ...smallest, trail: "create" }), "cloudtrail/trail:Trail");
    expect(trail.inputs["eventSelectors"]).toEqual([{ readWriteType: "WriteOnly", includeManagementEvents: true }]);
  });
});

describe("the outputs of a pool", () => {
  it("joins a member with one spread", async () => {
    const { outputs, of } = await deploy(smallest);
    const { member, dashboardUrl } = outputs["orders"] ?? {};
    const zones = of("ec2/subnet:Subnet").filter(({ name }) => name.includes("zone"));
    expect(member?.tags).toEqual({ "holdfast:pool": "orders" });
    expect(await resolved(member?.vpc.privateSubnets ?? [])).toEqual(zones.map(({ id }) => id));
    expect(dashboardUrl && (await resolved(dashboardUrl))).toMatch(/#dashboards\/dashboard\/holdfast-test$/);
  });
});
