import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Account, emptyAccount } from "../../testing/deployment/stand-in/account.ts";
import { type Backend, startBackend } from "../../testing/deployment/stand-in/backend.ts";
import {
  behindForeignNat,
  besideStage,
  existing,
  inFallback,
  kept,
  scoutBehindMembers,
  uncounted,
  unlistedTable,
  withoutRoute,
} from "./accounts.ts";
import { deployWith, replaced } from "./deploy-with.ts";

let backend: Backend;
beforeAll(async () => {
  backend = await startBackend();
});
afterAll(() => backend.close());

const same = (file: string) => file;
const replace = (from: string, to: string) => (file: string) => replaced(file, from, to);
const otherPool = `billing: { members: { tags: { "holdfast:pool": "partners" } }, network: { create: {} }, targets: [{ name: "b", url: "https://b.example" }] },\n partners: {\n members: { tags: { "holdfast:pool": "partners" } },`;

const ingressOf = (name: string) =>
  `ingress: { kind: "name", function: "${name}", domainName: "callbacks.example.com", certificateArn: "arn:aws:acm:us-east-1:123456789012:certificate/0a1b" }`;

const memberNames = Array.from({ length: 200 }, (_, index) => `a-function-whose-name-has-40-chars--${index + 1000}`);
const pool = (name: string, network: string) =>
  `"${name}": { network: { create: { ${network} } }, targets: [{ name: "partner", url: "https://api.example.com/" }] }`;
const pools = (count: number) => Array.from({ length: count }, (_, index) => pool(`partner-${index}`, "")).join(", ");

const rows: Record<
  string,
  [example: string, change: (file: string) => string, account: Account, problems: readonly string[]]
> = {
  "mistakes of several kinds, listed together": [
    "smallest",
    (file) =>
      replaced(
        replaced(file, "create: {}", 'create: { zones: "two" as never }'),
        'targets: [{ name: "partner", url: "https://api.example.com/" }]',
        `spares: 1, targets: [{ name: "a", url: "https://169.254.169.254/" }, { name: "b", url: "http://api.example.com/" },
          { name: "c", url: "https://api.example.com/", healthy: { body: "^(a|a)*$" } }]`,
      ),
    emptyAccount,
    [
      "pools.partners.network.create.zones: must be a whole number from 1 to 3",
      'pools.partners: unknown key "spares": remove it, or use one of',
      "pools.partners.targets[0].url: must not point into a private network",
      "pools.partners.targets[1].url: must begin with https:",
      "pools.partners.targets[2].healthy.body: takes too long on some texts",
    ],
  ],
  "overlapping pools": [
    "smallest",
    replace("partners: {", otherPool),
    emptyAccount,
    ["pools.partners.members.tags: a function with these tags belongs to pool billing already"],
  ],
  "more addresses than the quota, beside those that a renamed pool has kept": [
    "smallest",
    same,
    kept(0, 4),
    ["This stage has retained eipalloc-0b1 (holdfast-test-formerly-egress-1), eipalloc-0b2 ("],
  ],
  "a region whose VPC Block Public Access blocks all egress": [
    "smallest",
    same,
    { ...emptyAccount, blockMode: "block-bidirectional" },
    [
      "pools.partners.network.create: VPC Block Public Access in this region is block-bidirectional, which blocks all egress",
    ],
  ],
  "subnets where VPC Block Public Access allows egress by NAT gateways alone": [
    "existing-network",
    same,
    { ...existing, blockMode: "block-ingress" },
    [
      "network.existing.subnetIds: VPC Block Public Access of subnet-0a1b2c3d4e5f60718 is block-ingress, which allows egress through a NAT gateway only",
    ],
  ],
  "a pool's name that another stage has": [
    "smallest",
    same,
    besideStage("holdfast-production"),
    ["pools.partners: another deployment in this account and region has a pool of this name, with eipalloc-0e"],
  ],
  "subnets without a way out": [
    "existing-network",
    same,
    withoutRoute,
    ["the default route of rtb-0a1b2c3d4e5f60718 is missing"],
  ],
  "subnets behind a foreign NAT gateway": ["existing-network", same, behindForeignNat, ["points to nat-0a"]],
  "a route table that is not listed": [
    "existing-network",
    same,
    unlistedTable,
    ["uses rtb-other, which is not listed"],
  ],
  "a scout's subnet where members are": [
    "existing-network",
    replace('scoutSubnetId: "subnet-0d', 'scoutSubnetId: "subnet-0a'),
    existing,
    ["network.existing.scoutSubnetId: must not be one of subnetIds"],
  ],
  "a scout's subnet behind the members' route table": [
    "existing-network",
    same,
    scoutBehindMembers,
    [
      "network.existing.scoutSubnetId: subnet-0d1b2c3d4e5f60718 uses rtb-0b1b2c3d4e5f60718, which is one of routeTableIds",
    ],
  ],
  "an ingress whose function is not there": [
    "smallest",
    replace("create: {} },", `create: {} }, ${ingressOf("gone")},`),
    emptyAccount,
    ["pools.partners.ingress.function: gone cannot be read in this account and region: deploy it first"],
  ],
  "more members than a parameter holds": [
    "smallest",
    replace("partners: {", `partners: { members: { names: ${JSON.stringify(memberNames)} },`),
    emptyAccount,
    ["pools.partners.members: the settings of relocate would have 9"],
  ],
  "more pools than fit into the canary's settings": [
    "smallest",
    replace("pools: {", `pools: { ${pools(14)},`),
    { ...emptyAccount, addressQuota: 50 },
    ["the settings of canary would have 9"],
  ],
  "more functions to attach than a role's policy holds": [
    "smallest",
    replace("partners: {", `partners: { guarded: { functions: ${JSON.stringify(memberNames)}, policy: "attach" },`),
    emptyAccount,
    ["pools.partners.guarded.functions: the policy of attach's role would have"],
  ],
  "two pools that make one name": [
    "smallest",
    replace("pools: {", `pools: { ${pool("x-y", "")}, ${pool("x", "interfaceEndpoints: ['y-s3']")},`),
    { ...emptyAccount, addressQuota: 50 },
    [
      "pools.x-y, pools.x: two resources of type aws:ec2/vpcEndpoint:VpcEndpoint would be called Holdfast-x-y-s3: rename a pool",
    ],
  ],
  "an address that is not there": [
    "existing-network",
    same,
    { ...existing, addresses: existing.addresses.slice(1) },
    ["eipalloc-0a1b2c3d4e5f60718 is not an Elastic IP"],
  ],
};

describe("a deployment that must not happen", () => {
  it.each(Object.entries(rows))("%s", async (_, [example, change, account, problems]) => {
    const { exitCode, output, records } = await deployWith(example, change, account, backend);
    expect(output).toContain("nothing was changed");
    for (const problem of problems) expect(output).toContain(problem);
    expect(exitCode).not.toBe(0);
    expect(records).toEqual([]);
  });
});

describe("a deployment with long names", () => {
  const named = replace("partners: {", '"partners-feature-swap-addresses": {');

  it("goes through, with names that their services take", async () => {
    const stage = "feature-swap-addresses-of-every-partner-at-once-and-back";
    const { exitCode, output, records } = await deployWith("smallest", named, emptyAccount, backend, stage);
    expect(exitCode, output).toBe(0);
    const lengths = (type: string) =>
      records.filter((it) => it.type === type).map(({ outputs }) => String(outputs["name"]).length);
    expect(Math.max(...lengths("aws:cloudwatch/eventRule:EventRule"))).toBeLessThanOrEqual(64);
    expect(Math.max(...lengths("aws:iam/role:Role"))).toBeLessThanOrEqual(64);
    expect(Math.max(...lengths("aws:lambda/function:Function"))).toBe(64);
    expect(Math.max(...lengths("aws:sqs/queue:Queue"))).toBe(80);
  });

  it("is refused before anything is created when nothing would be left of them", async () => {
    const { exitCode, output, records } = await deployWith(
      "smallest",
      named,
      emptyAccount,
      backend,
      "x".repeat(90) + "y".repeat(40),
    );
    expect(output).toContain(
      "but names and tags of resources have room for 128: give the stage or the app a shorter name",
    );
    expect(exitCode).not.toBe(0);
    expect(records).toEqual([]);
  });
});

describe("a deployment beside another stage", () => {
  it("goes through with pools that are named after the stage", async () => {
    const named = replace("partners: {", `[\`partners-\${$app.stage}\`]: {`);
    const account = besideStage("holdfast-production");
    const { exitCode, output, records } = await deployWith("smallest", named, account, backend);
    expect(exitCode, output).toBe(0);
    const pools = records.filter(({ type }) => type === "aws:ec2/eip:Eip").map(({ inputs }) => inputs["tags"]);
    expect(pools).toEqual(Array(2).fill(expect.objectContaining({ "holdfast:pool": "partners-test" })));
  });

  it("goes through for the stage that has the addresses", async () => {
    const { exitCode, output } = await deployWith("smallest", same, besideStage("holdfast-test"), backend);
    expect(exitCode, output).toBe(0);
  });
});

describe("a deployment that is not refused", () => {
  const accepted: Record<string, [example: string, change: (file: string) => string, account: Account]> = {
    "addresses of load balancers and of one's own range do not count": ["smallest", same, uncounted],
    "addresses that are there already are not needed again": ["smallest", same, { ...kept(2, 3), addressQuota: 5 }],
    "subnets that are excluded from VPC Block Public Access": [
      "existing-network",
      same,
      {
        ...existing,
        blockMode: "block-bidirectional" as const,
        subnets: existing.subnets.map((it) => ({ ...it, blockMode: "off" as const })),
      },
    ],
  };

  it.each(Object.entries(accepted))("%s", async (_, [example, change, account]) => {
    const { exitCode, output } = await deployWith(example, change, account, backend);
    expect(exitCode, output).toBe(0);
    expect(output).not.toContain("was not checked");
  });

  it("says what it could not check, and goes on", async () => {
    const denied = ["DescribeAddresses", "DescribeVpcBlockPublicAccessOptions", "getServiceQuota"];
    const { exitCode, output } = await deployWith("smallest", same, { ...emptyAccount, denied }, backend);
    expect(exitCode, output).toBe(0);
    expect(output).toContain("the quota of Elastic IPs was not checked, which needs servicequotas:GetServiceQuota");
    expect(output).toContain("the quota of VPCs was not checked");
    expect(output).toContain(
      "VPC Block Public Access was not checked, which needs ec2:DescribeVpcBlockPublicAccessOptions: You are not authorized",
    );
  });
});

describe("a deployment while the pool is in fallback", () => {
  it("is not refused and touches no route", async () => {
    const { exitCode, output, records } = await deployWith("existing-network", same, inFallback, backend);
    expect(exitCode, output).toBe(0);
    expect(records.filter(({ type }) => type.startsWith("aws:ec2/route"))).toEqual([]);
  });
});
