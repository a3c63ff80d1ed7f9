import { runtime } from "@pulumi/pulumi";
import { beforeAll, describe, expect, it } from "vitest";
import type { HoldfastInput } from "../../src/config/holdfast.ts";
import { itemsOf } from "../../src/cost/bill.ts";
import { inventoryOf } from "../../src/cost/configured.ts";
import { checkDeployment } from "../../stacks/checks.ts";
import { defineHoldfast } from "../../stacks/main.ts";
import { type Account, emptyAccount } from "../../testing/deployment/stand-in/account.ts";
import { startRecording } from "../../testing/deployment/stand-in/recorder.ts";
import { existing } from "../deploy/accounts.ts";
import { type Deployment, deploy, one, resolved, targets } from "./deployment.ts";

const certificateArn = "arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d";
const account: Account = { ...emptyAccount, functions: ["callbacks", "callbacks:live"] };
const addresses = { kind: "addresses", function: "callbacks:live", certificateArn } as const;
const name = { kind: "name", function: "callbacks", certificateArn, domainName: "callbacks.example.com" } as const;

type PoolInput = HoldfastInput["pools"][string];
const pool = (more: Omit<PoolInput, "network" | "targets"> & Partial<PoolInput>): HoldfastInput => ({
  pools: { orders: { network: { create: {} }, targets, ...more } },
});
const inExisting = (subnetIds: string[]): HoldfastInput =>
  pool({
    network: {
      existing: {
        vpcId: "vpc-0a1b2c3d4e5f60718",
        subnetIds: ["subnet-0a1b2c3d4e5f60718"],
        securityGroupIds: ["sg-0a"],
        routeTableIds: ["rtb-0a1b2c3d4e5f60718"],
      },
    },
    ingress: { ...addresses, subnetIds },
  });

describe("an ingress with fixed addresses", () => {
  let deployment: Deployment;
  beforeAll(async () => {
    deployment = await deploy(pool({ ingress: addresses }), "test", account);
  });

  it("routes from an accelerator over an internal load balancer to the function", async () => {
    const balancer = one(deployment, "lb/loadBalancer:LoadBalancer");
    expect(balancer.inputs).toMatchObject({ internal: true, loadBalancerType: "application" });
    expect(one(deployment, "globalaccelerator/endpointGroup:EndpointGroup").inputs).toMatchObject({
      endpointGroupRegion: "us-east-1",
      endpointConfigurations: [{ endpointId: balancer.outputs["arn"], clientIpPreservationEnabled: true }],
    });
    const { outputs, inputs } = one(deployment, "lb/targetGroup:TargetGroup");
    expect(inputs["targetType"]).toBe("lambda");
    expect(one(deployment, "lb/targetGroupAttachment:TargetGroupAttachment").inputs).toEqual({
      targetGroupArn: outputs["arn"],
      targetId: "arn:aws:lambda:us-east-1:123456789012:function:callbacks:live",
    });
  });

  it("terminates TLS with the operator's certificate, and listens on no other port", async () => {
    expect(one(deployment, "lb/listener:Listener").inputs).toMatchObject({
      port: 443,
      protocol: "HTTPS",
      certificateArn,
    });
    const { portRanges } = one(deployment, "globalaccelerator/listener:Listener").inputs;
    expect(portRanges).toEqual([{ fromPort: 443, toPort: 443 }]);
  });

  it("is in two zones without a route from outside the VPC, whatever the pool's zones", async () => {
    const subnets = deployment.of("ec2/subnet:Subnet").filter(({ name }) => name.includes("ingress"));
    expect(subnets.map(({ inputs }) => [inputs["availabilityZone"], inputs["cidrBlock"]])).toEqual([
      ["us-east-1a", "10.97.255.32/27"],
      ["us-east-1b", "10.97.255.64/27"],
    ]);
    expect(one(deployment, "lb/loadBalancer:LoadBalancer").inputs["subnets"]).toEqual(subnets.map(({ id }) => id));
    const table = one(deployment, "ec2/routeTable:RouteTable", "-ingress-routes");
    expect(deployment.of("ec2/route:Route").map(({ inputs }) => inputs["routeTableId"])).not.toContain(table.id);
  });

  it("has a route table that fallback does not treat as the members'", () => {
    const table = one(deployment, "ec2/routeTable:RouteTable", "-ingress-routes");
    expect(table.inputs["tags"]).not.toHaveProperty("holdfast:pool");
  });

  it("allows clients over HTTPS and no egress", async () => {
    const type = "ec2/securityGroup:SecurityGroup";
    const ingress = { ...addresses, clients: ["203.0.113.0/24"] };
    const limited = await deploy(pool({ ingress }), "test", account);
    const { inputs } = one(limited, type, "-ingress-security-group");
    expect(inputs["ingress"]).toEqual([
      { protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: ["203.0.113.0/24"] },
    ]);
    expect(inputs).not.toHaveProperty("egress");
    const { ingress: rules } = one(deployment, type, "-ingress-security-group").inputs;
    expect(rules).toMatchObject([{ cidrBlocks: ["0.0.0.0/0"] }]);
  });

  it("lets its own target group alone invoke the function, under the alias that was named", async () => {
    expect(one(deployment, "lambda/permission:Permission").inputs).toEqual({
      action: "lambda:InvokeFunction",
      function: "callbacks",
      qualifier: "live",
      principal: "elasticloadbalancing.amazonaws.com",
      sourceArn: one(deployment, "lb/targetGroup:TargetGroup").outputs["arn"],
    });
  });

  it("outputs both addresses", async () => {
    const { ingress } = deployment.outputs["orders"] ?? {};
    if (ingress?.kind !== "addresses") throw new Error("no addresses");
    const found = (await resolved(ingress.addresses)) as string[];
    expect(found.map((it) => it.replace(/\d+$/, "")).join()).toBe("198.51.100.,198.51.100.");
    expect(new Set(found).size).toBe(2);
  });

  const removals = [
    { stage: "production", onRemove: undefined, retain: true },
    { stage: "production", onRemove: "release", retain: false },
    { stage: "dev", onRemove: undefined, retain: false },
  ] as const;
  it.each(removals)("retains them in $stage with onRemove $onRemove as it retains the pool's", async (row) => {
    const input = { ...pool({ ingress: addresses }), addresses: row.onRemove ? { onRemove: row.onRemove } : {} };
    const { options } = one(await deploy(input, row.stage, account), "globalaccelerator/accelerator:Accelerator");
    expect(options).toMatchObject({ protect: false, retainOnDelete: row.retain });
  });

  it("uses an existing accelerator, and its addresses", async () => {
    const acceleratorArn = "arn:aws:globalaccelerator::123456789012:accelerator/0a1b2c3d";
    const there = { ...account, accelerators: [{ arn: acceleratorArn, name: "callbacks", tags: {} }] };
    const adopting = await deploy(pool({ ingress: { ...addresses, acceleratorArn } }), "production", there);
    expect(adopting.of("globalaccelerator/accelerator:Accelerator")).toEqual([]);
    expect(one(adopting, "globalaccelerator/listener:Listener").inputs["acceleratorArn"]).toBe(acceleratorArn);
    const { ingress } = adopting.outputs["orders"] ?? {};
    expect(ingress?.kind === "addresses" && (await resolved(ingress.addresses))).toHaveLength(2);
  });

  it("uses the operator's subnets in an existing network, and creates none", async () => {
    const subnets = [...existing.subnets, { subnetId: "subnet-0d", vpcId: "vpc-0a1b2c3d4e5f60718", zone: "b" }];
    const there = { ...existing, ...account, subnets, routeTables: existing.routeTables };
    const { of, ...placed } = await deploy(inExisting(["subnet-0c1b2c3d4e5f60718", "subnet-0d"]), "test", there);
    expect(of("ec2/subnet:Subnet")).toEqual([]);
    const { subnets: used } = one({ of, ...placed }, "lb/loadBalancer:LoadBalancer").inputs;
    expect(used).toEqual(["subnet-0c1b2c3d4e5f60718", "subnet-0d"]);
  });

  it("costs an accelerator and a load balancer", () => {
    const items = (input: HoldfastInput) => {
      return itemsOf(inventoryOf(defineHoldfast(input), 0)).map((it) => `${it.item} ${it.usdPerMonth.toFixed(2)}`);
    };
    const added = items(pool({ ingress: addresses })).filter((it) => !items(pool({})).includes(it));
    expect(added).toEqual(["Accelerators with two fixed addresses each 18.25", "Load balancers behind them 16.43"]);
    expect(items(pool({ ingress: name }))).toEqual(items(pool({})));
  });
});

describe("an ingress with a fixed name", () => {
  let deployment: Deployment;
  beforeAll(async () => {
    deployment = await deploy(pool({ ingress: name }), "test", account);
  });

  it("routes every path and method of the name, and of no other, to the function", async () => {
    const api = one(deployment, "apigatewayv2/api:Api");
    expect(api.inputs).toMatchObject({ protocolType: "HTTP", disableExecuteApiEndpoint: true });
    expect(one(deployment, "apigatewayv2/route:Route").inputs["routeKey"]).toBe("$default");
    expect(one(deployment, "apigatewayv2/integration:Integration").inputs).toMatchObject({
      integrationUri: "arn:aws:lambda:us-east-1:123456789012:function:callbacks",
      payloadFormatVersion: "2.0",
    });
    expect(one(deployment, "apigatewayv2/domainName:DomainName").inputs).toMatchObject({
      domainName: "callbacks.example.com",
      domainNameConfiguration: { certificateArn, endpointType: "REGIONAL", securityPolicy: "TLS_1_2" },
    });
    expect(one(deployment, "lambda/permission:Permission").inputs).toEqual({
      action: "lambda:InvokeFunction",
      function: "callbacks",
      principal: "apigateway.amazonaws.com",
      sourceArn: `${api.outputs["executionArn"]}/*`,
    });
  });

  it("outputs the target of the name's DNS record", async () => {
    const { ingress } = deployment.outputs["orders"] ?? {};
    if (ingress?.kind !== "name") throw new Error("no name");
    expect(ingress.domainName).toBe("callbacks.example.com");
    expect(await resolved(ingress.target)).toMatch(/^d-.*\.execute-api\.us-east-1\.amazonaws\.com$/);
    expect(await resolved(ingress.zoneId)).toMatch(/^Z/);
  });
});

/** Runs the checks of a deployment. */
async function checked(input: HoldfastInput, there: Account): Promise<void> {
  await startRecording(runtime, there, "holdfast", "test", false);
  await checkDeployment(defineHoldfast(input), "holdfast-test", "release");
}

describe("an invalid ingress", () => {
  const rows: Record<string, [input: HoldfastInput, account: Account, problem: string]> = {
    "without its function": [
      pool({ ingress: name }),
      emptyAccount,
      "pools.orders.ingress.function: callbacks cannot be read in this account and region: deploy it first",
    ],
    "with a certificate of another region": [
      pool({ ingress: { ...name, certificateArn: certificateArn.replace("us-east-1", "eu-west-1") } }),
      account,
      "pools.orders.ingress.certificateArn: is in eu-west-1, but the deployment is in us-east-1",
    ],
    "in one subnet": [
      inExisting(["subnet-0a"]),
      account,
      "pools.orders.ingress.subnetIds: must name two subnets in two zones of the existing network",
    ],
    "in two subnets of one zone": [
      inExisting(["subnet-0b1b2c3d4e5f60718", "subnet-0c1b2c3d4e5f60718"]),
      { ...existing, functions: account.functions },
      "pools.orders.ingress.subnetIds: are in us-east-1a, us-east-1a: choose subnets in different zones",
    ],
    "in another VPC": [
      inExisting(["subnet-0b1b2c3d4e5f60718", "subnet-0f"]),
      { ...existing, functions: account.functions },
      "pools.orders.ingress.subnetIds: subnet-0f is not a subnet of vpc-0a1b2c3d4e5f60718",
    ],
    "with subnets in a network that brings its own": [
      pool({ ingress: { ...addresses, subnetIds: ["subnet-0a", "subnet-0b"] } }),
      account,
      "pools.orders.ingress.subnetIds: has no use in a created network, which has two subnets of its own for it",
    ],
    "of no known kind": [
      pool({ ingress: { kind: "proxy" } as never }),
      account,
      "pools.orders.ingress.kind: must be addresses (two fixed addresses) or name (a domain name)",
    ],
  };
  it.each(Object.entries(rows))("%s", async (_, [input, there, problem]) => {
    await expect(checked(input, there)).rejects.toThrow(problem);
  });
});
