/** The function `relocate`: its events, settings and permissions. */
import { all, type Resource } from "@pulumi/pulumi";
import type { HoldfastConfig } from "../src/config/holdfast.ts";
import { blockPattern, changePattern } from "../src/relocation/event-pattern.ts";
import { type Actuator, createActuator } from "./actuator.ts";
import type { PoolAddresses } from "./addresses.ts";
import { forecastRelocation } from "./forecast.ts";
import type { PoolNetwork } from "./network.ts";
import { deliver } from "./parameters.ts";
import { type RelocationScope, relocationStatements } from "./permissions-relocation.ts";
import type { Place } from "./place.ts";
import { idsOf, membersOf, ownAddressesOf, relocationDocument } from "./settings.ts";

export function createRelocation(
  place: Place,
  config: HoldfastConfig,
  networks: Readonly<Record<string, PoolNetwork>>,
  addresses: Readonly<Record<string, PoolAddresses>>,
  bundles: string,
  teardowns: readonly Resource[],
): Actuator {
  const pools = Object.entries(config.pools);
  return createActuator(place, {
    name: "relocation",
    functionName: "relocate",
    teardowns,
    pools: pools.map(([name, { schedule }]) => ({ name, sweepMinutes: schedule.sweepMinutes })),
    patterns: { changes: changePattern, blocks: blockPattern },
    describe({ deadLetters }) {
      const document = all([idsOf(networks), ownAddressesOf(addresses), deadLetters.url]).apply(([ids, own, url]) =>
        relocationDocument(config, ids, own, url),
      );
      const settings = deliver(place, "relocate", document, forecastRelocation(config, place.prefix));
      return {
        bundles,
        description: "Holdfast: keeps the pools' addresses on the interfaces that their members use",
        logDays: config.retention.logDays,
        environment: settings.environment,
        statements: relocationStatements(place, relocationScope(config, networks, settings.parameter)),
      };
    },
  });
}

/** Returns the resources that relocation uses. */
export function relocationScope(
  { pools }: HoldfastConfig,
  networks: Readonly<Record<string, PoolNetwork>>,
  settings: string | undefined,
): RelocationScope {
  const members = Object.entries(pools).map(([name, pool]) => membersOf(name, pool));
  return {
    poolNames: Object.keys(pools),
    subnetArns: Object.values(networks).flatMap(({ subnetArns }) => subnetArns),
    scoutSubnetArns: Object.values(networks).flatMap(({ scout }) => (scout ? [scout.subnetArn] : [])),
    settings,
    membersBy: {
      patterns: members.some(({ names }) => names.some((name) => name.includes("*"))),
      tags: members.some(({ tags }) => Object.keys(tags).length > 0),
    },
  };
}
