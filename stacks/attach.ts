/** The function `attach`, its settings and its permissions, for the pools whose guard policy is `attach`. */
import { all, type Resource } from "@pulumi/pulumi";
import type { HoldfastConfig } from "../src/config/holdfast.ts";
import { attaches } from "../src/config/pool.ts";
import { type Actuator, createActuator } from "./actuator.ts";
import { forecastAttach } from "./forecast.ts";
import type { PoolNetwork } from "./network.ts";
import { deliver } from "./parameters.ts";
import type { AttachParts } from "./parts.ts";
import { attachStatements } from "./permissions-attach.ts";
import type { Place } from "./place.ts";
import { attachDocument, idsOf } from "./settings.ts";

/** Returns undefined when no pool attaches: then no role may change a function that is not Holdfast's. */
export function createAttach(
  place: Place,
  config: HoldfastConfig,
  networks: Readonly<Record<string, PoolNetwork>>,
  bundles: string,
  teardowns: readonly Resource[],
): Actuator | undefined {
  const parts = Object.entries(config.pools).flatMap(([name, pool]): AttachParts[] => {
    const network = networks[name];
    return attaches(pool) && network ? [{ name, functions: pool.guarded.functions, network }] : [];
  });
  if (parts.length === 0) return undefined;
  return createActuator(place, {
    name: "attach",
    functionName: "attach",
    teardowns,
    // Evidence takes minutes to gather, so that the sweep is early enough without events (decision 0012).
    pools: parts.map(({ name }) => ({ name, sweepMinutes: 1 })),
    patterns: {},
    describe({ deadLetters }) {
      const document = all([idsOf(networks), deadLetters.url]).apply(([ids, url]) => attachDocument(config, ids, url));
      const settings = deliver(place, "attach", document, forecastAttach(config, place.prefix));
      return {
        bundles,
        description: "Holdfast: attaches guarded functions that partners refuse to their pools' networks",
        logDays: config.retention.logDays,
        environment: settings.environment,
        statements: attachStatements(place, parts, settings.parameter),
      };
    },
  });
}
