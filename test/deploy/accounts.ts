/** Imaginary accounts for the examples. */
import { type Account, emptyAccount } from "../../scripts/stand-in/account.ts";

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

/** The same with a NAT gateway of somebody else. */
export const behindForeignNat = {
  ...inFallback,
  natGateways: [{ natGatewayId: "nat-0a", tags: {} }],
} satisfies Account;

export const withoutRoute = {
  ...existing,
  routeTables: [table("a", undefined), table("b", "igw-0a"), table("d", "igw-0a")],
} satisfies Account;

export const implicitTable = {
  ...existing,
  routeTables: [
    table("a", "igw-0a"),
    { ...table("b", "igw-0a"), routeTableId: "rtb-main", main: true, subnetIds: [] },
    table("d", "igw-0a"),
  ],
} satisfies Account;

export const scoutBehindMembers = {
  ...existing,
  routeTables: [
    table("a", "igw-0a"),
    { ...table("b", "igw-0a"), subnetIds: [id("subnet", "b"), id("subnet", "d")] },
    table("c", "igw-0a"),
  ],
} satisfies Account;
