import { HttpResponse } from "@smithy/core/protocols";
import type {
  AwsCredentialIdentity,
  HttpHandlerOptions,
  HttpRequest,
  RequestHandler,
  RetryStrategyV2,
} from "@smithy/types";
import type { WireRequest } from "./codec-model.ts";
import { accessKeyIdOf, dispatch } from "./dispatch.ts";
import { clientError, NoAnswer } from "./faults.ts";
import type { Random } from "./random.ts";
import type { Region } from "./region.ts";
import { createRetryStrategy } from "./retry.ts";

/** Round trips as a caller in the region sees them, medians in milliseconds. Assumed; spread is log-normal. */
export interface Latency {
  readonly read: number;
  readonly write: number;
}

const DEFAULT_LATENCY_MS: Latency = { read: 80, write: 250 };
const LATENCY_SIGMA = 0.35;

export interface EndpointOptions {
  readonly latencyMs?: Latency;
  /** How long a caller waits in vain for a lost answer before its `TimeoutError`. */
  readonly timeoutMs?: number;
}

type Handler = RequestHandler<HttpRequest, HttpResponse, HttpHandlerOptions>;

/** Returns a request handler for any SDK v3 client: it answers from the region, after a virtual latency, without a socket. */
export function requestHandler(region: Region, options: EndpointOptions = {}): Handler {
  const random = region.random.fork("latency");
  const latencyMs = options.latencyMs ?? DEFAULT_LATENCY_MS;
  const timeoutMs = options.timeoutMs ?? 5_000;
  return {
    metadata: { handlerProtocol: "http/1.1" },
    async handle(request, { abortSignal } = {}) {
      const answer = exchange(region, toWire(request), draw(random, latencyMs, request), timeoutMs);
      return { response: await (abortSignal ? unlessAborted(answer, abortSignal as AbortSignal) : answer) };
    },
  };
}

/** The call takes effect half-way, as on a real network: an answer may come late or never. */
async function exchange(
  region: Region,
  request: WireRequest,
  latencyMs: number,
  timeoutMs: number,
): Promise<HttpResponse> {
  await region.clock.sleep(latencyMs / 2);
  try {
    const { status, headers, body } = await dispatch(region, request);
    await region.clock.sleep(latencyMs / 2);
    return new HttpResponse({ statusCode: status, headers, body });
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    if (error.reason === "crash") return new Promise(() => {});
    const { error: thrown, afterMs } = clientError(error.reason, timeoutMs);
    await region.clock.sleep(afterMs);
    throw thrown;
  }
}

function draw(random: Random, latencyMs: Latency, request: HttpRequest): number {
  const name = request.headers["x-amz-target"]?.split(".").at(-1) ?? actionOf(request.body) ?? request.method;
  const reads = /^(Describe|Get|List|GET)/.test(name);
  return random.lognormal(reads ? latencyMs.read : latencyMs.write, LATENCY_SIGMA);
}

function actionOf(body: unknown): string | undefined {
  return typeof body === "string" ? /^Action=(\w+)/.exec(body)?.[1] : undefined;
}

function toWire(request: HttpRequest): WireRequest {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(request.query ?? {})) {
    for (const item of [value].flat()) query.append(name, item ?? "");
  }
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  return { method: request.method, path: request.path, query, headers, body: bytesOf(request.body) };
}

function bytesOf(body: unknown): Uint8Array {
  if (body === undefined || body === null) return new Uint8Array();
  // A plain view: the SDK's own byte class pretends to be a string, and warns when it is taken for one.
  if (body instanceof Uint8Array) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
  return Buffer.from(String(body));
}

function unlessAborted<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(Object.assign(new Error("Request aborted"), { name: "AbortError" }));
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort, { once: true });
    answer.then(resolve, reject);
  });
}

/** Settings for any SDK v3 client. Everything that the SDK would otherwise look up in files or the environment is set. */
export interface ClientConfig {
  readonly region: string;
  readonly endpoint: string;
  readonly credentials: AwsCredentialIdentity;
  readonly requestHandler: Handler;
  readonly retryStrategy: RetryStrategyV2;
  readonly maxAttempts: number;
  readonly retryMode: "standard";
  readonly defaultsMode: "standard";
  readonly useDualstackEndpoint: false;
  readonly useFipsEndpoint: false;
  readonly userAgentAppId: string;
  readonly authSchemePreference: string[];
  readonly disableRequestCompression: true;
  readonly requestMinCompressionSizeBytes: number;
  readonly sigv4aSigningRegionSet: string[];
  readonly disableClockSkewCorrection: true;
}

/** `principal` is the ARN of the caller's role; without it the client is the operator's. */
export function clientConfig(region: Region, principal?: string, options: EndpointOptions = {}): ClientConfig {
  const name = principal ?? "operator";
  return {
    region: region.world.region,
    endpoint: "http://twin.invalid",
    credentials: { accessKeyId: principal ? accessKeyIdOf(principal) : "OPERATOR", secretAccessKey: "twin" },
    requestHandler: requestHandler(region, options),
    retryStrategy: createRetryStrategy(region.clock, region.random.fork(`retries of ${name}`)),
    maxAttempts: 3,
    retryMode: "standard",
    defaultsMode: "standard",
    useDualstackEndpoint: false,
    useFipsEndpoint: false,
    userAgentAppId: "",
    authSchemePreference: [],
    disableRequestCompression: true,
    requestMinCompressionSizeBytes: 10_240,
    sigv4aSigningRegionSet: [region.world.region],
    disableClockSkewCorrection: true,
  };
}
