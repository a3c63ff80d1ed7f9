/** One pool's minute: prepare, let probes follow their members, probe in evenly spread rounds, note what has changed. */
import type { EC2Client } from "@aws-sdk/client-ec2";
import { UpdateFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import { AwsCallError, call } from "../aws/errors.ts";
import type { FunctionArn, SecurityGroupId, SubnetId, VpcId } from "../aws/identifiers.ts";
import {
  type CanarySettings,
  homeIn,
  type ProbingPool,
  type ReadTargets,
  readTargets,
} from "../config/probing-settings.ts";
import { attachmentOf } from "../relocation/model.ts";
import { readVersion } from "../relocation/observe-members.ts";
import { observeNetwork, type PoolNetwork } from "../relocation/observe-network.ts";
import { isUpdating } from "../relocation/updates.ts";
import type { Log } from "../telemetry/log.ts";
import { type DomainEvent, domainEventMessage } from "../telemetry/model.ts";
import { noteAddresses } from "./address-health.ts";
import type { CanaryMemory } from "./canary-memory.ts";
import { type PoolRound, type PreparedTarget, type RoundPlan, type RoundTools, runPoolRound } from "./canary-round.ts";
import { poolItself } from "./comparison.ts";
import { type Confirmation, isForEverybody } from "./confirm.ts";
import { evidence } from "./evidence.ts";
import { egressEvidence, targetEvidence } from "./findings.ts";
import type { NotedRound } from "./noted-round.ts";
import { rankOf, ranks } from "./rank.ts";
import { resolveSecrets, type SecretStores } from "./secrets.ts";
import { suspected } from "./suspicion.ts";
import { requestOf } from "./target.ts";
import { isBad, remember } from "./transitions.ts";
import { type Coverage, coverage, idleVantages, type Move, type ProbeFunction } from "./vantages.ts";

export interface Canary extends RoundTools, SecretStores {
  readonly settings: CanarySettings;
  readonly ec2: EC2Client;
  readonly log: Log;
  /** Puts events on the bus; after a failed call, the next round tries again. */
  readonly publish: (events: readonly DomainEvent[]) => Promise<void>;
}

/** What a minute found, for its metrics. */
export interface Minute {
  readonly rounds: readonly NotedRound[];
  readonly refused: ReadonlySet<string>;
  readonly unprobed: number | undefined;
}

/** By this key Logs Insights finds the records that a partner's support asks for. */
export const evidenceMessage = "address block confirmed";

const minuteMs = 60_000;
/**
 * Longest that a round may take, and what it leaves to the next. The last leaves it to writing down what the minute
 * found, before the function's timeout (stacks/probing.ts): a probe that hangs must not cost the others' metrics.
 */
const roundMs = 25_000;
const pauseMs = 5_000;
/** What an invocation takes besides what the probe itself does. */
const invocationMs = 1_000;

/**
 * Runs the minute of one pool. What AWS, a probe or a target refuses is logged and measured, not thrown.
 *
 * @param beganMs when the canary's minute began, in which a pool may begin later (src/config/canary-start.ts)
 */
export async function runMinute(
  canary: Canary,
  pool: ProbingPool,
  memory: CanaryMemory,
  beganMs = canary.clock.now(),
): Promise<Minute> {
  const { clock, log } = canary;
  const startMs = clock.now();
  const spacingMs = minuteMs / pool.roundsPerMinute;
  const limitMs = Math.min(roundMs, spacingMs - pauseMs);
  const [{ targets, refused }, network, probes] = await Promise.all([
    prepareTargets(canary, readTargets(pool), startMs, limitMs - invocationMs),
    attempt(log, pool.name, () => observeNetwork(canary.ec2, pool)),
    attempt(log, pool.name, () => readProbes(canary, pool)),
  ]);
  for (const [target, reason] of refused) log.error("target refused", { pool: pool.name, target, reason });
  const { echoUrl } = canary.settings;
  const idle = network && probes ? idleVantages(probes, network.interfaces, network.addresses) : new Set<string>();
  const covered = network && probes && coverage(network.interfaces, network.addresses, probes);
  if (covered) await attempt(log, pool.name, () => followMembers(canary, pool.name, memory, covered));
  const egressIps = network && new Set(network.addresses.map(({ publicIp }) => publicIp));
  const plan = { pool: pool.name, echoUrl, probes: pool.probes, idle, targets, limitMs, egressIps };
  // A pool that begins late must not round to the one minute or the other by chance.
  const firstTurn = Math.round(beganMs / spacingMs);
  const endMs = beganMs + minuteMs - pauseMs;
  const rounds: NotedRound[] = [];
  for (let index = 0; index < pool.roundsPerMinute; index++) {
    await clock.sleep(Math.max(0, startMs + index * spacingMs - clock.now()));
    const leftMs = Math.max(invocationMs, Math.min(limitMs, endMs - clock.now()));
    const round = await runPoolRound(canary, { ...plan, limitMs: leftMs, turn: firstTurn + index }, memory.comparison);
    logRound(log, plan.pool, round);
    const { events, ...noted } = await noteRound(canary, pool, memory, { network, idle, round });
    logEvidence(log, plan, { ...round, ...noted }, memory);
    rounds.push({ ...round, ...noted });
    await deliver(canary, memory, events);
  }
  return { rounds, refused: new Set(refused.keys()), unprobed: covered?.unprobed.length };
}

/** Returns what the work returns, or undefined after a failed call, which is logged: the canary goes on. */
async function attempt<Result>(log: Log, pool: string, work: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AwsCallError)) throw error;
    const { action, code, message } = error;
    log.error("call failed", { pool, permission: action, code, reason: message });
    return undefined;
  }
}

async function prepareTargets(
  stores: SecretStores,
  { targets, refused: wrong }: ReadTargets,
  nowMs: number,
  limitMs: number,
) {
  const resolved = await resolveSecrets(stores, targets, nowMs);
  const refused = new Map(wrong);
  const prepared = targets.flatMap((settings): PreparedTarget[] => {
    const outcome = resolved.get(settings.name);
    if (!outcome || "problem" in outcome) {
      refused.set(settings.name, outcome?.problem ?? "headers: not resolved");
      return [];
    }
    const { expiresMs, ...carried } = outcome;
    const request = requestOf(settings, carried, limitMs);
    return [{ settings, request, certificateExpiresMs: expiresMs }];
  });
  return { targets: prepared, refused };
}

function readProbes({ lambda, clock }: RoundTools, { probes }: ProbingPool) {
  return Promise.all(
    probes.map(async ({ functionArn, vantage, kind }): Promise<ProbeFunction & { vantage: string }> => {
      const { version, variables } = await readVersion(lambda, functionArn, undefined);
      const { status, attachments } = version;
      return {
        ...{ functionArn: functionArn as FunctionArn, vantage, kind, status, attachments },
        isUpdating: isUpdating(version, clock.now()),
        home: toHome(variables),
      };
    }),
  );
}

function toHome(variables: Parameters<typeof homeIn>[0]): ProbeFunction["home"] {
  const home = homeIn(variables);
  if (!home) return undefined;
  const { vpcId, subnetId, securityGroupIds } = home;
  return attachmentOf(vpcId as VpcId, subnetId as SubnetId, securityGroupIds as SecurityGroupId[]);
}

function logRound(log: Log, pool: string, round: PoolRound): void {
  for (const [vantage, reason] of round.failed) log.error("probe failed", { pool, vantage, reason });
  for (const [target, reason] of round.refused) log.error("target refused", { pool, target, reason });
  const verdicts = round.confirmations.map(({ vantage, target, verdict, finding }) => ({
    ...{ vantage: vantage.id, address: vantage.address, target, verdict: verdict.kind, rule: verdict.rule, finding },
    scope: verdict.kind === "blocked" ? verdict.scope : undefined,
  }));
  log.info("round", { pool, verdicts });
}

/** Logs what a partner's support asks for, of blocks that are certain: one odd answer proves none. */
function logEvidence(
  log: Log,
  { pool, targets }: Pick<RoundPlan, "pool" | "targets">,
  { confirmations, timeMs, isBlock, refusedPool }: NotedRound,
  memory: CanaryMemory,
): void {
  const keyOf = ({ vantage, target }: Confirmation) => `${vantage.address} ${target}`;
  const isOfPool = ({ target, accepted }: Confirmation) => refusedPool.has(target) && !accepted;
  const refusals = confirmations.filter((it) => it.confirmed || isOfPool(it));
  const firstSeenMs = memory.firstSeen(refusals.map(keyOf), timeMs);
  for (const refusal of refusals.filter((it) => isBlock(it) || isOfPool(it))) {
    const settings = targets.find((it) => it.settings.name === refusal.target)?.settings;
    if (!refusal.answer || !settings) continue;
    const here = confirmations.filter(({ target }) => target === refusal.target);
    const record = evidence(refusal, refusal.answer, settings, here, timeMs, firstSeenMs.get(keyOf(refusal)));
    log.info(evidenceMessage, { pool, targetName: refusal.target, vantage: refusal.vantage.id, evidence: record });
  }
}

interface Seen {
  readonly network: PoolNetwork | undefined;
  readonly idle: ReadonlySet<string>;
  readonly round: PoolRound;
}

/** Notes a round's findings on addresses, targets and vantages, and returns events for what has changed. */
async function noteRound(
  { ec2, log }: Canary,
  { name: pool, poolRefusal }: ProbingPool,
  memory: CanaryMemory,
  { network, idle, round: { confirmations, comparison, timeMs } }: Seen,
): Promise<Omit<NotedRound, keyof PoolRound> & { readonly events: DomainEvent[] }> {
  memory.comparison = comparison;
  const addresses = network?.addresses ?? [];
  const health = await noteAddresses(ec2, memory, pool, addresses, confirmations, timeMs);
  for (const { action, code, message } of health.failures) {
    log.error("call failed", { pool, permission: action, code, reason: message });
  }
  memory.targets = remember(memory.targets, targetEvidence(confirmations));
  const watched = confirmations.filter(({ vantage }) => !idle.has(vantage.id));
  memory.vantages = remember(memory.vantages, egressEvidence(watched));
  const badOf = (histories: typeof memory.targets, were: ReadonlySet<string>) =>
    new Set([...histories.keys()].filter((key) => isBad(histories, key, were.has(key))));
  const down = badOf(memory.targets, memory.downTargets);
  const lost = badOf(memory.vantages, memory.lostVantages);
  const newlyDown = [...down].filter((target) => !memory.downTargets.has(target));
  const newlyLost = [...lost].filter((vantage) => !memory.lostVantages.has(vantage));
  memory.downTargets = down;
  memory.lostVantages = lost;
  const refusedPool = new Set(suspected(comparison.pool, poolItself));
  const newlyRefused = [...refusedPool].filter((target) => !memory.refusedPool.has(target));
  memory.refusedPool = refusedPool;
  const rulesOf = (target: string) => [
    ...new Set(confirmations.filter((it) => it.target === target).map(({ verdict }) => verdict.rule)),
  ];
  const events: DomainEvent[] = [
    ...health.events,
    ...newlyDown.map(
      (target) => ({ type: "TargetDown", timeMs, detail: { pool, target, rules: rulesOf(target) } }) as const,
    ),
    ...newlyRefused.map(
      (target) => ({ type: "PoolRefused", timeMs, detail: refusalOf(pool, target, confirmations) }) as const,
    ),
    ...newlyLost.map((vantage) => ({ type: "EgressLost", timeMs, detail: { pool, vantage } }) as const),
  ];
  const isOfPool = ({ target, accepted }: Confirmation) =>
    poolRefusal === "escalate" && refusedPool.has(target) && !accepted;
  const isBlocked = ({ vantage: { address = "" }, target }: Confirmation) =>
    network ? health.against.has(address) : suspected(comparison.addresses, address).includes(target);
  // A rate limit is met by a blocked address as by any other, and so is what everybody is refused for.
  const isRefused = (it: Confirmation) =>
    it.confirmed ||
    (it.verdict.kind === "blocked" &&
      rankOf(it.verdict, it.answer) !== ranks.strain &&
      !isForEverybody(it, confirmations));
  const isBlock = (it: Confirmation) => (isRefused(it) && isBlocked(it)) || isOfPool(it);
  const blocked = network && servingOf(network, confirmations, health.blocked);
  return { blocked, marked: health.blocked, idle, isBlock, refusedPool, events };
}

/** What `PoolRefused` says: which of our addresses the target keeps out, how, and whether the shared pool is let in. */
function refusalOf(pool: string, target: string, confirmations: readonly Confirmation[]) {
  const here = confirmations.filter((it) => it.target === target);
  const own = here.filter(({ vantage }) => vantage.kind !== "shared");
  return {
    ...{ pool, target, publicIps: [...new Set(own.flatMap(({ vantage }) => vantage.address ?? []))] },
    rules: [...new Set(own.map(({ verdict }) => verdict.rule))],
    because: here.length > own.length ? "shared-accepted" : "accepted-before",
  };
}

/**
 * Returns those of the addresses that serve: on an interface of the pool, or seen by a serving vantage. In fallback no
 * vantage leaves by them, and partners refuse them all the same.
 */
function servingOf(
  { interfaces, addresses }: PoolNetwork,
  confirmations: readonly Confirmation[],
  publicIps: ReadonlySet<string>,
): ReadonlySet<string> {
  const ids = new Set(interfaces.map(({ networkInterfaceId }) => networkInterfaceId));
  const held = addresses.filter(
    ({ networkInterfaceId: id, use }) => id !== undefined && ids.has(id) && use?.state !== "scouting",
  );
  const seen = confirmations.flatMap(({ vantage }) => (vantage.kind === "serving" ? (vantage.address ?? []) : []));
  return new Set([...held.map(({ publicIp }) => publicIp), ...seen].filter((it) => publicIps.has(it)));
}

/** Moves the probes whose members have moved on, and reports the interfaces that none follows to. */
async function followMembers(canary: Canary, pool: string, memory: CanaryMemory, coverage: Coverage): Promise<void> {
  const { follows, other } = coverage;
  const proposed = other && JSON.stringify(other);
  const isDue = proposed !== undefined && proposed === memory.proposedMove;
  memory.proposedMove = isDue ? undefined : proposed;
  const moves = [...follows, ...(other && isDue ? [other] : [])];
  await announceUnprobed(canary, pool, memory, coverage);
  await Promise.all(moves.map((move) => moveProbe(canary, pool, move)));
}

/** Announces the interfaces that two minutes in a row have shown unprobed: in the first, a probe may be on its way. */
async function announceUnprobed(canary: Canary, pool: string, memory: CanaryMemory, { unprobed, follows }: Coverage) {
  const followed = new Set(follows.map(({ to }) => to.key));
  const left = unprobed.filter(({ attachment }) => !followed.has(attachment.key));
  const lasting = left.filter((it) => memory.unprobed.has(it.networkInterfaceId));
  const announced = memory.announcedUnprobed;
  memory.unprobed = new Set(left.map((it) => it.networkInterfaceId));
  memory.announcedUnprobed = new Set(lasting.map((it) => it.networkInterfaceId));
  if (lasting.some((it) => !announced.has(it.networkInterfaceId))) {
    const interfaces = lasting.map(({ networkInterfaceId, attachment: { vpcId, subnetId, securityGroupIds } }) => ({
      ...{ networkInterfaceId, vpcId, subnetId, securityGroupIds },
    }));
    const event = { type: "UnprobedInterfaces", timeMs: canary.clock.now(), detail: { pool, interfaces } } as const;
    await deliver(canary, memory, [event]);
  }
}

async function moveProbe({ lambda, log }: Canary, pool: string, { functionArn, to }: Move): Promise<void> {
  const { subnetId, securityGroupIds } = to;
  const VpcConfig = { SubnetIds: [subnetId], SecurityGroupIds: [...securityGroupIds] };
  const command = new UpdateFunctionConfigurationCommand({ FunctionName: functionArn, VpcConfig });
  await call("lambda:UpdateFunctionConfiguration", () => lambda.send(command));
  log.info("probe moved", { pool, probe: functionArn, subnetId, securityGroupIds });
}

/** Logs the events and puts them on the bus, with those that it has refused before. */
export async function deliver({ publish, log }: Canary, memory: CanaryMemory, events: readonly DomainEvent[]) {
  for (const event of events) log.info(domainEventMessage, { event });
  const pending = memory.queue(events);
  if (pending.length === 0) return;
  const done = await attempt(log, "all", async () => {
    await publish(pending);
    return true;
  });
  if (done) memory.delivered();
}
