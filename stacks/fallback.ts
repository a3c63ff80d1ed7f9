/** The function `fallback`, its alarms, settings and permissions, for the pools that have a fallback. */
import { ec2 } from "@pulumi/aws";
import { all, type Resource } from "@pulumi/pulumi";
import type { HoldfastConfig } from "../src/config/holdfast.ts";
import { hasFallback, type Pool } from "../src/config/pool.ts";
import { alarmPattern } from "../src/fallback/changes.ts";
import { tagKeys } from "../src/pool/tags.ts";
import { type Actuator, createActuator } from "./actuator.ts";
import type { PoolAddresses } from "./addresses.ts";
import { alarmName } from "./alarms.ts";
import { escalation } from "./alarms-fallback.ts";
import { forecastFallback } from "./forecast.ts";
import { createNatRole } from "./nat-role.ts";
import type { PoolNetwork } from "./network.ts";
import { deliver } from "./parameters.ts";
import type { FallbackParts } from "./parts.ts";
import { fallbackStatements } from "./permissions-fallback.ts";
import type { Place } from "./place.ts";
import type { Probe } from "./probing.ts";
import { fallbackDocument, fallbackIdsOf } from "./settings.ts";

/** Returns undefined when no pool has a fallback. */
export function createFallback(
  place: Place,
  config: HoldfastConfig,
  networks: Readonly<Record<string, PoolNetwork>>,
  addresses: Readonly<Record<string, PoolAddresses>>,
  allProbes: readonly Probe[],
  bundles: string,
  teardowns: readonly Resource[],
): Actuator | undefined {
  const parts = Object.entries(config.pools).flatMap(([name, pool]): FallbackParts[] => {
    const [network, own] = [networks[name], addresses[name]];
    if (!hasFallback(pool) || !network || !own) return [];
    const probes = allProbes
      .filter((it) => it.pool === name && it.kind === "serving")
      .map(({ vantage, subnetId, deployed }) => ({ vantage, subnetId, functionArn: deployed.lambda.arn }));
    return [{ name, pool, network, addresses: own, probes, alarmName: alarmName(place.prefix, name, escalation) }];
  });
  if (parts.length === 0) return undefined;
  for (const { name, pool } of parts) tagExistingTables(place, name, pool);
  if (parts.some(({ pool }) => pool.fallback.mode === "regional")) createNatRole(place);
  return createActuator(place, {
    name: "fallback",
    functionName: "fallback",
    teardowns,
    // An override and the return from a dead gateway must take effect within a minute, however rarely relocation sweeps.
    pools: parts.map(({ name }) => ({ name, sweepMinutes: 1 })),
    patterns: { alarms: alarmPattern(place.prefix) },
    describe({ deadLetters }) {
      const document = all([fallbackIdsOf(parts), deadLetters.url]).apply(([ids, url]) =>
        fallbackDocument(config, parts, ids, url),
      );
      const settings = deliver(place, "fallback", document, forecastFallback(config, place.prefix));
      return {
        bundles,
        description: "Holdfast: fails pools over to a NAT gateway when their addresses are blocked, and back",
        logDays: config.retention.logDays,
        environment: settings.environment,
        statements: fallbackStatements(place, parts, settings.parameter),
      };
    },
  });
}

/** Tags the route tables of an existing network; those of a created network have the tag from the beginning. */
function tagExistingTables(place: Place, pool: string, { network }: Pool): void {
  if (network.kind !== "existing") return;
  for (const resourceId of network.routeTableIds) {
    const tag = { resourceId, key: tagKeys.pool, value: pool };
    new ec2.Tag(`${place.name}-${resourceId}-holdfast-pool`, tag, { parent: place.parent });
  }
}
