/** Whether anything would look at the pools at all: trail, functions, queues, rules, schedules. Pure. */

import { isDeepStrictEqual } from "node:util";
import { alarmPattern } from "../../src/fallback/changes.ts";
import { blockPattern, changePattern } from "../../src/relocation/event-pattern.ts";
import type { Attention, Severity } from "../support/attention.ts";
import { functionNameOf, type Part, type Pool } from "../support/deployment-model.ts";
import { restoreRemedy } from "../support/restore.ts";
import type { Actuator, Facts, PoolFact, Rule, Trigger } from "./facts.ts";

function shared(id: string, severity: Severity, text: string, remedy: string): Attention {
  return { id, severity, pool: undefined, text, remedy };
}

/** Without a trail that records calls which change something, EventBridge hears of none: healing waits for the sweep. */
export function checkTrails({ trails }: Facts): Attention[] {
  if (!trails || trails.some(({ logging, writes }) => logging && writes)) return [];
  const names = trails.map(({ name }) => name).join(", ");
  if (trails.length === 0) {
    const remedy = 'set trail: "create" in holdfast.config.ts and deploy, or make a trail of management events';
    return [
      shared("trail-missing", "error", "no CloudTrail trail covers this region: changes are not announced", remedy),
    ];
  }
  if (!trails.some(({ logging }) => logging)) {
    return [
      shared(
        "trail-stopped",
        "error",
        `no trail is logging (${names}): changes are not announced`,
        `aws cloudtrail start-logging --name ${trails[0]?.name}`,
      ),
    ];
  }
  const text = `no logging trail records management events that write (${names}): changes are not announced`;
  return [
    shared("trail-reads-only", "error", text, "have one record write events: aws cloudtrail put-event-selectors"),
  ];
}

export function checkFunctions({ deployment, functions, settingsProblems, pools }: Facts): Attention[] {
  const known = new Set(functions.map(({ name }) => name));
  const probes = pools.flatMap(({ pool }) =>
    (pool.probing?.probes ?? []).map(({ functionArn }) => functionArn.split(":")[6] ?? ""),
  );
  const wanted = [functionNameOf(deployment, "relocate"), functionNameOf(deployment, "canary"), ...probes];
  const restore = restoreRemedy(deployment);
  return [
    ...[...new Set(wanted)]
      .filter((name) => !known.has(name))
      .map((name) =>
        shared("function-missing", "error", `${name} does not exist, or lost its tag holdfast:stage`, restore),
      ),
    ...functions
      .filter(({ reservedConcurrency }) => reservedConcurrency === 0)
      .map(({ name }) =>
        shared(
          "function-off",
          "error",
          `${name} may not run: its reserved concurrency is 0`,
          `aws lambda delete-function-concurrency --function-name ${name}`,
        ),
      ),
    ...functions
      .filter(({ state }) => state === "Failed")
      .map(({ name, reason }) =>
        shared("function-failed", "error", `${name} has failed: ${reason ?? "no reason given"}`, restore),
      ),
    ...settingsProblems.map((problem) => shared("settings-invalid", "error", problem, restore)),
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
  const text = `queue ${queueName} does not exist: nothing is started`;
  return queue === null ? [shared("queue-missing", "error", text, restoreRemedy(deployment))] : [];
}

function checkMapping({ deployment }: Facts, { part, mappings, queue }: Actuator): Attention[] {
  if (!mappings || !queue) return [];
  const name = functionNameOf(deployment, part);
  const mapping = mappings.find(({ queueArn }) => queueArn === queue.arn);
  if (!mapping) {
    const text = `nothing brings the messages of ${queue.name} to ${name}`;
    return [shared("mapping-missing", "error", text, restoreRemedy(deployment))];
  }
  if (mapping.state === "Enabled" || mapping.state === "Enabling" || mapping.state === "Updating") return [];
  const remedy = `enable it: aws lambda update-event-source-mapping --enabled for ${name}`;
  return [
    shared("mapping-disabled", "error", `${name} does not read ${queue.name}: its mapping is ${mapping.state}`, remedy),
  ];
}

/** Each pool's rules, by what they listen for: the very patterns that a deployment gives them. */
function checkRules(facts: Facts, { part, queue, rules }: Actuator): Attention[] {
  if (!rules || !queue) return [];
  return poolsOf(facts, part).flatMap(({ pool }) => {
    const own = rules.filter((it) => it.pool === pool.name);
    return Object.entries(patternsOf(part, pool)).flatMap(([what, pattern]) =>
      checkRule(own, pattern, { pool: pool.name, part, what, restore: restoreRemedy(facts.deployment) }),
    );
  });
}

function patternsOf(part: Part, { name, fallback }: Pool): Readonly<Record<string, object>> {
  if (part === "relocate") return { changes: changePattern, blocks: blockPattern(name) };
  return part === "fallback" && fallback ? { alarms: alarmPattern(fallback.alarmName) } : {};
}

interface Listening {
  readonly pool: string;
  readonly part: Part;
  /** What its events tell of. */
  readonly what: string;
  readonly restore: string;
}

function checkRule(own: readonly Rule[], pattern: object, { pool, part, what, restore }: Listening): Attention[] {
  const listening = own.filter((it) => isDeepStrictEqual(JSON.parse(it.pattern), pattern));
  if (listening.some(({ enabled }) => enabled)) return [];
  const [disabled] = listening;
  const late = `${part} hears of ${what} by the sweep alone`;
  if (!disabled) {
    return [{ ...shared("rule-missing", "error", `no rule brings ${what} to the queue: ${late}`, restore), pool }];
  }
  const { name } = disabled;
  const remedy = `aws events enable-rule --name ${name}`;
  return [{ ...shared("rule-disabled", "error", `rule ${name} is disabled: ${late}`, remedy), pool }];
}

/** Those that the actuator works for. */
function poolsOf({ pools }: Facts, part: Part): readonly PoolFact[] {
  return part === "relocate" ? pools : pools.filter(({ pool }) => (part === "attach" ? pool.attach : pool.fallback));
}

/** A sweep for each pool and actuator, and the canary's minute. */
export function checkSchedules(facts: Facts): Attention[] {
  const { actuators, schedules, deployment } = facts;
  if (!schedules) return [];
  const sweeps = actuators.flatMap(({ queue, part }) => {
    return queue
      ? poolsOf(facts, part).flatMap(({ pool }) => checkSweep(facts, schedules, queue.arn, part, pool.name))
      : [];
  });
  const canary = functionNameOf(deployment, "canary");
  const canaryArn = deployment.functionArns.get(canary);
  if (canaryArn === undefined) return sweeps;
  const rounds = schedules.filter(({ targetArn }) => targetArn === canaryArn);
  return [...sweeps, ...lacking(facts, rounds, "rounds", undefined, `nothing starts ${canary}: nobody probes`)];
}

function checkSweep(
  facts: Facts,
  schedules: readonly Trigger[],
  queueArn: string,
  part: Part,
  pool: string,
): Attention[] {
  const own = schedules.filter((it) => it.targetArn === queueArn && (it.pool === pool || it.pool === undefined));
  return lacking(
    facts,
    own,
    "sweep",
    pool,
    `nothing makes ${part} look at pool ${pool} every minute: a lost event is never made up for`,
  );
}

function lacking(
  { deployment }: Facts,
  own: readonly Trigger[],
  kind: "sweep" | "rounds",
  pool: string | undefined,
  text: string,
): Attention[] {
  if (own.some(({ enabled }) => enabled)) return [];
  const [disabled] = own;
  const id = `${kind}-${disabled ? "disabled" : "missing"}`;
  const remedy = disabled ? `enable schedule ${disabled.name} in EventBridge Scheduler` : restoreRemedy(deployment);
  return [{ id, severity: "error", pool, text, remedy }];
}

export function checkDeadLetters({ deadLetters }: Facts): Attention[] {
  return deadLetters
    .filter(({ messages }) => messages > 0)
    .map(({ name, messages }) =>
      shared(
        "dead-letters",
        "warning",
        `${name} holds ${messages} ${messages === 1 ? "message" : "messages"} that could not be delivered or done`,
        "read one: its attributes name the reason; purge the queue when it is mended",
      ),
    );
}

export function checkAlarms({ alarms, deployment }: Facts): Attention[] {
  if (!alarms) return [];
  if (alarms.length === 0) {
    const text = "the deployment has no alarm: nobody would be notified";
    return [shared("alarms-missing", "warning", text, restoreRemedy(deployment))];
  }
  // That one is for fallback alone: people hear of the same from `blocked`.
  const mute = alarms.filter(({ acts, name }) => !acts && !name.endsWith("-escalation"));
  return [
    ...mute.map(({ name }) =>
      shared(
        "alarm-without-action",
        "warning",
        `alarm ${name} tells nobody`,
        "set notifications in holdfast.config.ts and deploy, or aws cloudwatch enable-alarm-actions",
      ),
    ),
    ...alarms
      .filter(({ state }) => state === "ALARM")
      .map(({ name }) =>
        shared("alarm-raised", "warning", `alarm ${name} is raised`, "docs/runbook.md has a section of its name"),
      ),
  ];
}
