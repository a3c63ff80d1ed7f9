/**
 * How many calls of Lambda's control plane one execution environment sends. Lambda grants an account 15 a second, those
 * of deployments included; `Invoke` is apart, and `GetFunction` has a limit of its own (Lambda developer guide,
 * "Lambda quotas").
 */
import { isThrottlingError } from "@smithy/core/retry";
import type { FinalizeRequestMiddleware, MiddlewareStack, SdkError } from "@smithy/types";
import { functionLimits } from "./call-limits.ts";
import type { Clock } from "./clock.ts";

/** Calls per second while Lambda refuses nobody, and the least that are left after it did. */
export const callsPerSecond = { most: 10, least: 3 } as const;
/** After a refusal, one call a second more comes back in this time. */
const recoveryMs = 5_000;
const secondMs = 1_000;
/**
 * So long a call waits for its turn. Only where very many pools are looked after in one invocation, as after a deployment, is
 * the queue that long; the function's time would be over before its end.
 */
const longestWaitMs = 15_000;
/** A call without an answer for so long has ended: its client has given it up. */
const longestCallMs = functionLimits.connectionMs + functionLimits.answerMs;

/** A call that was sent; `endedMs`: undefined while its answer is awaited. */
export interface SentCall {
  readonly startedMs: number;
  endedMs: number | undefined;
}

/** Since when there are so few calls a second; undefined: Lambda has refused none. */
export interface Slowed {
  readonly atMs: number;
  readonly perSecond: number;
}

/** Returns how many calls a second may be sent now, of so many at most. */
export function callsAllowed(slowed: Slowed | undefined, nowMs: number, most: number = callsPerSecond.most): number {
  if (!slowed) return most;
  return Math.min(most, slowed.perSecond + Math.floor((nowMs - slowed.atMs) / recoveryMs));
}

/** Returns the pace after Lambda refused a call: half of it. Refusals within a second are one: their calls were under way. */
export function slowedBy(slowed: Slowed | undefined, nowMs: number): Slowed {
  if (slowed && nowMs < slowed.atMs + secondMs) return slowed;
  const perSecond = Math.max(callsPerSecond.least, Math.floor(callsAllowed(slowed, nowMs) / 2));
  return { atMs: nowMs, perSecond };
}

/** Returns the calls that may still count in the second that begins now or has begun: nobody knows when Lambda sees a call, but before its answer. */
export function countedCalls(sent: readonly SentCall[], nowMs: number): SentCall[] {
  return sent.filter((it) => nowMs < countsUntilMs(it));
}

function countsUntilMs({ startedMs, endedMs }: SentCall): number {
  return endedMs === undefined ? startedMs + longestCallMs : endedMs + secondMs;
}

/**
 * Returns how long the next call has to wait at least, in milliseconds: until no second can have more than the allowed
 * calls. Pure.
 */
export function callWaitMs(
  sent: readonly SentCall[],
  slowed: Slowed | undefined,
  nowMs: number,
  most: number = callsPerSecond.most,
): number {
  const counted = countedCalls(sent, nowMs);
  const tooMany = counted.length + 1 - callsAllowed(slowed, nowMs, most);
  if (tooMany <= 0) return 0;
  // One that is under way ends now at the earliest.
  const frees = counted.map(({ endedMs = nowMs }) => endedMs + secondMs).sort((a, b) => a - b);
  return Math.max(1, (frees[tooMany - 1] ?? nowMs) - nowMs);
}

/** A call that had no turn in time, and was not sent; what it was for may be tried again (src/aws/errors.ts). */
class CallBudgetExceeded extends Error {
  override readonly name = "CallBudgetExceeded";
}

/** Sends a call when it is its turn. */
export type Pace = <Output>(send: () => Promise<Output>) => Promise<Output>;

/** Returns the pace of one execution environment: calls are sent in the order in which they are asked for, so many a second at most. */
export function createPace(clock: Clock, most: number = callsPerSecond.most): Pace {
  let sent: SentCall[] = [];
  let slowed: Slowed | undefined;
  let lastTurn: Promise<unknown> = Promise.resolve();
  const takeTurn = async (askedMs: number) => {
    for (;;) {
      if (clock.now() >= askedMs + longestWaitMs) {
        throw new CallBudgetExceeded(`no turn within ${longestWaitMs / 1000} s: too many calls wait for theirs`);
      }
      const waitMs = callWaitMs(sent, slowed, clock.now(), most);
      if (waitMs === 0) break;
      await clock.sleep(waitMs);
    }
    const nowMs = clock.now();
    const call: SentCall = { startedMs: nowMs, endedMs: undefined };
    sent = [...countedCalls(sent, nowMs), call];
    return call;
  };
  return async (send) => {
    const askedMs = clock.now();
    const turn = lastTurn.then(() => takeTurn(askedMs));
    lastTurn = turn.catch(() => {});
    const call = await turn;
    try {
      return await send();
    } catch (error) {
      if (isThrottlingError(error as SdkError)) slowed = slowedBy(slowed, clock.now());
      throw error;
    } finally {
      call.endedMs = clock.now();
    }
  };
}

/** What Lambda does not count with its control plane, by the names of the SDK's commands. */
const apart: ReadonlySet<string> = new Set(["InvokeCommand", "GetFunctionCommand"]);

/** Returns whether a command counts with Lambda's control plane. */
export function isPaced(commandName: string): boolean {
  return !apart.has(commandName);
}

/** Has each attempt of a client's calls wait for its turn, those that the SDK makes again included. */
export function paced<Client extends Pacable>(client: Client, pace: Pace): Client {
  const middleware: FinalizeRequestMiddleware<object, object> =
    (next, { commandName = "" }) =>
    (args) =>
      isPaced(commandName) ? pace(() => next(args)) : next(args);
  // The lowest priority of this step is within the SDK's own retries, and around the reading of the answer.
  client.middlewareStack.add(middleware, { step: "finalizeRequest", priority: "low", name: "pace" });
  return client;
}

export interface Pacable {
  // biome-ignore lint/suspicious/noExplicitAny: each client's stack is of its own commands.
  readonly middlewareStack: MiddlewareStack<any, any>;
}

/** Returns the client for calls that can wait: each has to wait for its turn by the given pace too, the client's answers are the same. */
export function slower<Client extends Sender>(client: Client, pace: Pace): Client {
  const send: Sender["send"] = (command) => pace(() => client.send(command));
  return Object.assign(Object.create(client), { send });
}

interface Sender {
  // biome-ignore lint/suspicious/noExplicitAny: each client's commands are its own.
  send(command: any): Promise<any>;
}
