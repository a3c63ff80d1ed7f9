/** One round from all vantages: invoke the probes, probe from here, judge, compare. */
import { InvokeCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import type { Clock } from "../aws/clock.ts";
import { AwsCallError, call } from "../aws/errors.ts";
import { PatternTimeout, withinTime } from "../config/patterns.ts";
import { type ProbeSettings, type ProbingTarget, targetRules } from "../config/probing-settings.ts";
import type { Answer, Verdict } from "./answer.ts";
import { type Comparison, compareRound } from "./comparison.ts";
import type { Confirmation, Reading, Vantage } from "./confirm.ts";
import { elsewhere } from "./findings.ts";
import type { RoundAnswer, RoundRequest, TargetRequest } from "./target.ts";
import { judge } from "./verdict.ts";

/** A target with what a probe is to ask of it. */
export interface PreparedTarget {
  readonly settings: ProbingTarget;
  readonly request: TargetRequest;
  /** When our own certificate for it ends, milliseconds since the epoch. */
  readonly certificateExpiresMs: number | undefined;
}

export interface RoundPlan {
  readonly pool: string;
  readonly echoUrl: string;
  readonly probes: readonly ProbeSettings[];
  /** Vantages without traffic of members. */
  readonly idle: ReadonlySet<string>;
  readonly targets: readonly PreparedTarget[];
  /** The pool's egress addresses; undefined when they could not be read. */
  readonly egressIps: ReadonlySet<string> | undefined;
  /** Counts the rounds: which of a target's addresses is asked. */
  readonly turn: number;
  /** After this a probe that has not answered counts as failed. */
  readonly limitMs: number;
}

export interface RoundTools {
  readonly lambda: LambdaClient;
  readonly clock: Clock;
  /** A round from where the canary itself runs: the shared pool of Lambda's own addresses. */
  readonly askHere: (request: RoundRequest) => Promise<RoundAnswer>;
}

/** What a round found. */
export interface PoolRound {
  readonly timeMs: number;
  readonly confirmations: readonly Confirmation[];
  /** What is remembered for the next round. */
  readonly comparison: Comparison;
  /** Probes that gave no answer, by vantage, with the reason. */
  readonly failed: ReadonlyMap<string, string>;
  /** Targets that a probe would not ask, or whose rules ran out of time, with the reason. */
  readonly refused: ReadonlyMap<string, string>;
  /** End of the certificate that ends first, milliseconds since the epoch. */
  readonly certificateExpiresMs: number | undefined;
}

interface Heard {
  readonly vantage: Vantage;
  readonly round: RoundAnswer;
}

/** Runs a round. What a probe or a target does wrong is part of the result; nothing of it is thrown. */
export async function runPoolRound(tools: RoundTools, plan: RoundPlan, before: Comparison): Promise<PoolRound> {
  const timeMs = tools.clock.now();
  const failed = new Map<string, string>();
  const invoked = plan.probes.map(async ({ functionArn, vantage: id, kind }): Promise<Heard[]> => {
    const answer = await invoke(tools, functionArn, requestFor(plan, id, plan.targets), plan.limitMs);
    if ("failure" in answer) {
      failed.set(id, answer.failure);
      return [];
    }
    const { publicIp: address } = answer;
    const isOnNat = address !== undefined && plan.egressIps !== undefined && !plan.egressIps.has(address);
    return [{ vantage: { id, kind, address, ...(isOnNat ? { isOnNat } : {}) }, round: answer }];
  });
  const heard = (await Promise.all([...invoked, probeFromHere(tools, plan)])).flat();
  const notes: Notes = { refused: new Map(), exhausted: new Map() };
  const readings = heard.flatMap((it) => readingsOf(it, plan, notes));
  const answers = heard.flatMap(({ round }) => round.answers);
  const certificates = [...plan.targets, ...answers].flatMap((it) => it.certificateExpiresMs ?? []);
  return {
    timeMs,
    ...compareRound(before, readings, timeMs),
    failed,
    refused: new Map([...notes.refused, ...notes.exhausted]),
    certificateExpiresMs: certificates.length > 0 ? Math.min(...certificates) : undefined,
  };
}

function requestFor(plan: RoundPlan, vantage: string, targets: readonly PreparedTarget[]): RoundRequest {
  const { pool, echoUrl, turn } = plan;
  const idle = plan.idle.has(vantage);
  return { pool, vantage, echoUrl, idle, turn, targets: targets.map(({ request }) => request) };
}

async function probeFromHere({ askHere }: RoundTools, plan: RoundPlan): Promise<Heard[]> {
  const targets = plan.targets.filter(({ settings }) => settings.sharedPool);
  if (targets.length === 0) return [];
  const round = await askHere(requestFor(plan, "shared", targets));
  return [{ vantage: { id: "shared", kind: "shared", address: round.publicIp }, round }];
}

async function invoke(
  { lambda, clock }: RoundTools,
  FunctionName: string,
  request: RoundRequest,
  limitMs: number,
): Promise<RoundAnswer | { readonly failure: string }> {
  const abort = new AbortController();
  const command = new InvokeCommand({ FunctionName, Payload: Buffer.from(JSON.stringify(request)) });
  const options = { abortSignal: abort.signal, requestTimeout: limitMs };
  const answer = call("lambda:InvokeFunction", () => lambda.send(command, options)).then(
    ({ FunctionError, Payload }) => readPayload(FunctionError, Payload),
    (error) => {
      if (!(error instanceof AwsCallError)) throw error;
      return { failure: error.message };
    },
  );
  const late = clock.sleep(limitMs).then(() => ({ failure: `no answer within ${limitMs} ms` }));
  const first = await Promise.race([answer, late]);
  if ("failure" in first) abort.abort();
  return first;
}

/**
 * Returns the answer, or why there is none. Of an error only its kind: the message might quote the event, with its
 * secrets.
 */
function readPayload(functionError: string | undefined, payload: Uint8Array | undefined) {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(payload ?? []).toString());
  } catch {
    return { failure: "its answer is no JSON" };
  }
  const fields = (value ?? {}) as Partial<RoundAnswer> & { errorType?: unknown };
  if (functionError) return { failure: `${functionError} error ${String(fields.errorType ?? "of unknown type")}` };
  return Array.isArray(fields.answers) ? (fields as RoundAnswer) : { failure: "its answer is no round" };
}

interface Notes {
  /** Targets that a probe would not ask, and targets whose own rules ran out of time. */
  readonly refused: Map<string, string>;
  readonly exhausted: Map<string, string>;
}

/** Judges a vantage's answers, and notes refusals along the way. */
function readingsOf({ vantage, round }: Heard, { targets }: RoundPlan, { refused, exhausted }: Notes): Reading[] {
  return round.answers.flatMap(({ target, answer, partnerIp, host }): Reading[] => {
    const settings = targets.find((it) => it.settings.name === target)?.settings;
    if (!settings) return [];
    if (answer.kind === "refused") {
      refused.set(target, answer.reason);
      return [];
    }
    if (exhausted.has(target)) return [];
    try {
      const verdict = byHost(verdictOn(answer, settings), host);
      const where = { ...(partnerIp ? { partnerIp } : {}), ...(host ? { host } : {}) };
      return [{ vantage, target, verdict, answer, ...where }];
    } catch (error) {
      if (!(error instanceof PatternTimeout)) throw error;
      exhausted.set(target, error.message);
      return [];
    }
  });
}

/** What another host answers is not the target's, whatever the target's own rules make of it. */
function byHost(verdict: Verdict, host: string | undefined): Verdict {
  return host === undefined || verdict.kind !== "ok" ? verdict : { ...verdict, rule: elsewhere };
}

/** Only patterns of the operator's need watching; those of the signature table are ours. */
function verdictOn(answer: Answer, settings: ProbingTarget): Verdict {
  const own = settings.rules.length > 0 || settings.healthy !== undefined;
  return own ? withinTime(() => judge(answer, targetRules(settings))) : judge(answer);
}
