import { runtime } from "@pulumi/pulumi";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { defineHoldfast, type HoldfastInput, type OnRemove } from "../../src/config/holdfast.ts";
import { checkDeployment } from "../../stacks/checks.ts";
import { type Account, emptyAccount } from "../../testing/deployment/stand-in/account.ts";
import { awsEnvironment, type Backend, startBackend } from "../../testing/deployment/stand-in/backend.ts";
import { answerEc2 } from "../../testing/deployment/stand-in/ec2.ts";
import { startRecording } from "../../testing/deployment/stand-in/recorder.ts";
import { synthesize } from "../../testing/deployment/synthesize.ts";
import {
  behindForeignNat,
  besideStage,
  existing,
  inFallback,
  kept,
  localZone,
  madeBefore,
  natBehindMembers,
  natWithoutRoute,
  onMainTable,
  scoutBehindMembers,
  sharedMainTable,
  sharedTable,
  tableOfAnotherVpc,
  uncounted,
  unlistedTable,
  withoutRoute,
  withSubnet,
} from "../deploy/accounts.ts";

const targets = [{ name: "partner", url: "https://api.example.com/" }];
type Pool = HoldfastInput["pools"][string];
type Existing = NonNullable<Pool["network"]["existing"]>;

const id = (prefix: string, letter: string) => `${prefix}-0${letter}1b2c3d4e5f60718`;

/** A pool in the network of test/deploy/accounts.ts: members in a and b, the NAT gateway in c, the scout in d. */
function inExisting(fallback: Pool["fallback"], more: Partial<Existing> = {}): HoldfastInput {
  const network = {
    vpcId: "vpc-0a1b2c3d4e5f60718",
    subnetIds: [id("subnet", "a"), id("subnet", "b")],
    securityGroupIds: [id("sg", "a")],
    routeTableIds: [id("rtb", "a"), id("rtb", "b")],
    natSubnetId: id("subnet", "c"),
    scoutSubnetId: id("subnet", "d"),
    ...more,
  };
  return { pools: { orders: { network: { existing: network }, targets, ...(fallback && { fallback }) } } };
}
const cold = { standby: "cold" } as const;
const inOwn = (create: Pool["network"]["create"] = {}, more: Partial<Pool> = {}): HoldfastInput => ({
  pools: { partners: { network: { create }, targets, ...more } },
});
/** So many pools, each with a network of its own. */
const many = (count: number, zones: number): HoldfastInput => ({
  pools: Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `pool-${index}`,
      { members: { names: [`fn-${index}`] }, network: { create: { zones } }, targets, fallback: cold },
    ]),
  ),
});

let backend: Backend;
beforeAll(async () => {
  backend = await startBackend();
  // SST hands its credentials to the program so.
  const credentials = { SST_AWS_ACCESS_KEY_ID: "stand-in", SST_AWS_SECRET_ACCESS_KEY: "stand-in" };
  for (const it of Object.entries({ ...awsEnvironment(backend), ...credentials })) vi.stubEnv(...it);
});
afterAll(() => {
  vi.unstubAllEnvs();
  backend.close();
});

async function check(input: HoldfastInput, account: Account, onRemove: OnRemove = "release"): Promise<void> {
  backend.serveEc2((request) => answerEc2(account, request));
  await startRecording(runtime, account, "holdfast", "test", false);
  await checkDeployment(defineHoldfast(input), "holdfast-test", onRemove);
}

const wide = { ...emptyAccount, addressQuota: 100, vpcQuota: 100 };
const fallbackAddress = { ...existing, addressQuota: 100 };
const within = (account: Account): Account => ({ ...account, addressQuota: 100 });

/** The example's first address, as a deployment of this stage has allocated it. */
const allocatedHere = (more: object = {}): Account => ({
  ...within(existing),
  addresses: existing.addresses.map((it, index) => {
    const tags = { "holdfast:stage": "holdfast-test", "holdfast:pool": "ledger", "holdfast:role": "egress", ...more };
    return index === 0 ? { ...it, tags } : it;
  }),
});
const named = { allocationIds: ["a", "b"].map((letter) => id("eipalloc", letter)) };

const acceleratorArn = "arn:aws:globalaccelerator::123456789012:accelerator/0a1b2c3d";
const ingress = {
  kind: "addresses",
  function: "webhook",
  certificateArn: "arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d",
} as const;

const refused: Record<string, [input: HoldfastInput, account: Account, problem: string]> = {
  "an address that this stage has allocated and would release": [
    { pools: { ledger: { network: { create: { zones: 2 } }, targets, addresses: named } } },
    allocatedHere(),
    `pools.ledger.addresses.allocationIds: this stage has allocated ${id("eipalloc", "a")} itself, and would release it now: set addresses.onRemove to retain`,
  ],
  "an address that another deployment's pool has": [
    { pools: { ledger: { network: { create: { zones: 2 } }, targets, addresses: named } } },
    allocatedHere({ "holdfast:stage": "holdfast-production", "holdfast:pool": "partners" }),
    `pools.ledger.addresses.allocationIds: ${id("eipalloc", "a")} belongs to holdfast-production (pool partners): give this stage addresses of its own, or take the tags holdfast:* off it`,
  ],
  "an address for the fallback that another deployment has adopted": [
    inOwn(undefined, {
      fallback: cold,
      addresses: { fallbackAllocationId: id("eipalloc", "a") },
    }),
    allocatedHere({ "holdfast:stage": "holdfast-production", "holdfast:adopted": "true" }),
    `pools.partners.addresses.fallbackAllocationId: ${id("eipalloc", "a")} belongs to holdfast-production (pool ledger)`,
  ],
  "an accelerator that another deployment has made": [
    inOwn(undefined, { ingress: { ...ingress, acceleratorArn } }),
    {
      ...wide,
      functions: ["webhook"],
      accelerators: [
        {
          arn: acceleratorArn,
          name: "holdfast-production-shop",
          tags: { "holdfast:stage": "holdfast-production", "holdfast:pool": "shop" },
        },
      ],
    },
    `pools.partners.ingress.acceleratorArn: ${acceleratorArn} belongs to holdfast-production (pool shop): give this stage accelerators of its own`,
  ],
  "an accelerator that this stage has made and would delete": [
    inOwn(undefined, { ingress: { ...ingress, acceleratorArn } }),
    {
      ...wide,
      functions: ["webhook"],
      accelerators: [
        { arn: acceleratorArn, name: "holdfast-test-partners", tags: { "holdfast:stage": "holdfast-test" } },
      ],
    },
    `pools.partners.ingress.acceleratorArn: this stage has made ${acceleratorArn} itself, and would delete it now: leave the field out`,
  ],
  "members in a subnet of another deployment": [
    inExisting(undefined),
    within(withSubnet("a", { tags: { "holdfast:stage": "holdfast-production" } })),
    `pools.orders.network.existing.subnetIds: ${id("subnet", "a")} belongs to holdfast-production: give this stage subnets of its own, or take the tags holdfast:* off it`,
  ],
  "a scout in a subnet of another deployment": [
    inExisting(undefined),
    within(withSubnet("d", { tags: { "holdfast:stage": "holdfast-production" } })),
    `pools.orders.network.existing.scoutSubnetId: ${id("subnet", "d")} belongs to holdfast-production: give this stage subnets of its own, or take the tags holdfast:* off it`,
  ],
  "a listed table that another subnet uses, with a fallback": [
    inExisting(cold),
    within(sharedTable),
    `network.existing.routeTableIds: ${id("rtb", "a")} is also used by subnet-other, outside the pool: in fallback their traffic would leave through the pool's NAT gateway, and nothing could reach them from the internet: give the pool's subnets their own route table`,
  ],
  "the VPC's main table, which another subnet uses without an association, with a fallback": [
    inExisting(cold),
    within(sharedMainTable),
    `network.existing.routeTableIds: ${id("rtb", "a")} is also used by subnet-other`,
  ],
  "members without an association, with a fallback": [
    inExisting(cold),
    within(onMainTable),
    `network.existing.subnetIds: ${id("subnet", "b")} has no route table of its own and uses the VPC's main one, ${id("rtb", "b")}, as every subnet without an association does: for a fallback, associate it with its own route table`,
  ],
  "a route table of another VPC": [
    inExisting(cold, { routeTableIds: [id("rtb", "a"), id("rtb", "b"), id("rtb", "e")] }),
    within(tableOfAnotherVpc),
    `network.existing.routeTableIds: ${id("rtb", "e")} is not a route table of vpc-0a1b2c3d4e5f60718`,
  ],
  "a NAT gateway's subnet of another VPC": [
    inExisting(cold, { natSubnetId: id("subnet", "f") }),
    fallbackAddress,
    `network.existing.natSubnetId: ${id("subnet", "f")} is not a subnet of vpc-0a1b2c3d4e5f60718`,
  ],
  "a NAT gateway's subnet behind a table of the members": [
    inExisting(cold),
    within(natBehindMembers),
    `network.existing.natSubnetId: ${id("subnet", "c")} uses ${id("rtb", "a")}, which is one of routeTableIds: associate it with its own route table`,
  ],
  "a NAT gateway's subnet without a route to the internet gateway": [
    inExisting(cold),
    within(natWithoutRoute),
    `network.existing.natSubnetId: the default route of ${id("rtb", "c")} points to nat-0x`,
  ],
  "a NAT gateway's subnet in a Local Zone": [
    inExisting(cold),
    within(withSubnet("c", { zone: "-bos-1a" })),
    `network.existing.natSubnetId: ${id("subnet", "c")} is in us-east-1-bos-1a, a local-zone with the network border group us-east-1-bos-1`,
  ],
  "a scout's subnet in a Local Zone": [
    inExisting(undefined),
    within(withSubnet("d", { zone: "-bos-1a" })),
    `network.existing.scoutSubnetId: ${id("subnet", "d")} is in us-east-1-bos-1a, a local-zone`,
  ],
  "members in a Local Zone": [
    inExisting(undefined),
    within(withSubnet("a", { zone: "-bos-1a" })),
    `network.existing.subnetIds: ${id("subnet", "a")} is in us-east-1-bos-1a, a local-zone`,
  ],
  "members in another account's subnets, with a fallback": [
    inExisting(cold),
    within(withSubnet("b", { ownerId: "210987654321" })),
    `network.existing.subnetIds: ${id("subnet", "b")} is shared by account 210987654321, and fallback can neither replace routes nor create a NAT gateway in a shared subnet: set fallback.standby to off`,
  ],
  "a NAT gateway in another account's subnet": [
    inExisting(cold),
    within(withSubnet("c", { ownerId: "210987654321" })),
    `network.existing.natSubnetId: ${id("subnet", "c")} is shared by account 210987654321`,
  ],
  "a range that is not that of the pool's VPC": [
    inOwn({ cidr: "10.80.0.0/16" }),
    madeBefore("10.97.0.0/16"),
    "pools.partners.network.create.cidr: is 10.80.0.0/16, but the pool's VPC vpc-0a1b2c3d4e5f60718 has 10.97.0.0/16: another range would replace the VPC and everything in it, including the members' interfaces: set 10.97.0.0/16; for the new range, add a second pool, move the members to it, then remove partners",
  ],
  "more zones than the region has": [
    inOwn({ zones: 3 }),
    { ...wide, zones: emptyAccount.zones.slice(0, 2) },
    "pools.partners.network.create.zones: is 3, but this account has 2 Availability Zones in this region (us-east-1a, us-east-1b), not counting Local Zones: lower it to 2",
  ],
  "more zones than the region has without Local Zones": [
    inOwn({ zones: 3 }),
    { ...wide, zones: [localZone, ...emptyAccount.zones.slice(0, 2)] },
    "pools.partners.network.create.zones: is 3, but this account has 2 Availability Zones",
  ],
  "more VPCs than the quota": [
    many(2, 1),
    { ...wide, vpcQuota: 2, vpcs: [{ vpcId: "vpc-default", cidr: "172.31.0.0/16" }] },
    "pools: 2 new VPCs are needed, 1 exist, and the quota of this region is 2: request a higher quota (Service Quotas, VPCs per Region)",
  ],
  "functions that would use all of the account's concurrency": [
    // The canary; of each pool two zones' probes, the scout's, relocation and fallback.
    many(2, 2),
    { ...wide, concurrencyQuota: 10 },
    "pools: Holdfast's own functions need 11 concurrent executions, and Lambda allows 10 for all functions of this account and region",
  ],
  "more addresses than the quota": [
    inOwn({ zones: 3 }),
    { ...kept(1, 0), addressQuota: 3 },
    "pools: 5 new Elastic IPs are needed, 1 exist, and the quota of this region is 3",
  ],
  "a region whose VPC Block Public Access blocks all egress": [
    inOwn(),
    { ...wide, blockMode: "block-bidirectional" },
    "pools.partners.network.create: VPC Block Public Access in this region is block-bidirectional, which blocks all egress",
  ],
  "subnets where VPC Block Public Access allows egress by NAT gateways alone": [
    inExisting(undefined),
    { ...within(existing), blockMode: "block-ingress" },
    `network.existing.subnetIds: VPC Block Public Access of ${id("subnet", "a")} is block-ingress, which allows egress through a NAT gateway only`,
  ],
  "a pool's name that another stage has": [
    inOwn(),
    { ...besideStage("holdfast-production"), addressQuota: 100 },
    "pools.partners: another deployment in this account and region has a pool of this name, with eipalloc-0e",
  ],
  "subnets without a way out": [
    inExisting(cold),
    within(withoutRoute),
    `the default route of ${id("rtb", "a")} is missing`,
  ],
  "subnets behind a foreign NAT gateway": [inExisting(cold), within(behindForeignNat), "points to nat-0a"],
  "a route table that is not listed": [inExisting(cold), within(unlistedTable), "uses rtb-other, which is not listed"],
  "a scout's subnet behind the members' route table": [
    inExisting(cold),
    within(scoutBehindMembers),
    `network.existing.scoutSubnetId: ${id("subnet", "d")} uses ${id("rtb", "b")}, which is one of routeTableIds`,
  ],
  "an ingress whose function is not there": [
    inOwn(undefined, { ingress: { ...ingress, function: "gone" } }),
    wide,
    "pools.partners.ingress.function: gone cannot be read in this account and region: deploy it first",
  ],
  "an address that is not there": [
    { pools: { ledger: { network: { create: { zones: 2 } }, targets, addresses: named } } },
    { ...within(existing), addresses: existing.addresses.slice(1) },
    `${id("eipalloc", "a")} is not an Elastic IP`,
  ],
};

const accepted: Record<string, [input: HoldfastInput, account: Account]> = {
  "an address that was adopted before": [
    { pools: { ledger: { network: { create: { zones: 2 } }, targets, addresses: named } } },
    allocatedHere({ "holdfast:adopted": "true" }),
  ],
  "the existing network, as it should be": [inExisting(cold), fallbackAddress],
  "members without an association, without a fallback": [inExisting(undefined), within(onMainTable)],
  "a table that another subnet uses, without a fallback": [inExisting(undefined), within(sharedTable)],
  "members in another account's subnets, without a fallback": [
    inExisting(undefined),
    within(withSubnet("a", { ownerId: "210987654321" })),
  ],
  "a network and addresses that exist already, in a full account": [
    inOwn(),
    { ...madeBefore("10.97.0.0/16"), vpcQuota: 1, addressQuota: 2 },
  ],
  "a VPC that another account shares, which does not count": [
    inOwn(),
    { ...wide, vpcQuota: 1, vpcs: [{ vpcId: "vpc-0s", cidr: "10.0.0.0/16", ownerId: "210987654321" }] },
  ],
  "a pool of one zone in an account of ten concurrent executions": [inOwn(), { ...wide, concurrencyQuota: 10 }],
  "a stage that has the pool's addresses already": [inOwn(), besideStage("holdfast-test")],
  "addresses of load balancers and of one's own range, which do not count": [inOwn(), uncounted],
  "addresses that are there already, which are not needed again": [inOwn(), { ...kept(2, 3), addressQuota: 5 }],
  "subnets that are excluded from VPC Block Public Access": [
    inExisting(undefined),
    {
      ...within(existing),
      blockMode: "block-bidirectional",
      subnets: existing.subnets.map((it) => ({ ...it, blockMode: "off" as const })),
    },
  ],
  "a network while the pool is in fallback": [
    { pools: { ledger: Object.values(inExisting(cold).pools)[0] as Pool } },
    within(inFallback),
  ],
};

describe("before anything is created", () => {
  it.each(Object.entries(refused))(
    "%s: refused, with the field and the remediation",
    async (_, [input, account, problem]) => {
      await expect(check(input, account)).rejects.toThrow(problem);
    },
  );

  it.each(Object.entries(accepted))("%s: not refused", async (_, [input, account]) => {
    await check(input, account);
  });

  it("lists exactly the addresses that this stage has retained and no pool uses any more", async () => {
    const account = { ...kept(2, 2), addressQuota: 5 };
    const more = { addresses: { count: 1, spares: 3 } };
    await expect(check(inOwn({}, more), account)).rejects.toThrow(
      "This stage has retained eipalloc-0b1 (holdfast-test-formerly-egress-1), eipalloc-0b2 (holdfast-test-formerly-egress-2), which no pool uses any more: add them to allocationIds",
    );
    const brought = { addresses: { allocationIds: ["eipalloc-0b1"] }, members: { names: ["x"] } };
    const { partners: later } = inOwn({}, brought).pools;
    const both = { pools: { ...inOwn({}, more).pools, later: later as Pool } };
    await expect(check(both, account)).rejects.toThrow("This stage has retained eipalloc-0b2 (");
  });

  it("warns when the caller may not read a quota, and does not refuse the deployment", async () => {
    const warned = vi.spyOn(console, "warn").mockImplementation(() => {});
    await check(inOwn(), { ...emptyAccount, addressQuota: 0, denied: ["getServiceQuota"] });
    expect(warned.mock.calls.map(([text]) => String(text).split(":")[1])).toEqual(
      expect.arrayContaining([
        " the quota of Elastic IPs was not checked, which needs servicequotas",
        " the quota of VPCs was not checked, which needs servicequotas",
        " the quota of concurrent executions was not checked, which needs servicequotas",
      ]),
    );
    warned.mockRestore();
  });
});

/** The listed route table carries a pool's tag, and a deployment has an address of that pool. */
const besidePool = (pool: string, stage: string): Account => ({
  ...existing,
  addressQuota: 100,
  addresses: [
    { allocationId: "eipalloc-0e1b2c3d4e5f60718", tags: { "holdfast:stage": stage, "holdfast:pool": "billing" } },
  ],
  routeTables: existing.routeTables.map((it, index) => (index > 0 ? it : { ...it, tags: { "holdfast:pool": pool } })),
});

it("a route table of another deployment's pool is refused, with the remediation", async () => {
  await expect(check(inExisting(undefined), besidePool("billing", "holdfast-production"))).rejects.toThrow(
    "pools.orders.network.existing.routeTableIds: rtb-0a1b2c3d4e5f60718 belongs to the pool billing of another deployment",
  );
});

describe("an address that leaves a pool", () => {
  const lastSaid = (onRemove: string) => ({
    ...kept(3, 0),
    addresses: kept(3, 0).addresses.map((it) => ({ ...it, tags: { ...it.tags, "holdfast:on-remove": onRemove } })),
  });

  it("is not kept by the deployment that drops it, if the one before said release: refused, with the remediation", async () => {
    await expect(check(inOwn(), lastSaid("release"), "retain")).rejects.toThrow(
      "addresses.onRemove: the last deployment said release, and eipalloc-0a3 (holdfast-test-partners-egress-3) would be released although this one says retain: put back what names them, deploy retain by itself",
    );
    await check(inOwn(), lastSaid("release"), "release");
    await check(inOwn({}, { addresses: { spares: 2 } }), lastSaid("release"), "retain");
    await check(inOwn(), lastSaid("retain"), "protect");
  });
});

describe("an ingress's accelerator that leaves", () => {
  const made = { arn: acceleratorArn, name: "holdfast-test-partners", tags: { "holdfast:stage": "holdfast-test" } };
  const lastSaid = (onRemove: string): Account => ({
    ...kept(2, 0),
    functions: ["webhook"],
    addresses: kept(2, 0).addresses.map((it) => ({ ...it, tags: { ...it.tags, "holdfast:on-remove": onRemove } })),
    accelerators: [made],
  });

  it("is not kept by the deployment that drops it, if the one before said release: refused, with the remediation", async () => {
    await expect(check(inOwn(), lastSaid("release"), "retain")).rejects.toThrow(
      `addresses.onRemove: the last deployment said release, and the accelerator of pools.partners.ingress, ${acceleratorArn}, would be deleted with its addresses although this one says retain: put the ingress back, deploy retain by itself`,
    );
    await check(inOwn(), lastSaid("release"), "release");
    await check(inOwn({}, { ingress }), lastSaid("release"), "retain");
    await check(inOwn(), lastSaid("retain"), "protect");
    await check(inOwn(), { ...lastSaid("release"), accelerators: [] }, "retain");
    await check(inOwn(), { ...lastSaid("release"), accelerators: [{ ...made, tags: {} }] }, "retain");
  });
});

it("a route table of the pool itself, and one whose pool this deployment has renamed, are not refused", async () => {
  await check(inExisting(undefined), besidePool("orders", "holdfast-production"));
  await check(inExisting(undefined), besidePool("billing", "holdfast-test"));
  await check(inExisting(undefined), besidePool("forgotten", "holdfast-production"));
});

it("subnets of a network that exists bear this deployment's stage, once each, but those that another account shares", async () => {
  const tagged = async (account: Account) => {
    const pools = Object.fromEntries(
      ["a", "b"].map((letter) => {
        const [subnetIds, routeTableIds] = [[id("subnet", letter)], [id("rtb", letter)]];
        const own = inExisting(undefined, { subnetIds, routeTableIds }).pools["orders"]?.network.existing;
        const { natSubnetId: _, ...network } = own as Existing;
        return [`pool-${letter}`, { network: { existing: network }, targets }];
      }),
    );
    const { resources } = await synthesize({ pools }, "test", account);
    const tags = resources.filter(
      ({ type, inputs }) => type === "aws:ec2/tag:Tag" && inputs["key"] === "holdfast:stage",
    );
    return tags.map(({ inputs }) => `${inputs["resourceId"]} ${inputs["value"]}`).sort();
  };
  const [a, b, d] = ["a", "b", "d"].map((letter) => `${id("subnet", letter)} holdfast-test`);
  expect(await tagged(within(existing))).toEqual([a, b, d]);
  expect(await tagged(within(withSubnet("a", { ownerId: "210987654321" })))).toEqual([b, d]);
});
