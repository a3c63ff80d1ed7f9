import pRetry from "p-retry";
import { given } from "./given.ts";

export interface RetryOptions {
  /** Tries after the first. Default 3. */
  readonly retries?: number;
  /** The n-th wait is random between 0 and `baseDelayMs * 2^n`, at most `maxDelayMs`. Defaults 100 and 5000. */
  readonly baseDelayMs?: number;
  readonly maxDelayMs?: number;
  /** Limit of one try until its headers are there. Default 10000. */
  readonly attemptTimeoutMs?: number;
  /** Limit of all tries and waits together. Default 20000. */
  readonly budgetMs?: number;
  /** Further statuses to retry, such as 500, which Google Cloud answers for an instance that has exited. Default none. */
  readonly alsoRetry?: readonly number[];
  /** Also retry methods that are not idempotent (POST, PATCH), as when the partner knows an idempotency key. */
  readonly retryNonIdempotent?: boolean;
}

/** RFC 9110, 9.2.2. */
const idempotent = /^(?:GET|HEAD|OPTIONS|TRACE|PUT|DELETE)$/i;
/**
 * Too many requests, bad gateway, unavailable, gateway timeout, and Cloudflare's between it and the origin (Cloudflare
 * documentation, "Cloudflare 5xx errors"): the request was not done, or may be done again.
 */
const retriedStatuses: readonly number[] = [429, 502, 503, 504, 520, 521, 522, 523, 524];

const defaults: Required<RetryOptions> = {
  retries: 3,
  baseDelayMs: 100,
  maxDelayMs: 5000,
  attemptTimeoutMs: 10_000,
  budgetMs: 20_000,
  alsoRetry: [],
  retryNonIdempotent: false,
};

/** An answer that may be retried, thrown so that it is. */
class RetriedAnswer extends Error {
  constructor(readonly response: Response) {
    super(`status ${response.status}`);
  }
}

/**
 * `fetch` with bounded retries: exponential backoff with full jitter, `Retry-After` honoured in seconds and as a date.
 * Retried are 429, 502, 503, 504, 520 to 524, the statuses in `alsoRetry`, network errors and timeouts, of idempotent
 * methods only unless opted in, and not when the body is a stream. A wait that does not fit into the budget is not begun. When tries run out the caller
 * gets what the last one gave: its response, or its error.
 *
 * @throws TypeError when an option is wrong; whatever `fetch` throws; the reason of `init.signal` once it is aborted.
 */
export async function fetchWithRetry(
  url: string | URL,
  init: RequestInit = {},
  options: RetryOptions = {},
): Promise<Response> {
  const policy = { ...defaults, ...given(options) };
  checkOptions(policy);
  const deadlineMs = performance.now() + policy.budgetMs;
  const signal = init.signal ?? undefined;
  const once = async (): Promise<Response> => {
    const leftMs = Math.min(policy.attemptTimeoutMs, deadlineMs - performance.now());
    const response = await fetchWithin(leftMs, url, init);
    if (retriedStatuses.includes(response.status) || policy.alsoRetry.includes(response.status))
      throw new RetriedAnswer(response);
    return response;
  };
  const mayRetry = isReplayable(init) && (policy.retryNonIdempotent || idempotent.test(init.method ?? "GET"));
  /** Waits here rather than in the library, which knows neither full jitter nor `Retry-After`. */
  const shouldRetry = async ({ error, attemptNumber }: { error: Error; attemptNumber: number }): Promise<boolean> => {
    if (!mayRetry || signal?.aborted) return false;
    const waitMs = delayMs(error, attemptNumber, policy);
    if (performance.now() + waitMs >= deadlineMs) return false;
    if (error instanceof RetriedAnswer) await error.response.body?.cancel();
    await sleep(waitMs, signal);
    return true;
  };
  try {
    return await pRetry(once, { retries: policy.retries, minTimeout: 0, shouldRetry, ...(signal && { signal }) });
  } catch (error) {
    if (error instanceof RetriedAnswer) return error.response;
    throw error;
  }
}

/** `fetch` with a limit until the headers arrive. The caller's own signal still covers the body. */
async function fetchWithin(limitMs: number, url: string | URL, init: RequestInit): Promise<Response> {
  const limit = new AbortController();
  const expire = () => limit.abort(new DOMException(`no answer within ${Math.round(limitMs)} ms`, "TimeoutError"));
  const timer = setTimeout(expire, limitMs);
  try {
    const signal = init.signal ? AbortSignal.any([init.signal, limit.signal]) : limit.signal;
    return await fetch(url, { ...init, signal });
  } finally {
    clearTimeout(timer);
  }
}

function delayMs(error: Error, attemptNumber: number, { baseDelayMs, maxDelayMs }: Required<RetryOptions>): number {
  const ceilingMs = Math.min(maxDelayMs, baseDelayMs * 2 ** (attemptNumber - 1));
  const asked = error instanceof RetriedAnswer ? retryAfterMs(error.response) : undefined;
  // On top of what was asked for, the jitter separates callers that got the same `Retry-After`.
  return (asked ?? 0) + Math.random() * (asked === undefined ? ceilingMs : baseDelayMs);
}

/** The three forms of a date begin with the day's name (RFC 9110, 5.6.7); all else that JavaScript reads as a date is none. */
const httpDate = /^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? /i;

/**
 * Returns `Retry-After` in milliseconds from now: RFC 9110, 10.2.3, delay in seconds or date. Undefined without one, or
 * with one of no such form.
 */
function retryAfterMs({ headers }: Response): number | undefined {
  const value = headers.get("retry-after")?.trim();
  if (!value) return undefined;
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  if (!httpDate.test(value)) return undefined;
  // The oldest form has no zone, and means UTC.
  const dateMs = Date.parse(/gmt$/i.test(value) ? value : `${value} GMT`);
  return Number.isNaN(dateMs) ? undefined : Math.max(0, dateMs - Date.now());
}

/** Whether the request can be sent again: a stream can be read only once. */
const isReplayable = ({ body }: RequestInit): boolean => !(body && Symbol.asyncIterator in Object(body));

function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    }, ms);
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}

function checkOptions({ retryNonIdempotent: _, alsoRetry, ...numbers }: Required<RetryOptions>): void {
  for (const status of alsoRetry) {
    if (!Number.isInteger(status) || status < 400 || status > 599) {
      throw new TypeError(`fetchWithRetry: alsoRetry has ${status}; give statuses from 400 to 599.`);
    }
  }
  for (const [field, value] of Object.entries(numbers)) {
    if (!Number.isFinite(value) || value < 0) {
      throw new TypeError(`fetchWithRetry: ${field} is ${value}; give a finite number that is not negative.`);
    }
  }
}
