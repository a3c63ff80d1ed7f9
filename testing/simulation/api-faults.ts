/** Faults of API calls: crashes, errors, time-outs and stale answers. */
import type { ConnectionFault, Fault, FaultOutcome } from "../twin/faults.ts";
import type { Random } from "../twin/random.ts";
import type { Region } from "../twin/region.ts";
import { AwsError, type Call } from "../twin/service.ts";
import type { ScheduledFault } from "./fault-schedule.ts";
import type { FaultRates, WorldDraw } from "./world-draw.ts";

/** How old an answer may be that a describe call gives: EC2 promises no more than "eventually" (EC2 API reference). */
export const staleMs = 15_000;
const longestBurstMs = 10 * 60_000;
const connectionFaults: readonly ConnectionFault[] = ["ENOTFOUND", "EAI_AGAIN", "ETIMEDOUT", "ECONNRESET"];
const longestCutMs = 2 * 60_000;

export interface CallFaults {
  /** Times in which more calls fail. */
  readonly bursts: ScheduledFault;
  /** Times in which no call reaches AWS. */
  readonly cuts: ScheduledFault;
  /** Calls the listener with each call that is made to fail. */
  onStrike(listener: (call: Call, outcome: FaultOutcome) => void): void;
  /** From now on no call fails. */
  stop(): void;
  readonly crashes: number;
}

/** Makes Holdfast's calls fail at the drawn rates, more of them during bursts. */
export function strikeCalls(
  region: Region,
  isOurs: (call: Call) => boolean,
  { rates, paces }: Pick<WorldDraw, "rates" | "paces">,
): CallFaults {
  const random = region.random.fork("call faults");
  const usual = region.faults.strike;
  const state = { factor: 1, stopped: false, crashes: 0, cut: undefined as ConnectionFault | undefined };
  region.faults.strike = (call, when) => {
    // Settings are read when an environment starts, by the twin's own reader.
    if (state.stopped || !isOurs(call) || call.service === "ssm") return usual(call, when);
    // What is wrong with one resource has been injected by itself.
    const own = usual(call, when);
    if (own) return own;
    const outcome = state.cut ? cutOff(state.cut, when) : drawOutcome(random, rates, state.factor, call, when);
    if (!outcome) return undefined;
    if ("crash" in outcome) state.crashes++;
    for (const listener of listeners) listener(call, outcome);
    return outcome;
  };
  const listeners: Parameters<CallFaults["onStrike"]>[0][] = [];
  answerStale(region, isOurs, () => (state.stopped ? 0 : Math.min(0.5, rates.stale * state.factor)));
  return {
    bursts: {
      name: "burst of API faults",
      streamLabel: "storm",
      perDay: rates.burstsPerDay,
      async inject(random) {
        state.factor = rates.burstFactor;
        await region.clock.sleep(random.integer(30_000, longestBurstMs));
        state.factor = 1;
      },
    },
    cuts: {
      name: "connections fail",
      perDay: paces.connections,
      async inject(random) {
        state.cut = random.pick(connectionFaults);
        await region.clock.sleep(random.integer(1_000, longestCutMs));
        state.cut = undefined;
      },
    },
    onStrike: (listener) => void listeners.push(listener),
    stop() {
      state.stopped = true;
    },
    get crashes() {
      return state.crashes;
    },
  };
}

function cutOff(connection: ConnectionFault, when: Fault["when"]): FaultOutcome | undefined {
  return when === "before" ? { connection } : undefined;
}

function drawOutcome(
  random: Random,
  rates: FaultRates,
  factor: number,
  call: Call,
  when: Fault["when"],
): FaultOutcome | undefined {
  return when === "before" ? before(random, rates, factor, call) : after(random, rates, factor);
}

function before(random: Random, rates: FaultRates, factor: number, { service }: Call): FaultOutcome | undefined {
  const strikes = (rate: number) => random.chance(Math.min(0.5, rate * factor));
  if (strikes(rates.crash / 2)) return { crash: true };
  if (strikes(rates.throttle)) return { error: throttled(service) };
  if (strikes(rates.error)) return { error: new AwsError("InternalError", "An internal error has occurred", 500) };
  return strikes(rates.timeout / 2) ? { error: "timeout" } : undefined;
}

function after(random: Random, rates: FaultRates, factor: number): FaultOutcome | undefined {
  const strikes = (rate: number) => random.chance(Math.min(0.5, rate * factor));
  if (strikes(rates.crash / 2)) return { crash: true };
  return strikes(rates.timeout / 2) ? { error: "timeout" } : undefined;
}

function throttled(service: string): AwsError {
  if (service === "ec2") return new AwsError("RequestLimitExceeded", "Request limit exceeded.", 503);
  return service === "lambda"
    ? new AwsError("TooManyRequestsException", "Rate exceeded", 429)
    : new AwsError("ThrottlingException", "Rate exceeded", 400);
}

/** A describe call may be answered by a lagging replica: with its answer to the same call a little earlier. */
function answerStale(region: Region, isOurs: (call: Call) => boolean, rate: () => number): void {
  const random = region.random.fork("stale answers");
  const answers = new Map<string, { readonly atMs: number; readonly output: unknown }>();
  const call = region.call;
  region.call = async (input, requestId) => {
    const output = await call(input, requestId);
    if (rate() === 0 || !isOurs(input) || input.service !== "ec2" || !input.operation.startsWith("Describe"))
      return output;
    const key = `${input.principal} ${input.operation} ${JSON.stringify(input.input)}`;
    const old = answers.get(key);
    if (old && old.atMs >= region.clock.now() - staleMs && random.chance(rate())) return old.output;
    answers.set(key, { atMs: region.clock.now(), output });
    if (answers.size > 200) answers.clear();
    return output;
  };
}
