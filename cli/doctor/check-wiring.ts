/** Whether anything triggers the functions: trail, functions, queues, rules, schedules; and whether alarms notify. Pure. */

import { isDeepStrictEqual } from "node:util";
import { functionNameIn } from "../../src/aws/identifiers.ts";
import { alarmPattern } from "../../src/fallback/changes.ts";
import { blockPattern, changePattern } from "../../src/relocation/event-pattern.ts";
import { counted } from "../../src/telemetry/counted.ts";
import { type Attention, ofPart } from "../support/attention.ts";
import { type Deployment, functionNameOf, type Part } from "../support/deployment-model.ts";
import { restoreRemediation } from "../support/restore.ts";
import type { Actuator, Facts, PoolFact, Trigger } from "./facts.ts";
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

/** Checks the rules by their patterns, which are the deployment's own. */
function checkRules(facts: Facts, { part, queue, rules }: Actuator): Attention[] {
  if (!rules || !queue || poolsOf(facts, part).length === 0) return [];
  const { deployment } = facts;
  const restore = restoreRemediation(deployment);
  return Object.entries(patternsOf(part, deployment)).flatMap(([what, pattern]) => {
    const matching = rules.filter((it) => isDeepStrictEqual(JSON.parse(it.pattern), pattern));
    if (matching.some(({ enabled }) => enabled)) return [];
    const [disabled] = matching;
    return [
      disabled
        ? found("rule-disabled", { part, what, name: disabled.name })
        : found("rule-missing", { part, what, restore }),
    ];
  });
}

function patternsOf(part: Part, { stage }: Deployment): Readonly<Record<string, object>> {
  if (part === "relocate") return { changes: changePattern, blocks: blockPattern };
  return part === "fallback" ? { "changes of its alarms": alarmPattern(stage) } : {};
}

/** Returns the pools that the actuator works for. */
function poolsOf({ pools }: Facts, part: Part): readonly PoolFact[] {
  return part === "relocate" ? pools : pools.filter(({ pool }) => (part === "attach" ? pool.attach : pool.fallback));
}

/** Checks the sweeps of each actuator, one schedule for all pools that are swept equally often, and the canary's schedule. */
export function checkSchedules(facts: Facts): Attention[] {
  const { actuators, schedules, deployment } = facts;
  if (!schedules) return [];
  const restore = restoreRemediation(deployment);
  const sweeps = actuators.flatMap(({ queue, part }) => {
    const pools = poolsOf(facts, part).map(({ pool }) => pool);
    if (!queue || pools.length === 0) return [];
    const own = schedules.filter(({ targetArn }) => targetArn === queue.arn);
    const everyMinutes = pools.map(({ relocation }) => (part === "relocate" ? relocation.sweepMinutes : 1));
    return [...new Set(everyMinutes)].flatMap((minutes) =>
      whereNoneRuns(
        own.filter((it) => it.everyMinutes === minutes),
        (disabled) =>
          disabled
            ? found("sweep-disabled", { part, name: disabled })
            : found("sweep-missing", { part, minutes, restore }),
      ),
    );
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
      ofPart({ kind: "dead-letters", queueName, messages: counted(messages, "message") }),
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
