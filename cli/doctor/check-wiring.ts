/** Whether anything triggers the functions: trail, functions, queues, rules, schedules; and whether alarms notify. Pure. */

import { isDeepStrictEqual } from "node:util";
import { functionNameIn } from "../../src/aws/identifiers.ts";
import { alarmPattern } from "../../src/fallback/changes.ts";
import { blockPattern, changePattern } from "../../src/relocation/event-pattern.ts";
import { type Attention, ofPart } from "../support/attention.ts";
import { functionNameOf, type Part, type Pool } from "../support/deployment-model.ts";
import { restoreRemediation } from "../support/restore.ts";
import type { Actuator, Facts, PoolFact, Rule, Trigger } from "./facts.ts";
import { found } from "./finding-table.ts";

/** Without a trail that records write events EventBridge receives none: healing waits for the sweep. */
export function checkTrails({ trails }: Facts): Attention[] {
  if (!trails || trails.some(({ logging, writes }) => logging && writes)) return [];
  const names = trails.map(({ name }) => name);
  if (names.length === 0) return [found("trail-missing", {})];
  const isAnyLogging = trails.some(({ logging }) => logging);
  return [found(isAnyLogging ? "trail-reads-only" : "trail-stopped", { names })];
}

export function checkFunctions({ deployment, functions, settingsProblems, pools }: Facts): Attention[] {
  const known = new Set(functions.map(({ name }) => name));
  const probes = pools.flatMap(({ pool }) => pool.probing?.probes ?? []).map((it) => functionNameIn(it.functionArn));
  const wanted = [functionNameOf(deployment, "relocate"), functionNameOf(deployment, "canary"), ...probes];
  const restore = restoreRemediation(deployment);
  return [
    ...[...new Set(wanted)]
      .filter((name) => !known.has(name))
      .map((name) => found("function-missing", { name, restore })),
    ...functions
      .filter(({ reservedConcurrency }) => reservedConcurrency === 0)
      .map(({ name }) => found("function-off", { name })),
    ...functions
      .filter(({ state }) => state === "Failed")
      .map(({ name, reason }) => found("function-failed", { name, reason, restore })),
    ...settingsProblems.map((problem) => found("settings-invalid", { problem, restore })),
  ];
}

export function checkActuators(facts: Facts): Attention[] {
  return facts.actuators.flatMap((actuator) => [
    ...checkQueue(facts, actuator),
    ...checkMapping(facts, actuator),
    ...checkRules(facts, actuator),
  ]);
}

function checkQueue({ deployment }: Facts, { queue, queueName }: Actuator): Attention[] {
  return queue === null ? [found("queue-missing", { queueName, restore: restoreRemediation(deployment) })] : [];
}

function checkMapping({ deployment }: Facts, { part, mappings, queue }: Actuator): Attention[] {
  if (!mappings || !queue) return [];
  const name = functionNameOf(deployment, part);
  const queueName = queue.name;
  const mapping = mappings.find(({ queueArn }) => queueArn === queue.arn);
  if (!mapping) return [found("mapping-missing", { queueName, name, restore: restoreRemediation(deployment) })];
  const { state, uuid } = mapping;
  if (state === "Enabled" || state === "Enabling" || state === "Updating") return [];
  return [found("mapping-disabled", { queueName, name, state, uuid })];
}

/** Checks each pool's rules by their patterns, which are the deployment's own. */
function checkRules(facts: Facts, { part, queue, rules }: Actuator): Attention[] {
  if (!rules || !queue) return [];
  const restore = restoreRemediation(facts.deployment);
  return poolsOf(facts, part).flatMap(({ pool }) => {
    const own = rules.filter((it) => it.pool === pool.name);
    return Object.entries(patternsOf(part, pool)).flatMap(([what, pattern]) =>
      checkRule(own, pattern, { pool: pool.name, part, what, restore }),
    );
  });
}

function patternsOf(part: Part, { name, fallback }: Pool): Readonly<Record<string, object>> {
  if (part === "relocate") return { changes: changePattern, blocks: blockPattern(name) };
  return part === "fallback" && fallback ? { "changes of its alarm": alarmPattern(fallback.alarmName) } : {};
}

interface Wanted {
  readonly pool: string;
  readonly part: Part;
  /** What its events report. */
  readonly what: string;
  readonly restore: string;
}

function checkRule(own: readonly Rule[], pattern: object, { pool, ...wanted }: Wanted): Attention[] {
  const matching = own.filter((it) => isDeepStrictEqual(JSON.parse(it.pattern), pattern));
  if (matching.some(({ enabled }) => enabled)) return [];
  const [disabled] = matching;
  return [
    disabled ? found("rule-disabled", { ...wanted, name: disabled.name }, pool) : found("rule-missing", wanted, pool),
  ];
}

/** Returns the pools that the actuator works for. */
function poolsOf({ pools }: Facts, part: Part): readonly PoolFact[] {
  return part === "relocate" ? pools : pools.filter(({ pool }) => (part === "attach" ? pool.attach : pool.fallback));
}

/** Checks the sweep of each pool and actuator, and the canary's schedule. */
export function checkSchedules(facts: Facts): Attention[] {
  const { actuators, schedules, deployment } = facts;
  if (!schedules) return [];
  const restore = restoreRemediation(deployment);
  const sweeps = actuators.flatMap(({ queue, part }) => {
    if (!queue) return [];
    return poolsOf(facts, part).flatMap(({ pool: { name: pool } }) => {
      const own = schedules.filter((it) => it.targetArn === queue.arn && (it.pool === pool || it.pool === undefined));
      return whereNoneRuns(own, (disabled) =>
        disabled
          ? found("sweep-disabled", { part, pool, name: disabled }, pool)
          : found("sweep-missing", { part, pool, restore }, pool),
      );
    });
  });
  const canary = functionNameOf(deployment, "canary");
  const canaryArn = deployment.functionArns.get(canary);
  if (canaryArn === undefined) return sweeps;
  const rounds = schedules.filter(({ targetArn }) => targetArn === canaryArn);
  const noRounds = whereNoneRuns(rounds, (disabled) =>
    disabled ? found("rounds-disabled", { canary, name: disabled }) : found("rounds-missing", { canary, restore }),
  );
  return [...sweeps, ...noRounds];
}

/** Returns the finding where no schedule is enabled; of a disabled one it gets the name. */
function whereNoneRuns(
  schedules: readonly Trigger[],
  finding: (disabled: string | undefined) => Attention,
): Attention[] {
  return schedules.some(({ enabled }) => enabled) ? [] : [finding(schedules[0]?.name)];
}

export function checkDeadLetters({ deadLetters }: Facts): Attention[] {
  return deadLetters
    .filter(({ messages }) => messages > 0)
    .map(({ name: queueName, messages }) =>
      ofPart({ kind: "dead-letters", queueName, messages: messages === 1 ? "a message" : `${messages} messages` }),
    );
}

export function checkAlarms({ alarms, deployment }: Facts): Attention[] {
  if (!alarms) return [];
  if (alarms.length === 0) return [found("alarms-missing", { restore: restoreRemediation(deployment) })];
  // The alarm `escalation` triggers fallback only; people are notified of the same blocks by `blocked`.
  const mute = alarms.filter(({ notifies, name }) => !notifies && !name.endsWith("-escalation"));
  return [
    ...mute.map(({ name }) => found("alarm-without-action", { name })),
    ...alarms.filter(({ state }) => state === "ALARM").map(({ name }) => found("alarm-raised", { name })),
  ];
}
