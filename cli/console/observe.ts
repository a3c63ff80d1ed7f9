/** Reads one pool with the same code that the functions use, and what a person wants to know besides. Writes nothing. */
import { DescribeSubnetsCommand } from "@aws-sdk/client-ec2";
import type { Clock } from "../../src/aws/clock.ts";
import { call } from "../../src/aws/errors.ts";
import { readTargets } from "../../src/config/probing-settings.ts";
import { listRoutes, observe as observeFallback } from "../../src/fallback/observe.ts";
import { withMembers } from "../../src/relocation/observe.ts";
import { type MemberMemory, observeMembers } from "../../src/relocation/observe-members.ts";
import { observeNetwork } from "../../src/relocation/observe-network.ts";
import type { Pool } from "../support/deployment-model.ts";
import type { ConsoleClients } from "./deployment.ts";
import type { PartnerView } from "./model.ts";
import type { ObservedPool, Ways } from "./snapshot.ts";

/** What does not change while the console runs, so that it is read once. */
export interface Known {
  readonly memberMemory: MemberMemory;
  readonly subnetLabels: Map<string, string>;
}

/** @throws AwsCallError that names the call that failed */
export async function observePool(
  clients: ConsoleClients,
  clock: Clock,
  pool: Pool,
  known: Known,
): Promise<ObservedPool> {
  const { lambda, tagging, ec2 } = clients;
  const [network, members, ways, subnets] = await Promise.all([
    observeNetwork(ec2, pool.relocation),
    observeMembers({ lambda, tagging, memberMemory: known.memberMemory }, pool.relocation),
    observeWays(clients, clock, pool),
    describeSubnets(clients, pool, known.subnetLabels),
  ]);
  const observed = withMembers(
    { memberMemory: known.memberMemory },
    pool.relocation,
    network,
    members,
    [],
    clock.now(),
  );
  const blocked = network.addresses.filter((it) => it.blocked).map(({ publicIp }) => publicIp);
  const hasFallback = pool.fallback !== undefined;
  return { name: pool.name, hasFallback, observed, ways, subnets, partners: partnersOf(pool, blocked) };
}

async function observeWays(
  { ec2, cloudWatch }: ConsoleClients,
  clock: Clock,
  { relocation, fallback }: Pool,
): Promise<Ways> {
  if (fallback) return observeFallback({ ec2, cloudWatch, clock }, fallback);
  const { tables } = await listRoutes(ec2, { name: relocation.name, ...relocation.network });
  return { routeTables: tables, natGateways: [], fallbackAddress: undefined, override: { kind: "none" } };
}

async function describeSubnets({ ec2 }: ConsoleClients, { relocation }: Pool, labels: Map<string, string>) {
  const { subnetIds } = relocation.network;
  if (subnetIds.some((id) => !labels.has(id))) {
    const command = new DescribeSubnetsCommand({ SubnetIds: [...subnetIds] });
    const { Subnets = [] } = await call("ec2:DescribeSubnets", () => ec2.send(command));
    for (const { SubnetId = "", AvailabilityZone = "" } of Subnets) labels.set(SubnetId, AvailabilityZone);
  }
  return subnetIds.map((subnetId) => ({ subnetId, label: labels.get(subnetId) ?? subnetId }));
}

/** The tag does not record which of several partners refuses an address, so each is shown as refusing it. */
function partnersOf({ probing }: Pool, refuses: readonly string[]): PartnerView[] {
  const targets = probing ? readTargets(probing).targets : [];
  return targets.map(({ name, url }) => ({ name, host: new URL(url).host, refuses }));
}
