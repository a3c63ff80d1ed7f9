import type { NoAnswer } from "./faults.ts";
import type { AwsError, Call } from "./service.ts";

/** What became of a call's answer: the caller got it, or why not. */
export type Delivery = "answered" | NoAnswer["reason"];

/** One call as it happened. Neither `output` nor `error` is set when the call never reached the service. */
export interface CallRecord extends Call {
  readonly sequence: number;
  /** Virtual time at which the call took effect. */
  readonly atMs: number;
  readonly requestId: string;
  /** False: the caller died or timed out before the service saw anything. */
  readonly reached: boolean;
  readonly output: unknown;
  readonly error: AwsError | undefined;
  readonly delivery: Delivery;
}

export type CallListener = (record: CallRecord) => void;

/** What was called. CloudTrail, checkers and tests read it; nothing in it can be changed afterwards. */
export interface CallLog {
  /** The latest calls, oldest first, as many as the log keeps. */
  readonly recent: readonly CallRecord[];
  /** How many calls there were, by `service:Operation`. */
  readonly counts: ReadonlyMap<string, number>;
  /** Calls the listener with every call after its effect. Returns the function that removes it. */
  onCall(listener: CallListener): () => void;
  add(record: Omit<CallRecord, "sequence">): void;
}

/** `keep` bounds memory: a simulated month makes millions of calls. */
export function createCallLog(keep = 20_000): CallLog {
  let recent: CallRecord[] = [];
  let sequence = 0;
  const counts = new Map<string, number>();
  const listeners = new Set<CallListener>();
  return {
    get recent() {
      return recent;
    },
    counts,
    onCall(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    add(facts) {
      const record = { sequence: sequence++, ...facts };
      recent.push(record);
      // Cut by half: cheaper than shifting at every call.
      if (recent.length > keep) recent = recent.slice(-Math.ceil(keep / 2));
      const key = `${record.service}:${record.operation}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
      for (const listener of listeners) listener(record);
    },
  };
}
