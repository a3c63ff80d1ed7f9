import { setTimeout as sleep } from "node:timers/promises";
import type { Verdict } from "../probing/answer.ts";
import { judge } from "../probing/verdict.ts";
import { ask } from "./ask.ts";
import { type Callable, type Calls, callbackOf, createCalls, isPromise } from "./calls.ts";
import { type Decision, decide, decideUncounted, isCurable, isSilent } from "./decide.ts";
import { type GuardOptions, type ResolvedOptions, resolveOptions } from "./options.ts";
import { failureLine, metricsLine, writeLine } from "./report.ts";
import { readState, writeState } from "./sandbox-state.ts";

export type { GuardOptions } from "./options.ts";

/** The handler as it was, with its own properties (a mark for streaming, the methods of a framework), and guarded. */
export type Guarded<Handler extends Callable> = Handler & {
  /** Settles, and never fails, when the test begun at init is done; at once in mode `first-invoke`. */
  readonly ready: Promise<void>;
};

/** Thrown instead of calling the handler when the target blocks this environment and no exit is left. */
export class EgressBlockedError extends Error {
  constructor(
    readonly verdict: Verdict,
    readonly decision: Decision,
  ) {
    super(`the target refuses this environment's address (${verdict.rule}) and restarting it is ${decision}`);
    this.name = "EgressBlockedError";
  }
}

/** What the guard uses besides the network and /tmp. */
export interface GuardEffects {
  readonly exit: (code: number) => never;
  readonly now: () => number;
  /** Since the process began, in milliseconds. */
  readonly uptime: () => number;
  readonly random: () => number;
  readonly write: (line: string) => void;
}

const realEffects: GuardEffects = {
  exit: process.exit,
  now: Date.now,
  uptime: () => process.uptime() * 1000,
  random: Math.random,
  write: writeLine,
};

/**
 * Guards a handler on Lambda's shared address pool: tests once per environment whether the partner refuses its
 * IP address, and if so ends the process, so that Lambda replaces the environment.
 *
 * - A block counts when it shows twice. Everything else (the partner is down, slow, answers oddly; no network; no
 *   /tmp) lets the call through.
 * - A restarted process often keeps its sandbox and with it the address. So the sandbox counts its exits in a file;
 *   they are limited and spaced, and when none is left calls pass or fail, as `onExhausted` says. A partner's
 *   outage thus costs each sandbox at most `maxExits` restarts.
 * - Every test writes one line of embedded metrics, with the address when `echoUrl` is given and whether the last
 *   restart changed it.
 * - An exit waits for the calls in flight, in runtimes that serve several at once.
 * - After the test the wrapper calls the handler and nothing else, with every argument and as its caller did.
 *
 * @throws TypeError at once when an option is wrong.
 * @throws EgressBlockedError from the handler, with `onExhausted: "throw"` only.
 */
export function withEgressGuard<Args extends unknown[], Result, Handler extends (...args: Args) => Result>(
  handler: Handler & ((...args: Args) => Result),
  options: GuardOptions,
  effects: GuardEffects = realEffects,
): Guarded<Handler> {
  // Cloud Run sets it (Cloud Run documentation, "Container runtime contract"); an instance starts with empty files there.
  const onCloudRun = process.env["K_SERVICE"] !== undefined;
  const resolved = resolveOptions({ ...options, tmpSurvives: options.tmpSurvives ?? !onCloudRun });
  // Once for an instance: drawn at each test, it would exit sooner or later.
  const draw = effects.random();
  const calls = createCalls();
  let settled = false;
  let refusal: EgressBlockedError | undefined;
  let testAgainMs = 0;
  let running: Promise<void> | undefined;

  async function test(): Promise<void> {
    const tested = await testOnce(resolved, effects, calls, draw)
      .catch((error: unknown) => effects.write(failureLine(error)))
      // Where nothing can be written, nothing can be reported.
      .catch(() => undefined);
    if (!tested) {
      // The guard's own failure is no reason to fail the call.
      settled = true;
      return;
    }
    const { verdict, decision } = tested;
    if (decision === "exit") effects.exit(1);
    const later = decision === "too-soon" || decision === "busy";
    const refused = decision !== "pass" && resolved.onExhausted === "throw";
    refusal = refused ? new EgressBlockedError(verdict, decision) : undefined;
    // An exit that is not due yet may be later, and a partner may unblock the address.
    settled = !refused && !later;
    testAgainMs = effects.now() + (later ? resolved.spacingMs : resolved.retestMs);
  }

  /** Returns the running test, which concurrent calls share; undefined while the last result still counts. */
  function lastTest(): Promise<void> | undefined {
    if (!running && effects.now() >= testAgainMs) {
      running = test().finally(() => {
        running = undefined;
      });
    }
    return running;
  }

  async function afterTest(): Promise<void> {
    await lastTest();
    if (refusal) throw refusal;
  }

  function untilSettled(self: unknown, args: readonly unknown[]): unknown {
    const callback = callbackOf(handler, args);
    const tested = afterTest();
    if (!callback) return tested.then(() => calls.run(handler, self, args));
    // To the runtime, a promise would end the call before the handler calls back.
    tested
      .then(async () => {
        const result = calls.run(handler, self, args);
        if (isPromise(result)) callback(null, await result);
      })
      .catch(callback);
    return undefined;
  }

  const ready = Promise.resolve(resolved.mode === "init" ? lastTest() : undefined);
  // A proxy is the handler in every other respect: length, streaming mark, a framework's methods.
  return new Proxy(handler, {
    apply: (_, self, args) => (settled ? Reflect.apply(handler, self, args) : untilSettled(self, args)),
    get: (_, property) => (property === "ready" ? ready : Reflect.get(handler, property)),
  }) as Guarded<Handler>;
}

/** Runs one test and reports it. It records an exit before it decides on one. */
async function testOnce(
  options: ResolvedOptions,
  { now, random, uptime, write }: GuardEffects,
  calls: Calls,
  draw: number,
): Promise<{ verdict: Verdict; decision: Decision }> {
  const [verdict, address] = await Promise.all([confirmedVerdict(options), echoedAddress(options)]);
  const state = readState(options.statePath);
  let decision = options.tmpSurvives
    ? decide(verdict, state, options, now())
    : decideUncounted(verdict, { uptimeMs: uptime(), draw }, options);
  const exits = state?.exits ?? 0;
  if (decision === "exit") {
    await sleep(random() * options.jitterMs);
    if (!(await calls.idleWithin(options.timeoutMs))) decision = "busy";
    // Without a record the next process would not know of this exit, and neither would the one after it.
    else if (options.tmpSurvives && !writeState(options.statePath, { exits: exits + 1, lastExitMs: now(), address }))
      decision = "uncounted";
  }
  const addressChanged = exits > 0 && address && state?.address ? address !== state.address : undefined;
  const { url } = options;
  const functionName = process.env["AWS_LAMBDA_FUNCTION_NAME"];
  const found = { verdict, curable: isCurable(verdict, options), decision, address, exits, addressChanged };
  write(metricsLine({ nowMs: now(), url, functionName, ...found }));
  return { verdict, decision };
}

/** Returns the verdict on the target. What would end the process is tested twice; the second answer counts. */
async function confirmedVerdict(options: ResolvedOptions): Promise<Verdict> {
  const first = judge(await ask(options), options.target);
  if (!isCurable(first, options)) return first;
  // Where nothing answers, the network is down, or the whole environment is: not the partner's doing.
  if (isSilent(first) && !(await answers(options))) return { kind: "no-egress", rule: "control-silent", ids: {} };
  await sleep(options.confirmAfterMs);
  return judge(await ask(options), options.target);
}

async function answers({ controlUrl, timeoutMs }: ResolvedOptions): Promise<boolean> {
  const { kind } = await ask({ url: controlUrl, method: "GET", headers: { accept: "text/plain" }, timeoutMs });
  return kind === "http";
}

async function echoedAddress({ echoUrl, timeoutMs }: ResolvedOptions): Promise<string | undefined> {
  if (echoUrl === undefined) return undefined;
  const answer = await ask({ url: echoUrl, method: "GET", headers: { accept: "text/plain" }, timeoutMs });
  const text = answer.kind === "http" && answer.status === 200 ? answer.body.trim() : "";
  return /^[0-9a-f.:]{3,45}$/i.test(text) ? text : undefined;
}
