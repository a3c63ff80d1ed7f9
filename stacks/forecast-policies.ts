/** The policies of roles before a deployment: built by the same code, with ids as long as those of AWS. */
import { type Output, output } from "@pulumi/pulumi";
import type { HoldfastConfig } from "../src/config/holdfast.ts";
import { deadLettersName, functionNameOf, logGroupOf, queueNameOf } from "../src/config/names.ts";
import type { OwnAddresses } from "../src/pool/lost-addresses.ts";
import type { ActuatorArgs } from "./actuator.ts";
import {
  arnOf,
  attachingPools,
  fallbackPools,
  forecastAttach,
  forecastCanary,
  forecastFallback,
  forecastNetworks,
  forecastProbes,
  forecastRelocation,
  longestId,
  type Plan,
  type Where,
} from "./forecast.ts";
import type { PoolNetwork } from "./network.ts";
import { deliveryOf, type PoolsDocument } from "./parameters.ts";
import type { AttachParts, FallbackParts } from "./parts.ts";
import { logStatement, networkChangeStatement, queueStatements } from "./permissions.ts";
import { attachStatements } from "./permissions-attach.ts";
import { canaryStatements } from "./permissions-canary.ts";
import { fallbackStatements } from "./permissions-fallback.ts";
import { relocationStatements } from "./permissions-relocation.ts";
import {
  addressTeardownStatements,
  fallbackTeardownStatements,
  subnetTeardownStatements,
  teardownStatements,
} from "./permissions-teardown.ts";
import type { Account } from "./place.ts";
import { inPolicies, policyDocument, type Statement } from "./policy.ts";
import { canaryScope } from "./probing.ts";
import { relocationScope } from "./relocation.ts";

type Networks = Readonly<Record<string, PoolNetwork>>;

/** Returns the policies of each function's role, the inline one first; of the teardowns, all of the longest as one text. */
export async function forecastRolePolicies(plan: Plan) {
  const { config, prefix, where } = plan;
  const { partition, region, accountId } = where;
  const account = { partition: output(partition), region: output(region), accountId: output(accountId) };
  const networks = deployedNetworks(config, where);
  const settingsOf = (name: string, document: PoolsDocument) => deliveryOf(prefix, name, document).parameter;
  const policies = (name: string, statements: readonly Statement[]) => {
    const group = arnOf(where, "logs", `log-group:${logGroupOf(functionNameOf(prefix, name))}`);
    const divided = inPolicies([...statements, logStatement(group)]);
    return Promise.all(divided.map((part) => settled(policyDocument(part))));
  };
  const ofQueue = (actuator: ActuatorArgs["name"], pools: number) =>
    queueStatements(
      arnOf(where, "sqs", queueNameOf(prefix, actuator)),
      arnOf(where, "sqs", deadLettersName(prefix, actuator)),
      pools,
    );
  const relocate = relocationScope(config, networks, settingsOf("relocate", forecastRelocation(config, prefix)));
  const fallbackSettings = settingsOf("fallback", forecastFallback(config, prefix));
  const attachSettings = settingsOf("attach", forecastAttach(config, prefix));
  const probeArns = forecastProbes(config, prefix, where).map(({ functionArn }) => functionArn);
  const teardown = async (pool: string) =>
    (await policies(`${pool}-teardown`, teardownStatements(account, pool))).join("");
  const canary = canaryScope(
    config,
    networks,
    probeArns,
    deliveryOf(prefix, "canary", forecastCanary(config, prefix), true).parameter,
  );
  return {
    relocate: await policies("relocate", [
      ...relocationStatements(account, relocate),
      ...ofQueue("relocation", Object.keys(config.pools).length),
    ]),
    fallback: await policies("fallback", [
      ...fallbackStatements(account, fallbackParts(plan, networks), fallbackSettings),
      ...ofQueue("fallback", fallbackPools(config, prefix).length),
    ]),
    attach: await policies("attach", [
      ...attachStatements(account, attachParts(config, networks), attachSettings),
      ...ofQueue("attach", attachingPools(config).length),
    ]),
    canary: await policies("canary", [...canaryStatements(account, canary), networkChangeStatement()]),
    teardown: await longestOf(
      unlikePools(plan, networks).map(async (pool) =>
        (await Promise.all([teardown(pool), ...placePolicies(plan, account, networks, pool)])).join(""),
      ),
    ),
  };
}

/** Returns one pool of each number of subnets, with and without a fallback: the one whose names are longest. */
function unlikePools({ config, prefix }: Plan, networks: Networks): string[] {
  const withFallback = new Set(fallbackPools(config, prefix).map(({ name }) => name));
  const unlike = new Map<string, string>();
  for (const name of Object.keys(config.pools)) {
    const shape = `${networks[name]?.subnetIds.length} ${withFallback.has(name)}`;
    if (name.length > (unlike.get(shape)?.length ?? 0)) unlike.set(shape, name);
  }
  return [...unlike.values()];
}

async function longestOf(texts: readonly Promise<string>[]): Promise<string> {
  const [longest = ""] = (await Promise.all(texts)).sort((a, b) => b.length - a.length);
  return longest;
}

/**
 * Returns the additional policies of a pool's `teardown`: one per subnet, one for the fallback, and one for addresses that
 * are released, as they are wherever `onRemove` does not keep them.
 */
function placePolicies({ config, prefix, where }: Plan, account: Account, networks: Networks, pool: string) {
  const probes = forecastProbes(config, prefix, where).filter((it) => it.pool === pool);
  const network = networks[pool];
  const statements = probes.map(({ functionArn }) =>
    subnetTeardownStatements(account, { subnetId: longestId("subnet"), functionArn }),
  );
  statements.push(addressTeardownStatements(account, prefix));
  const hasOne = fallbackPools(config, prefix).some(({ name }) => name === pool);
  if (network && hasOne) statements.push(fallbackTeardownStatements(account, pool, network));
  return statements.map((it) => settled(policyDocument(it)));
}

function fallbackParts({ config, prefix, where }: Plan, networks: Networks): FallbackParts[] {
  const probes = forecastProbes(config, prefix, where);
  return fallbackPools(config, prefix).flatMap((part) => {
    const network = networks[part.name];
    const own = probes.filter(({ pool, kind }) => pool === part.name && kind === "serving");
    const invoked = own.map(({ vantage, functionArn }) => ({ vantage, functionArn, subnetId: longestId("subnet") }));
    const addresses = {
      publicIps: output<string[]>([]),
      own: output<OwnAddresses>({ egress: {}, fallback: {} }),
      fallbackIds: [output(longestId("eipalloc"))],
      allocatedIds: [],
      made: [],
    };
    return network ? [{ ...part, network, addresses, probes: invoked }] : [];
  });
}

function attachParts(config: HoldfastConfig, networks: Networks): AttachParts[] {
  return attachingPools(config).flatMap((part) => {
    const network = networks[part.name];
    return network ? [{ ...part, network }] : [];
  });
}

/** Returns the networks with their ids, as resources have them. */
function deployedNetworks(config: HoldfastConfig, where: Where): Networks {
  const located = Object.entries(forecastNetworks(config)).map(([name, ids]) => {
    const network = config.pools[name]?.network;
    const tables = network?.kind === "existing" ? network.routeTableIds : ids.subnetIds.map(() => longestId("rtb"));
    const natSubnetId = network?.kind === "existing" ? network.natSubnetId : longestId("subnet");
    const { scout } = ids;
    const subnetArn = (id: string) => output(arnOf(where, "ec2", `subnet/${id}`));
    const deployed: PoolNetwork = {
      vpcId: output(ids.vpcId),
      subnetIds: ids.subnetIds.map((id) => output(id)),
      subnetArns: ids.subnetIds.map(subnetArn),
      securityGroupIds: ids.securityGroupIds.map((id) => output(id)),
      routeTableIds: tables.map((id) => output(id)),
      gateways: [],
      made: [],
      natSubnetId: natSubnetId === undefined ? undefined : output(natSubnetId),
      scout: scout && {
        subnetId: output(scout.subnetId),
        subnetArn: subnetArn(scout.subnetId),
        securityGroupId: output(scout.securityGroupId),
      },
    };
    return [name, deployed] as const;
  });
  return Object.fromEntries(located);
}

/** Resolves to the value of an output that depends on no resource. */
function settled<T>(it: Output<T>): Promise<T> {
  return new Promise((resolve) => {
    it.apply((value) => resolve(value));
  });
}
