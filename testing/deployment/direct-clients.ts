/**
 * SDK clients that call the simulated region without the wire: no HTTP message is written or read. Latency, retries,
 * time-outs and errors are those of the wire, drawn from the same streams in the same order, so that a run gives the
 * same trace either way (test/simulation/direct-clients.test.ts). The codec itself has its own tests.
 */
import { isServerError, isThrottlingError, isTransientError } from "@smithy/core/retry";
import type { RetryErrorType, RetryStrategyV2, SdkError } from "@smithy/types";
import { isPaced, type Pacable, type Pace, paced } from "../../src/aws/call-budget.ts";
import type { EndpointOptions, Latency } from "../twin/endpoint.ts";
import { clientError, NoAnswer } from "../twin/faults.ts";
import type { Random } from "../twin/random.ts";
import type { Region } from "../twin/region.ts";
import { createRetryStrategy } from "../twin/retry.ts";
import { AwsError } from "../twin/service.ts";

/** As the wire's (testing/twin/endpoint.ts). */
const defaultLatencyMs: Latency = { read: 80, write: 250 };
const latencySigma = 0.35;
const defaultTimeoutMs = 5_000;

interface Command {
  readonly input: object;
}

/**
 * Wires SDK clients, all of one principal: they share latency and retry quota. With a pace, each attempt waits for its turn.
 */
export type Wire = <Client extends Pacable>(client: Client, service: string, pace?: Pace) => Client;

/** The clients as they are. */
export const overWire: Wire = (client, _service, pace) => (pace ? paced(client, pace) : client);

/** Turns clients into direct ones. */
export function directClients(region: Region, principal: string, options: EndpointOptions = {}): Wire {
  const retries = createRetryStrategy(region.clock, region.random.fork(`retries of ${principal}`));
  const exchange = createExchange(region, principal, options);
  return (client, service, pace) =>
    Object.assign(client, {
      send: (command: Command) => {
        const { name } = command.constructor;
        const send = () => exchange(service, name.replace(/Command$/, ""), { ...command.input });
        return attempt(retries, pace && isPaced(name) ? () => pace(send) : send);
      },
    });
}

/** The SDK's standard retry loop (@smithy/core, `retryMiddleware`). */
async function attempt(retries: RetryStrategyV2, send: () => Promise<unknown>): Promise<unknown> {
  let token = await retries.acquireInitialRetryToken("");
  for (;;) {
    try {
      const output = await send();
      retries.recordSuccess(token);
      return output;
    } catch (error) {
      const sdkError = error as SdkError;
      try {
        token = await retries.refreshRetryTokenForRetry(token, { error: sdkError, errorType: errorTypeOf(sdkError) });
      } catch {
        throw error;
      }
    }
  }
}

function errorTypeOf(error: SdkError): RetryErrorType {
  if (isThrottlingError(error)) return "THROTTLING";
  if (isTransientError(error)) return "TRANSIENT";
  return isServerError(error) ? "SERVER_ERROR" : "CLIENT_ERROR";
}

/** One attempt; the call takes effect half-way (testing/twin/endpoint.ts). */
function createExchange(region: Region, principal: string, options: EndpointOptions) {
  const random = region.random.fork("latency");
  const { latencyMs = defaultLatencyMs, timeoutMs = defaultTimeoutMs } = options;
  return async (service: string, operation: string, input: Record<string, unknown>): Promise<unknown> => {
    const halfMs = drawLatencyMs(random, latencyMs, operation) / 2;
    await region.clock.sleep(halfMs);
    try {
      const answer = region.call({ service, operation, input, principal }, region.identifiers.uuid());
      const output = await answer.catch(asSdkError);
      await region.clock.sleep(halfMs);
      if (output instanceof Error) throw output;
      return output;
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      if (error.reason === "crash") return new Promise(() => {});
      const { error: thrown, afterMs } = clientError(error.reason, timeoutMs);
      await region.clock.sleep(afterMs);
      throw thrown;
    }
  };
}

/** An error as the SDK throws it; anything but an answer of AWS goes on as it is. */
export function asSdkError(error: unknown): Error {
  if (!(error instanceof AwsError)) throw error;
  return Object.assign(new Error(error.message), {
    name: error.code,
    $metadata: { httpStatusCode: error.status },
    $fault: error.status >= 500 ? "server" : "client",
  });
}

function drawLatencyMs(random: Random, latencyMs: Latency, operation: string): number {
  const reads = /^(Describe|Get|List)/.test(operation);
  return random.lognormal(reads ? latencyMs.read : latencyMs.write, latencySigma);
}
