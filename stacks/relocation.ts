/** Relocation's function: which changes it hears of, what it is told and may do. */
import type { Resource } from "@pulumi/pulumi";
import type { HoldfastConfig } from "../src/config/holdfast.ts";
import { blockPattern, changePattern } from "../src/relocation/event-pattern.ts";
import { type Actuator, createActuator } from "./actuator.ts";
import type { PoolNetwork } from "./network.ts";
import { relocationStatements } from "./permissions.ts";
import type { Place } from "./place.ts";
import { membersOf, relocationSettings } from "./settings.ts";

export function createRelocation(
  place: Place,
  config: HoldfastConfig,
  networks: Readonly<Record<string, PoolNetwork>>,
  bundles: string,
  teardowns: readonly Resource[],
): Actuator {
  const pools = Object.entries(config.pools);
  const members = pools.map(([name, pool]) => membersOf(name, pool));
  return createActuator(place, {
    name: "relocation",
    functionName: "relocate",
    teardowns,
    pools: pools.map(([name, { schedule }]) => ({
      name,
      sweepMinutes: schedule.sweepMinutes,
      patterns: { changes: changePattern, blocks: blockPattern(name) },
    })),
    describe({ deadLetters }) {
      const settings = relocationSettings(place, config, networks, deadLetters.url);
      const scope = {
        poolNames: Object.keys(config.pools),
        subnetArns: Object.values(networks).flatMap(({ subnetArns }) => subnetArns),
        scoutSubnetArns: Object.values(networks).flatMap(({ scout }) => (scout ? [scout.subnetArn] : [])),
        parameterArn: settings.parameterArn,
        membersBy: {
          patterns: members.some(({ names }) => names.some((name) => name.includes("*"))),
          tags: members.some(({ tags }) => Object.keys(tags).length > 0),
        },
      };
      return {
        bundles,
        description: "Holdfast: keeps the pools' addresses on the interfaces that their members use",
        logDays: config.retention.logDays,
        environment: settings.environment,
        statements: relocationStatements(place, scope),
      };
    },
  });
}
