/** A pool in a VPC that exists, for functions that leave by its NAT gateways now. Pure. */
import type { HoldfastInput } from "../../src/config/holdfast.ts";
import type { AddressFact, SubnetFact, WorkloadFact } from "./facts.ts";

/** A function that could be a member, as it is configured now. */
export interface Candidate {
  readonly name: string;
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
  /** Whether it may leave by IPv6 where its subnets have it. */
  readonly ipv6: boolean;
}

export interface Proposal {
  readonly pool: string;
  readonly input: HoldfastInput["pools"][string];
  readonly zones: readonly string[];
  /** Members have to change to the pool's security groups: those that have others now. */
  readonly otherGroups: readonly string[];
}

/** Why no pool can be proposed, and what to do first. */
export interface Blocked {
  readonly because: string;
  readonly remediation: string;
}

interface Place {
  readonly pool: string;
  readonly vpcId: string;
  /** Whether its subnets are another account's. */
  readonly isShared: boolean;
  /** Of this VPC. */
  readonly subnets: readonly SubnetFact[];
  readonly candidates: readonly Candidate[];
  readonly idle: readonly AddressFact[];
  readonly workloads: readonly WorkloadFact[];
}

/** What a new configuration names until its owner says which partners there are. */
const exampleTarget = { name: "partner", url: "https://api.example.com/" };

export function proposePool({
  pool,
  vpcId,
  isShared,
  subnets,
  candidates,
  idle,
  workloads,
}: Place): Proposal | Blocked {
  if (candidates.length === 0) return { because: "no function can be a member", remediation: "see each function" };
  const chosen = chooseSubnets(subnets, candidates, workloads);
  if (chosen.length === 0) {
    return {
      because: `no subnet of ${vpcId} has a default route to an internet gateway that packets may take`,
      remediation: isShared
        ? "ask the VPC's owner to share such a subnet for each zone, and run this again"
        : "create one for each zone, with a route table of its own that sends 0.0.0.0/0 to the internet gateway, and run this again",
    };
  }
  const securityGroupIds = mostCommonGroups(candidates);
  const spares = idle.slice(0, 2 * chosen.length).map(({ allocationId }) => allocationId);
  const input = {
    network: {
      existing: {
        vpcId,
        subnetIds: chosen.map(({ subnetId }) => subnetId),
        securityGroupIds,
        routeTableIds: [...new Set(chosen.flatMap(({ routeTableId }) => routeTableId ?? []))],
      },
    },
    // Addresses that are paid for already and, having served once, may be known to partners.
    ...(spares.length >= chosen.length && { addresses: { allocationIds: spares } }),
    targets: [exampleTarget],
  };
  const otherGroups = candidates.filter((it) => keyOf(it) !== [...securityGroupIds].sort().join());
  return { pool, input, zones: chosen.map(({ zone }) => zone), otherGroups: otherGroups.map(({ name }) => name) };
}

/** A region's own zones end with one letter; the region's addresses work in no others (EC2 API reference, AllocateAddress). */
const ownZone = /^[a-z]+(?:-[a-z]+)+-\d[a-z]$/;

/** Returns one public subnet for each zone that the functions use now, those with the fewest other workloads first. */
function chooseSubnets(
  subnets: readonly SubnetFact[],
  candidates: readonly Candidate[],
  workloads: readonly WorkloadFact[],
): SubnetFact[] {
  const used = new Set(candidates.flatMap(({ subnetIds }) => subnetIds));
  const zones = new Set(subnets.filter(({ subnetId }) => used.has(subnetId)).map(({ zone }) => zone));
  const crowd = ({ subnetId }: SubnetFact) => workloads.filter((it) => it.subnetId === subnetId).length;
  const fit = subnets
    .filter(
      ({ egress, blockMode, zone, routeTableId }) =>
        egress.kind === "internet" && blockMode === "off" && ownZone.test(zone) && routeTableId !== undefined,
    )
    .sort((a, b) => crowd(a) - crowd(b) || a.subnetId.localeCompare(b.subnetId));
  const inZones = fit.filter(({ zone }) => zones.has(zone));
  const perZone = new Map<string, SubnetFact>();
  for (const subnet of inZones.length > 0 ? inZones : fit.slice(0, 1)) {
    if (!perZone.has(subnet.zone)) perZone.set(subnet.zone, subnet);
  }
  return [...perZone.values()].sort((a, b) => a.zone.localeCompare(b.zone));
}

function keyOf({ securityGroupIds }: Candidate): string {
  return [...securityGroupIds].sort().join();
}

function mostCommonGroups(candidates: readonly Candidate[]): string[] {
  const counts = new Map<string, number>();
  for (const it of candidates) counts.set(keyOf(it), (counts.get(keyOf(it)) ?? 0) + 1);
  const [[most = ""] = []] = [...counts].sort(([a, m], [b, n]) => n - m || a.localeCompare(b));
  return most.split(",").filter(Boolean);
}
