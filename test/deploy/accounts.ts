/** Imaginary accounts for the examples. */
import {
  type Account,
  type Address,
  emptyAccount,
  type Subnet,
  type Zone,
} from "../../testing/deployment/stand-in/account.ts";

const vpcId = "vpc-0a1b2c3d4e5f60718";
const id = (prefix: string, letter: string) => `${prefix}-0${letter}1b2c3d4e5f60718`;
const table = (letter: string, defaultRoute: string | undefined) => ({
  routeTableId: id("rtb", letter),
  vpcId,
  main: false,
  subnetIds: [id("subnet", letter)],
  defaultRoute,
});

/** What examples/existing-network names. */
export const existing = {
  ...emptyAccount,
  addresses: ["a", "b", "c", "d"].map((letter) => ({ allocationId: id("eipalloc", letter), tags: {} })),
  subnets: ["a", "b", "c", "d"].map((letter) => ({ subnetId: id("subnet", letter), vpcId })),
  routeTables: [table("a", "igw-0a"), table("b", "igw-0a"), table("c", "igw-0a"), table("d", "igw-0a")],
} satisfies Account;

/** Another deployment has a pool by the name that examples/smallest gives its own. */
export const besideStage = (stage: string): Account => ({
  ...emptyAccount,
  addresses: [{ allocationId: id("eipalloc", "e"), tags: { "holdfast:stage": stage, "holdfast:pool": "partners" } }],
});

/** The same while the pool is in fallback. */
export const inFallback = {
  ...existing,
  routeTables: [table("a", "nat-0a"), table("b", "nat-0a"), table("c", "igw-0a"), table("d", "igw-0a")],
  natGateways: [{ natGatewayId: "nat-0a", tags: { "holdfast:pool": "ledger" } }],
} satisfies Account;

/** The same with a foreign NAT gateway. */
export const behindForeignNat = {
  ...inFallback,
  natGateways: [{ natGatewayId: "nat-0a", tags: {} }],
} satisfies Account;

export const withoutRoute = {
  ...existing,
  routeTables: [table("a", undefined), table("b", "igw-0a"), table("d", "igw-0a")],
} satisfies Account;

export const unlistedTable = {
  ...existing,
  routeTables: existing.routeTables
    .map((it, index) => (index === 1 ? { ...it, routeTableId: "rtb-other" } : it))
    .concat({
      ...table("b", "igw-0a"),
      subnetIds: [],
    }),
} satisfies Account;

/** The members' second subnet has no association, so that it uses the VPC's main table, which the file lists. */
export const onMainTable = {
  ...existing,
  routeTables: existing.routeTables.map((it, index) => (index === 1 ? { ...it, main: true, subnetIds: [] } : it)),
} satisfies Account;

/** Another subnet of the VPC. */
const other: Subnet = { subnetId: "subnet-other", vpcId };

/** The usual layout of Terraform's: one public route table for all public subnets (terraform-aws-vpc#211). */
export const sharedTable = {
  ...existing,
  subnets: [...existing.subnets, other],
  routeTables: existing.routeTables.map((it, index) =>
    index === 0 ? { ...it, subnetIds: [...it.subnetIds, other.subnetId] } : it,
  ),
} satisfies Account;

/** Members are associated with the main table, and a subnet outside the pool uses it without an association. */
export const sharedMainTable = {
  ...existing,
  subnets: [...existing.subnets, other],
  routeTables: existing.routeTables.map((it, index) => (index === 0 ? { ...it, main: true } : it)),
} satisfies Account;

export const tableOfAnotherVpc = {
  ...existing,
  routeTables: [...existing.routeTables, { ...table("e", "igw-0e"), vpcId: "vpc-other" }],
} satisfies Account;

export const natBehindMembers = {
  ...existing,
  routeTables: [
    { ...table("a", "igw-0a"), subnetIds: [id("subnet", "a"), id("subnet", "c")] },
    table("b", "igw-0a"),
    table("d", "igw-0a"),
  ],
} satisfies Account;

export const natWithoutRoute = {
  ...existing,
  routeTables: [table("a", "igw-0a"), table("b", "igw-0a"), table("c", "nat-0x"), table("d", "igw-0a")],
} satisfies Account;

/** The same account with something else about the subnet of that letter. */
export function withSubnet(letter: "a" | "b" | "c" | "d", more: Partial<Subnet>): Account {
  const subnets = existing.subnets.map((it) => (it.subnetId === id("subnet", letter) ? { ...it, ...more } : it));
  return { ...existing, subnets, zones: [...existing.zones, localZone] };
}

export const localZone: Zone = { name: "us-east-1-bos-1a", type: "local-zone", optInStatus: "opted-in" };

const addresses = (count: number, more: Partial<Address> = {}): Address[] =>
  Array.from({ length: count }, (_, index) => ({ allocationId: `eipalloc-${index}`, tags: {}, ...more }));

/** Addresses of load balancers, and out of a range of one's own, as many as the quota and more. */
export const uncounted: Account = {
  ...emptyAccount,
  addresses: [...addresses(4, { serviceManaged: "alb" }), ...addresses(4, { publicIpv4Pool: "ipv4pool-ec2-0a" })],
};

/** Addresses of this stage: of the pool in the file, and of one that has been renamed since. */
export const kept = (ofPool: number, ofAnother: number): Account => ({
  ...emptyAccount,
  addresses: ["partners", "formerly"].flatMap((pool, which) =>
    Array.from({ length: which === 0 ? ofPool : ofAnother }, (_, index) => ({
      allocationId: `eipalloc-0${"ab"[which]}${index + 1}`,
      tags: {
        "holdfast:stage": "holdfast-test",
        "holdfast:pool": pool,
        "holdfast:role": "egress",
        Name: `holdfast-test-${pool}-egress-${index + 1}`,
      },
    })),
  ),
});

/** What an earlier deployment of examples/smallest has made. */
export const madeBefore = (cidr: string): Account => ({
  ...kept(2, 0),
  vpcs: [{ vpcId, cidr, tags: { "holdfast:stage": "holdfast-test", "holdfast:pool": "partners" } }],
});

export const scoutBehindMembers = {
  ...existing,
  routeTables: [
    table("a", "igw-0a"),
    { ...table("b", "igw-0a"), subnetIds: [id("subnet", "b"), id("subnet", "d")] },
    table("c", "igw-0a"),
  ],
} satisfies Account;
