import { beforeAll, describe, expect, it } from "vitest";
import type { HoldfastInput } from "../../src/config/holdfast.ts";
import { parseTeardown } from "../../src/config/teardown-request.ts";
import { emptyAccount } from "../../testing/deployment/stand-in/account.ts";
import type { RecordedResource } from "../../testing/deployment/stand-in/recorder.ts";
import { type Deployment, deploy, one, targets } from "./deployment.ts";

type PoolInput = HoldfastInput["pools"][string];

const orders: PoolInput = {
  network: { create: { zones: 2, interfaceEndpoints: ["secretsmanager"] } },
  addresses: { spares: 1 },
  targets,
  fallback: { standby: "cold" },
  guarded: { functions: ["labels"], policy: "attach" },
};
const ledger: PoolInput = { network: { create: { cidr: "10.98.0.0/16" } }, targets };
const wide = { ...emptyAccount, addressQuota: 50 };

const teardowns = ({ of }: Deployment, part = "") =>
  of("lambda/invocation:Invocation").filter(({ name }) => name.endsWith(`${part}-teardown`));

/** As the provider asks at creation. */
function requestOf({ inputs }: RecordedResource) {
  return parseTeardown({ ...JSON.parse(String(inputs["input"])), tf: { action: "create", prev_input: null } }).request;
}

/** Names of everything that is deleted only after the resource: what it depends on, in however many steps. */
function deletedAfter({ resources }: Deployment, resource: RecordedResource): string[] {
  const byUrn = new Map(resources.map((it) => [it.urn, it]));
  const found = new Map<string, RecordedResource>();
  const take = ({ options }: RecordedResource) => {
    for (const urn of options.dependsOn) {
      const next = byUrn.get(urn);
      if (!next || found.has(urn)) continue;
      found.set(urn, next);
      take(next);
    }
  };
  take(resource);
  return [...found.values()].map(({ name }) => name);
}

describe("teardowns", () => {
  let deployment: Deployment;
  beforeAll(async () => {
    deployment = await deploy({ pools: { orders, ledger } }, "test", wide);
  });

  it("are one per place of interfaces, one where there is a fallback, and one for addresses that are released", () => {
    const names = teardowns(deployment).map(({ name }) => name.replace(/^Holdfast-|-teardown$/g, ""));
    const ofOrders = ["orders-addresses", "orders-fallback", "orders-scout", "orders-zone-1", "orders-zone-2"];
    expect(names.sort()).toEqual(["ledger-addresses", "ledger-scout", "ledger-zone-1", ...ofOrders]);
    for (const { inputs } of teardowns(deployment)) expect(inputs["lifecycleScope"]).toBe("CRUD");
  });

  it("have their place, its groups, and all of the pool's probes as input", () => {
    const parts = ["orders-zone-1", "orders-scout", "orders-fallback", "orders-addresses"];
    const [zone, scout, fallback, addresses] = parts.map((part) => {
      const [found] = teardowns(deployment, part);
      return found && requestOf(found);
    });
    const idOf = (type: string, name: string) => one(deployment, type, `-orders-${name}`).id;
    const vpcId = idOf("ec2/vpc:Vpc", "vpc");
    const arns = ["zone-1", "zone-2", "scout"].map(
      (vantage) => one(deployment, "lambda/function:Function", `-orders-${vantage}-function`).outputs["arn"],
    );
    const common = { kind: "subnet", pool: "orders", vpcId, deletesSubnet: true, probeArns: arns };
    expect(zone).toEqual({
      ...common,
      subnetId: idOf("ec2/subnet:Subnet", "zone-1-subnet"),
      securityGroupIds: [idOf("ec2/securityGroup:SecurityGroup", "members-security-group")],
    });
    expect(scout).toEqual({
      ...common,
      subnetId: idOf("ec2/subnet:Subnet", "scout-subnet"),
      securityGroupIds: [idOf("ec2/securityGroup:SecurityGroup", "scout-security-group")],
    });
    const tables = ["zone-1-routes", "zone-2-routes"].map((name) => idOf("ec2/routeTable:RouteTable", name));
    expect(fallback).toEqual({ kind: "fallback", pool: "orders", vpcId, routeTableIds: tables });
    expect(addresses).toEqual({
      ...{ kind: "addresses", pool: "orders", vpcId, hasFallback: true },
      allocationIds: ["egress-1", "egress-2", "egress-3", "fallback-1"].map((name) => idOf("ec2/eip:Eip", name)),
      subnetIds: ["zone-1-subnet", "zone-2-subnet"].map((name) => idOf("ec2/subnet:Subnet", name)),
      scout: {
        subnetId: scout?.kind === "subnet" && scout.subnetId,
        securityGroupId: idOf("ec2/securityGroup:SecurityGroup", "scout-security-group"),
      },
    });
  });

  it("happen before anything that they make room for is deleted, and before what they need", () => {
    const needed = {
      "-zone-1": [
        "vpc",
        "gateway",
        "zone-1-subnet",
        "zone-1-association",
        "zone-1-default-route",
        "zone-1-routes",
        "members-security-group",
        "secretsmanager",
        "s3",
        "egress-1",
        "egress-2",
        "egress-3",
        "fallback-1",
        "zone-1-function",
        "zone-1-role",
        "zone-1-policy",
        "zone-2-policy",
        "zone-1-teardown-policy",
        "zone-2-teardown-policy",
        "teardown-function",
        "teardown-role",
        "teardown-policy",
        "teardown-logs",
      ],
      "-scout": ["scout-subnet", "scout-default-route", "scout-security-group", "scout-function", "scout-policy"],
      "-fallback": [
        "vpc",
        "gateway",
        "zone-1-default-route",
        "zone-2-routes",
        "nat-subnet",
        "nat-default-route",
        "fallback-1",
        "fallback-teardown-policy",
        "teardown-function",
        "teardown-policy",
      ],
    };
    for (const [part, names] of Object.entries(needed)) {
      const [teardown] = teardowns(deployment, `orders${part}`);
      const after = teardown ? deletedAfter(deployment, teardown) : [];
      const missing = names.map((name) => `Holdfast-orders-${name}`).filter((name) => !after.includes(name));
      expect(missing, part).toEqual([]);
    }
  });

  const triggers = [
    { of: "relocation", part: "" },
    { of: "attach", part: "" },
    { of: "fallback", part: "-fallback" },
  ];
  it.each(triggers)("wait until nothing starts $of any more", ({ of: name, part }) => {
    const parts = part
      ? teardowns(deployment, part)
      : teardowns(deployment).filter((it) => !/fallback|addresses/.test(it.name));
    const starts = ["cloudwatch/eventTarget:EventTarget", "scheduler/schedule:Schedule"]
      .flatMap((type) => deployment.of(type))
      .filter((it) => it.name.startsWith(`Holdfast-${name}-`));
    const source = one(deployment, "lambda/eventSourceMapping:EventSourceMapping", `-${name}-source`);
    expect(starts.length).toBeGreaterThan(0);
    for (const trigger of [...starts, source]) {
      const after = deletedAfter(deployment, trigger);
      expect(
        parts.map((it) => it.name).filter((it) => !after.includes(it)),
        trigger.name,
      ).toEqual([]);
    }
  });

  it("wait until nothing starts the canary any more", () => {
    const after = deletedAfter(deployment, one(deployment, "scheduler/schedule:Schedule", "-rounds"));
    expect(after).toEqual(
      expect.arrayContaining(["Holdfast-orders-zone-1-teardown", "Holdfast-ledger-scout-teardown"]),
    );
  });

  it("have the time that Lambda allows", () => {
    for (const { inputs } of deployment.of("lambda/function:Function").filter(({ name }) => /-teardown-/.test(name))) {
      expect(inputs["timeout"]).toBe(900);
      expect(inputs).not.toHaveProperty("vpcConfig");
    }
  });
});

describe("what the configuration drops", () => {
  const names = (deployment: Deployment) => deployment.resources.map(({ name }) => name);
  /** What Pulumi deletes at the end of the next deployment. */
  const gone = (before: Deployment, after: Deployment) =>
    names(before)
      .filter((name) => !names(after).includes(name))
      .filter((name) => /teardown/.test(name))
      .map((name) => name.replace("Holdfast-", ""))
      .sort();

  it("a pool: its teardowns go, with the rights that they need", async () => {
    const before = await deploy({ pools: { orders, ledger } }, "test", wide);
    const after = await deploy({ pools: { ledger } }, "test", wide);
    expect(gone(before, after)).toEqual(
      [
        "orders-addresses-teardown",
        "orders-addresses-teardown-policy",
        "orders-fallback-teardown",
        "orders-scout-teardown",
        "orders-zone-1-teardown",
        "orders-zone-2-teardown",
        "orders-fallback-teardown-policy",
        "orders-scout-teardown-policy",
        "orders-zone-1-teardown-policy",
        "orders-zone-2-teardown-policy",
        "orders-teardown-function",
        "orders-teardown-logs",
        "orders-teardown-policy",
        "orders-teardown-role",
      ].sort(),
    );
  });

  it("a zone: its teardown goes, with rights of its own, and the other zone's stays as it is", async () => {
    const zones = (count: number): HoldfastInput => ({
      pools: { ledger: { ...ledger, network: { create: { zones: count } } } },
    });
    const [before, after] = [await deploy(zones(2), "test", wide), await deploy(zones(1), "test", wide)];
    expect(gone(before, after)).toEqual(["ledger-zone-2-teardown", "ledger-zone-2-teardown-policy"]);
    const policyOf = (deployment: Deployment) =>
      one(deployment, "iam/rolePolicy:RolePolicy", "-ledger-zone-1-teardown-policy").inputs["policy"];
    expect(policyOf(after)).toEqual(policyOf(before));
  });

  it("a fallback: its teardown goes, with rights of its own", async () => {
    const without: PoolInput = { ...orders, fallback: { standby: "off" } };
    const before = await deploy({ pools: { orders } }, "test", wide);
    const after = await deploy({ pools: { orders: without } }, "test", wide);
    expect(gone(before, after)).toEqual(["orders-fallback-teardown", "orders-fallback-teardown-policy"]);
  });

  it("the first subnet of a network that exists: the second's teardown is not taken for it", async () => {
    const tableOf = (end: string) => ({
      routeTableId: `rtb-0${end}`,
      vpcId: "vpc-0a",
      main: false,
      subnetIds: [`subnet-0${end}`],
      defaultRoute: "igw-0a",
    });
    const account = {
      ...emptyAccount,
      subnets: ["a", "b"].map((end) => ({ subnetId: `subnet-0${end}`, vpcId: "vpc-0a" })),
      routeTables: ["a", "b"].map(tableOf),
    };
    const existing = (...ends: readonly string[]): HoldfastInput => ({
      pools: {
        orders: {
          network: {
            existing: {
              vpcId: "vpc-0a",
              securityGroupIds: ["sg-0a"],
              routeTableIds: ends.map((end) => `rtb-0${end}`),
              subnetIds: ends.map((end) => `subnet-0${end}`),
            },
          },
          targets,
        },
      },
    });
    const before = await deploy(existing("a", "b"), "test", account);
    const after = await deploy(existing("b"), "test", account);
    expect(gone(before, after)).toEqual(["orders-subnet-0a-teardown", "orders-subnet-0a-teardown-policy"]);
    const [kept] = teardowns(after);
    expect(kept && requestOf(kept)).toMatchObject({ subnetId: "subnet-0b", deletesSubnet: false });
  });
});
