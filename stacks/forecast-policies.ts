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
  forecastFallback,
  forecastNetworks,
  forecastProbes,
  forecastRelocation,
  longestId,
  type Plan,
  sizeOf,
  type Where,
} from "./forecast.ts";
import type { PoolNetwork } from "./network.ts";
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
import { policyDocument, type Statement } from "./policy.ts";
import { canaryScope } from "./probing.ts";
import { relocationScope } from "./relocation.ts";
import { environmentBytes, parameterName } from "./settings.ts";

type Networks = Readonly<Record<string, PoolNetwork>>;

/** Returns the inline policy of each function's role. */
export async function forecastRolePolicies(plan: Plan) {
  const { config, prefix, where } = plan;
  const { partition, region, accountId } = where;
  const account = { partition: output(partition), region: output(region), accountId: output(accountId) };
  const networks = deployedNetworks(config, where);
  const parameterArn = (name: string, document: object) =>
    sizeOf(document) > environmentBytes ? arnOf(where, "ssm", `parameter${parameterName(prefix, name)}`) : undefined;
  const policy = (name: string, statements: readonly Statement[]) => {
    const group = arnOf(where, "logs", `log-group:${logGroupOf(functionNameOf(prefix, name))}`);
    return settled(policyDocument([...statements, logStatement(group)]));
  };
  const ofQueue = (actuator: ActuatorArgs["name"], pools: number) =>
    queueStatements(
      arnOf(where, "sqs", queueNameOf(prefix, actuator)),
      arnOf(where, "sqs", deadLettersName(prefix, actuator)),
      pools,
    );
  const relocate = relocationScope(config, networks, parameterArn("relocate", forecastRelocation(config, prefix)));
  const fallbackArn = parameterArn("fallback", forecastFallback(config, prefix));
  const attachArn = parameterArn("attach", forecastAttach(config, prefix));
  const probeArns = forecastProbes(config, prefix, where).map(({ functionArn }) => functionArn);
  const teardown = (pool: string) => policy(`${pool}-teardown`, teardownStatements(account, pool));
  const canary = canaryScope(config, networks, probeArns, parameterName(prefix, "canary"));
  return {
    relocate: await policy("relocate", [
      ...relocationStatements(account, relocate),
      ...ofQueue("relocation", Object.keys(config.pools).length),
    ]),
    fallback: await policy("fallback", [
      ...fallbackStatements(account, fallbackParts(plan, networks), fallbackArn),
      ...ofQueue("fallback", fallbackPools(config, prefix).length),
    ]),
    attach: await policy("attach", [
      ...attachStatements(account, attachParts(config, networks), attachArn),
      ...ofQueue("attach", attachingPools(config).length),
    ]),
    canary: await policy("canary", [...canaryStatements(account, canary), networkChangeStatement()]),
    teardown: await longestOf(
      Object.keys(config.pools).map(async (pool) =>
        (await Promise.all([teardown(pool), ...placePolicies(plan, account, networks, pool)])).join(""),
      ),
    ),
  };
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
