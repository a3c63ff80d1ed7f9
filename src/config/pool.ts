/** A pool as the operator describes it. */
import { z } from "zod";
import { boundFields, drainBounds, fallbackBounds, poolRefusals, scheduleBounds } from "./bounds.ts";
import { awsId, listOf, strict, text, tuned, whole } from "./fields.ts";
import { ingress, ingressContradictions } from "./ingress.ts";
import { network } from "./network.ts";
import { targets } from "./target.ts";

const memberName = text(/^[A-Za-z0-9_*-]{1,140}$/, "must be a function's name; * stands for any characters");
const functionArn = text(
  /^arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:[A-Za-z0-9_-]+$/,
  "must be a function's ARN without version, such as arn:aws:lambda:us-east-1:123456789012:function:orders",
);

const members = strict({
  names: z.array(memberName).default([]),
  arns: z.array(functionArn).default([]),
  tags: z.record(z.string(), z.string(), { error: "must be an object from tag to value" }).default({}),
}).refine(({ names, arns, tags }) => names.length + arns.length + Object.keys(tags).length > 0, {
  error: "must name at least one member: give names, arns or tags, or leave members out to use the pool's own tag",
});

const mostSpares = 8;

const addresses = strict({
  /** Addresses that serve; without a number, one per subnet. */
  count: whole(1, 32).exactOptional(),
  /** Addresses that wait; without a number, one per subnet, so that a change of all of them at once costs no gap. */
  spares: whole(0, mostSpares).exactOptional(),
  /** Elastic IPs that you own already, serving and spare. They are tagged, and never allocated or released. */
  allocationIds: listOf(awsId("eipalloc"), "Elastic IP's allocation id").exactOptional(),
  fallbackAllocationId: awsId("eipalloc").exactOptional(),
}).refine((it) => it.allocationIds === undefined || (it.count === undefined && it.spares === undefined), {
  error: "must not give count or spares along with allocationIds: the list says how many there are",
});

const fallback = strict({
  /** `off`: never. `cold`: a NAT gateway is made when it is needed. `warm`: it is always there. */
  standby: z.enum(["off", "cold", "warm"], { error: "must be off, cold or warm" }).default("off"),
  /** A gateway in one subnet, or one for all zones of the VPC, billed for each zone that it is active in. */
  mode: z.enum(["zonal", "regional"], { error: "must be zonal or regional" }).default("zonal"),
  /** When a target keeps out all of the pool's addresses and no others: `escalate` fails over, `report` only reports it. */
  poolRefusal: z.enum(poolRefusals, { error: "must be escalate or report" }).default("escalate"),
  ...boundFields(fallbackBounds, tuned),
}).refine(({ holdMinutes, maxHoldMinutes }) => holdMinutes <= maxHoldMinutes, {
  path: ["maxHoldMinutes"],
  error: "must not be shorter than holdMinutes, which it bounds",
});

const schedule = strict({
  ...boundFields(scheduleBounds, tuned),
  /** Without it, as long as a call of a member may take (src/relocation/drain-time.ts). */
  drainSeconds: whole(drainBounds.least, drainBounds.most).exactOptional(),
});

/** Functions on Lambda's shared addresses that use the guard (docs/guard.md). */
const guarded = strict({
  functions: listOf(
    text(/^[A-Za-z0-9_-]{1,64}$/, "must be a function's exact name, without * and without version"),
    "function's name",
  ),
  /** `attach`: a function whose environments are refused is attached to the pool's network and becomes a member. */
  policy: z.enum(["none", "attach"], { error: "must be none or attach" }).default("none"),
});

const described = strict({
  members: members.exactOptional(),
  network,
  addresses: addresses.prefault({}),
  targets,
  fallback: fallback.prefault({}),
  schedule: schedule.prefault({}),
  guarded: guarded.exactOptional(),
  ingress: ingress.exactOptional(),
});
type Described = z.output<typeof described>;

/** Returns contradictions between fields, by path. The schema asks only if each field is valid by itself. */
function contradictions({ network, addresses, fallback }: Described): [path: string[], message: string][] {
  const subnets = subnetCount(network);
  const { allocationIds, fallbackAllocationId, count } = addresses;
  const serving = allocationIds?.length ?? count ?? subnets;
  const found: [path: string[], message: string][] = [];
  if (serving < subnets) {
    const path = ["addresses", allocationIds ? "allocationIds" : "count"];
    found.push([path, `gives ${serving} for ${subnets} subnets: each needs an address, so give at least ${subnets}`]);
  }
  if (network.kind === "existing" && network.scoutSubnetId && network.subnetIds.includes(network.scoutSubnetId)) {
    const path = ["network", "existing", "scoutSubnetId"];
    found.push([path, "must not be one of subnetIds: addresses are tried out where no member sends from"]);
  }
  const path = ["addresses", "fallbackAllocationId"];
  if (fallback.standby === "off") {
    if (fallbackAllocationId) found.push([path, "has no use while fallback.standby is off: set it to cold or warm"]);
    return found;
  }
  if (allocationIds && !fallbackAllocationId) {
    found.push([path, "is missing: with allocationIds and a fallback, name the NAT gateway's address too"]);
  }
  if (fallbackAllocationId && allocationIds?.includes(fallbackAllocationId)) {
    found.push([path, "must not be one of allocationIds: the NAT gateway's address cannot serve an interface"]);
  }
  if (network.kind === "existing" && fallback.mode === "zonal") {
    const { natSubnetId, subnetIds } = network;
    const path = ["network", "existing", "natSubnetId"];
    if (!natSubnetId)
      found.push([path, "is missing: with a fallback, name the subnet where the NAT gateway would stand"]);
    else if (subnetIds.includes(natSubnetId)) {
      found.push([
        path,
        "must not be one of subnetIds: in fallback their default route points to the gateway, which would then route to itself",
      ]);
    }
  }
  return found;
}

export const pool = described.transform((it, context) => {
  for (const [path, message] of [...contradictions(it), ...ingressContradictions(it)])
    context.addIssue({ code: "custom", path, message, input: it });
  return { ...it, addresses: resolveAddresses(it) };
});

/** Where a pool's addresses come from. */
export interface Addresses {
  readonly egress:
    | { readonly kind: "own"; readonly allocationIds: readonly string[] }
    | { readonly kind: "allocate"; readonly count: number; readonly spares: number };
  readonly fallback: { readonly kind: "none" | "allocate" } | { readonly kind: "own"; readonly allocationId: string };
}

function resolveAddresses({ network, addresses, fallback }: Described): Addresses {
  const { allocationIds, fallbackAllocationId: allocationId } = addresses;
  const subnets = subnetCount(network);
  const { count = subnets, spares = Math.min(subnets, mostSpares) } = addresses;
  return {
    egress: allocationIds ? { kind: "own", allocationIds } : { kind: "allocate", count, spares },
    fallback: allocationId ? { kind: "own", allocationId } : { kind: fallback.standby === "off" ? "none" : "allocate" },
  };
}

function subnetCount(network: Described["network"]): number {
  return network.kind === "create" ? network.zones : network.subnetIds.length;
}

export type Pool = z.output<typeof pool>;

export type PoolWithFallback = Pool & { readonly fallback: { readonly standby: "cold" | "warm" } };

export function hasFallback(pool: Pool): pool is PoolWithFallback {
  return pool.fallback.standby !== "off";
}

/** Returns whether Holdfast attaches guarded functions that partners keep refusing to the pool's network. */
export function attaches(pool: Pool): pool is Pool & { readonly guarded: NonNullable<Pool["guarded"]> } {
  return pool.guarded?.policy === "attach";
}
