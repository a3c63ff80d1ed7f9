/**
 * How long a client waits for AWS. By itself, the SDK waits for ever, and only warns of a `requestTimeout` that is over
 * (NodeHttpHandlerOptions in @smithy/types): a call that hangs would take the whole run with it.
 */

/** Milliseconds for a connection, for the beginning of an answer, and for silence within one. */
export interface CallLimits {
  readonly connectionMs: number;
  readonly answerMs: number;
  readonly silenceMs: number;
}

/** Returns the part of any client's configuration that ends each attempt with a `TimeoutError`, which the SDK tries again. */
export function limitedTo({ connectionMs, answerMs, silenceMs }: CallLimits) {
  return {
    requestHandler: {
      connectionTimeout: connectionMs,
      requestTimeout: answerMs,
      throwOnRequestTimeout: true,
      socketTimeout: silenceMs,
    },
  };
}

export const functionLimits = { connectionMs: 2_000, answerMs: 5_000, silenceMs: 5_000 };

/**
 * Of every client in a function. The SDK makes three attempts: four of a run's (src/actuator/run.ts) and the report end
 * before the function does, whichever call hangs.
 */
export const callLimits = limitedTo(functionLimits);

/** Of a client that waits for probes too. Each of those calls has a limit of its own, shorter than this silence. */
export const invocationLimits = limitedTo({ ...functionLimits, silenceMs: 30_000 });
