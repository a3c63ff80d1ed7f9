/**
 * What a removal does before it deletes: a pool's `teardown` frees each subnet of its members and its scout, and replaces
 * the routes to its NAT gateways. Each is an invocation that Pulumi repeats with another action when it deletes the resource
 * (`lambda.Invocation`, `lifecycleScope: "CRUD"`).
 *
 * Pulumi deletes in the reverse order of dependencies: first what could undo the work (schedules, rules, event sources: they
 * depend on the invocations), then the invocations, then what they need and the network that they free. Pulumi deletes
 * after all updates, so by then the settings and roles of relocation and the canary do not contain a pool or zone that the
 * configuration drops. The teardown must keep its permissions: each invocation has its own policy, which is deleted after
 * it, and each pool its own function, since the inline policies of one role may have 10,240 characters together (IAM user guide, "IAM and AWS STS quotas").
 */
import { iam, lambda } from "@pulumi/aws";
import { type Input, jsonStringify, type Output, type Resource } from "@pulumi/pulumi";
import type { HoldfastConfig, OnRemove } from "../src/config/holdfast.ts";
import { hasFallback, type Pool } from "../src/config/pool.ts";
import type { AddressesRequest, FallbackRequest, SubnetRequest } from "../src/config/teardown-request.ts";
import type { PoolAddresses } from "./addresses.ts";
import { createFunction, type DeployedFunction } from "./function.ts";
import type { PoolNetwork } from "./network.ts";
import {
  addressTeardownStatements,
  fallbackTeardownStatements,
  subnetTeardownStatements,
  teardownStatements,
} from "./permissions-teardown.ts";
import type { Place } from "./place.ts";
import { policyDocument, type Statement } from "./policy.ts";
import type { Probe } from "./probing.ts";

/** Resources that could undo a teardown must depend on these. */
export interface Teardowns {
  /** For relocation, the canary and attaching. */
  readonly subnets: readonly Resource[];
  readonly fallbacks: readonly Resource[];
}

/** The longest that Lambda allows; the function gives up a minute earlier (src/teardown/handler.ts). */
const timeoutSeconds = 900;

/** A pool with what is deployed of it already. */
interface Parts {
  readonly name: string;
  readonly pool: Pool;
  readonly network: PoolNetwork;
  readonly addresses: PoolAddresses;
  readonly probes: readonly Probe[];
}

export function createTeardowns(
  place: Place,
  config: HoldfastConfig,
  networks: Readonly<Record<string, PoolNetwork>>,
  addresses: Readonly<Record<string, PoolAddresses>>,
  allProbes: readonly Probe[],
  bundles: string,
  onRemove: OnRemove,
): Teardowns {
  const made = Object.entries(config.pools).flatMap(([name, pool]) => {
    const [network, own] = [networks[name], addresses[name]];
    if (!network || !own) return [];
    const probes = allProbes.filter((it) => it.pool === name);
    const parts: Parts = { name, pool, network, addresses: own, probes };
    const teardown = createFunction(place, `${name}-teardown`, {
      bundles,
      bundle: "teardown",
      description: `Holdfast: frees the network of pool ${name} before a removal deletes it`,
      timeoutSeconds,
      memoryMb: 256,
      logDays: config.retention.logDays,
      environment: {},
      statements: teardownStatements(place, name),
    });
    // Addresses that are kept need no freeing.
    if (onRemove === "release") addressTeardown(place, parts, teardown);
    const fallbacks = hasFallback(pool) ? [fallbackTeardown(place, parts, teardown)] : [];
    return [{ subnets: subnetTeardowns(place, parts, teardown), fallbacks }];
  });
  return { subnets: made.flatMap((it) => it.subnets), fallbacks: made.flatMap((it) => it.fallbacks) };
}

function subnetTeardowns(place: Place, parts: Parts, teardown: DeployedFunction): Resource[] {
  const { name: pool, network, probes } = parts;
  const named = probes.map((probe) => ({ probe, name: `${place.name}-${pool}-${placeName(probe, parts)}-teardown` }));
  // Every invocation needs all of the pool's policies: a probe may run in another zone than its own.
  const policies = named.map(({ probe, name }) => allow(place, name, teardown, subnetStatements(place, probe)));
  return named.map(({ probe, name }) => {
    const request: Inputs<SubnetRequest> = {
      kind: "subnet",
      pool,
      vpcId: network.vpcId,
      subnetId: probe.subnetId,
      securityGroupIds: [...probe.securityGroupIds],
      deletesSubnet: parts.pool.network.kind === "create",
      probeArns: probes.map(({ deployed }) => deployed.lambda.arn),
    };
    const needed = probes.flatMap(({ deployed }) => [deployed.lambda, deployed.policy]);
    return invoke(place, name, parts, teardown, request, probe.subnetId, [...policies, ...needed]);
  });
}

const subnetStatements = (place: Place, { subnetId, deployed }: Probe) =>
  subnetTeardownStatements(place, { subnetId, functionArn: deployed.lambda.arn });

/** In an existing network a zone is numbered by its index: if one is dropped, the next takes its number, so its id is used. */
function placeName(probe: Probe, { pool: { network }, probes }: Parts): string {
  const known = network.kind === "existing" ? network.subnetIds[probes.indexOf(probe)] : undefined;
  return known ?? probe.vantage;
}

function fallbackTeardown(place: Place, parts: Parts, teardown: DeployedFunction): Resource {
  const { name: pool, network } = parts;
  const name = `${place.name}-${pool}-fallback-teardown`;
  const policy = allow(place, name, teardown, fallbackTeardownStatements(place, pool, network));
  const { vpcId } = network;
  const request: Inputs<FallbackRequest> = { kind: "fallback", pool, vpcId, routeTableIds: [...network.routeTableIds] };
  return invoke(place, name, parts, teardown, request, vpcId, [policy]);
}

/** A deployment that drops addresses has this one freed in its update, before anything is deleted. */
function addressTeardown(place: Place, parts: Parts, teardown: DeployedFunction): void {
  const { name: pool, network, addresses } = parts;
  const name = `${place.name}-${pool}-addresses-teardown`;
  const policy = allow(place, name, teardown, addressTeardownStatements(place, place.prefix));
  const { vpcId, scout } = network;
  const request: Inputs<AddressesRequest> = {
    kind: "addresses",
    pool,
    vpcId,
    allocationIds: [...addresses.allocatedIds],
    subnetIds: [...network.subnetIds],
    ...(scout && { scout: { subnetId: scout.subnetId, securityGroupId: scout.securityGroupId } }),
    hasFallback: hasFallback(parts.pool),
  };
  invoke(place, name, parts, teardown, request, vpcId, [policy]);
}

type Inputs<Request> = {
  readonly [Key in keyof Request]: Request[Key] extends readonly string[]
    ? Input<string>[]
    : Request[Key] extends object | undefined
      ? Inputs<Request[Key]>
      : Input<Request[Key]>;
};

/** For another place, Pulumi creates the new policy before it deletes the old one, which the old teardown still needs. */
function allow(place: Place, name: string, { policy }: DeployedFunction, statements: Statement[]): iam.RolePolicy {
  const args = { role: policy.role, policy: policyDocument(statements) };
  return new iam.RolePolicy(`${name}-policy`, args, { parent: place.parent, replaceOnChanges: ["policy"] });
}

/** For another place, Pulumi replaces the invocation: deleting the old one runs its teardown with its own input. */
function invoke(
  place: Place,
  name: string,
  { network, addresses }: Parts,
  teardown: DeployedFunction,
  request: object,
  placeId: Output<string>,
  needed: readonly Resource[],
): Resource {
  const input = jsonStringify(request);
  const args = { functionName: teardown.lambda.name, input, lifecycleScope: "CRUD", triggers: { place: placeId } };
  const dependsOn = [...network.made, ...addresses.made, teardown.policy, teardown.logGroup, ...needed];
  return new lambda.Invocation(name, args, { parent: place.parent, dependsOn });
}
