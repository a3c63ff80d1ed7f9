import type { AwsError, Call } from "./service.ts";

/**
 * How a connection fails at the caller: its system does not find the name (`ENOTFOUND`), no name server answers in time
 * (`EAI_AGAIN`), nothing answers (`ETIMEDOUT`), or the connection breaks (`ECONNRESET`). Codes of Node.js.
 */
export type ConnectionFault = "ENOTFOUND" | "EAI_AGAIN" | "ETIMEDOUT" | "ECONNRESET";

/**
 * What goes wrong: an error answer, a time-out (the caller waits in vain, then retries or fails), a connection that
 * fails, or a crash (the caller's promise never settles, as in a dead process).
 */
export type FaultOutcome =
  | { readonly error: AwsError | "timeout" }
  | { readonly connection: ConnectionFault }
  | { readonly crash: true };

/** Which calls go wrong, and when: `before` the service sees the call, or `after` its effect. */
export type Fault = {
  readonly service?: string;
  readonly operation?: string;
  readonly principal?: string;
  /** Members that the call's input must have, such as `{ AllocationId }`: a fault of one resource. */
  readonly input?: Readonly<Record<string, unknown>>;
  readonly when: "before" | "after";
  /** Matching calls that pass unharmed first: `skip: 4` strikes the fifth. */
  readonly skip?: number;
  /** How many calls are struck; one unless given. */
  readonly times?: number;
} & FaultOutcome;

/** Thrown by `Region.call` when the caller gets no answer: over HTTP the connection stays silent or breaks. */
export class NoAnswer extends Error {
  constructor(readonly reason: "timeout" | "crash" | ConnectionFault) {
    super(`no answer: ${reason}`);
  }
}

/** A name server is asked for this long. Assumed: resolvers' usual 5 s. */
const NAME_MS = 5_000;

/** Returns the error that the SDK's HTTP handler throws without an answer, and how long the caller waits for it. */
export function clientError(
  reason: Exclude<NoAnswer["reason"], "crash">,
  timeoutMs: number,
): { readonly error: Error; readonly afterMs: number } {
  if (reason === "timeout") {
    const error = Object.assign(new Error(`no answer within ${timeoutMs} ms`), { name: "TimeoutError" });
    return { error, afterMs: timeoutMs };
  }
  const waits = { ENOTFOUND: 0, EAI_AGAIN: NAME_MS, ETIMEDOUT: timeoutMs, ECONNRESET: 0 };
  // The handler renames what Node.js calls a time-out or a reset (@smithy/node-http-handler).
  const name = reason === "ETIMEDOUT" || reason === "ECONNRESET" ? "TimeoutError" : "Error";
  const error = Object.assign(new Error(`the connection failed: ${reason}`), { name, code: reason });
  return { error, afterMs: waits[reason] };
}

export interface Faults {
  /** Returns the function that withdraws the fault. */
  inject(fault: Fault): () => void;
  /** Withdraws all faults. */
  clear(): void;
  /** Calls the listener at each crash, with the call during which the caller died. Returns the function that removes it. */
  onCrash(listener: (call: Call) => void): () => void;
  /** The fault that strikes this call at this moment, if any; counts it. */
  strike(call: Call, when: Fault["when"]): FaultOutcome | undefined;
  /** Tells the crash listeners. */
  crashed(call: Call): void;
}

interface Armed {
  readonly fault: Fault;
  skip: number;
  left: number;
}

export function createFaults(): Faults {
  let armed: Armed[] = [];
  const listeners = new Set<(call: Call) => void>();
  return {
    inject(fault) {
      const entry = { fault, skip: fault.skip ?? 0, left: fault.times ?? 1 };
      armed.push(entry);
      return () => {
        armed = armed.filter((other) => other !== entry);
      };
    },
    clear() {
      armed = [];
    },
    onCrash(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    strike(call, when) {
      for (const entry of armed) {
        if (entry.fault.when !== when || !matches(entry.fault, call)) continue;
        if (entry.skip > 0) {
          entry.skip--;
          continue;
        }
        entry.left--;
        if (entry.left <= 0) armed = armed.filter((other) => other !== entry);
        return entry.fault;
      }
      return undefined;
    },
    crashed(call) {
      for (const listener of listeners) listener(call);
    },
  };
}

function matches(fault: Fault, call: Call): boolean {
  return (
    (fault.service === undefined || fault.service === call.service) &&
    (fault.operation === undefined || fault.operation === call.operation) &&
    (fault.principal === undefined || fault.principal === call.principal) &&
    Object.entries(fault.input ?? {}).every(([name, value]) => call.input[name] === value)
  );
}
