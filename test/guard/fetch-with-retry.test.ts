import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fetchWithRetry, type RetryOptions } from "../../src/guard/fetch-with-retry.ts";

type Step = number | Error | "hang" | Response;

describe("fetchWithRetry", () => {
  let steps: Step[];
  let startedAtMs: number[];

  beforeEach(() => {
    vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) });
    vi.spyOn(Math, "random").mockReturnValue(0.5);
    startedAtMs = [];
    const begin = Date.now();
    vi.stubGlobal("fetch", (_url: unknown, init: RequestInit) => {
      startedAtMs.push(Date.now() - begin);
      const step = steps.shift();
      if (step instanceof Error) return Promise.reject(step);
      if (step instanceof Response) return Promise.resolve(step);
      if (typeof step === "number") return Promise.resolve(new Response("body", { status: step }));
      return new Promise((_, reject) => {
        init.signal?.addEventListener("abort", () => reject(init.signal?.reason));
      });
    });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });

  async function run(script: Step[], init: RequestInit = {}, options: RetryOptions = {}): Promise<unknown> {
    steps = script;
    const outcome = fetchWithRetry("https://api.example.com", init, options).then(
      (response) => response.status,
      (error: Error) => error.name,
    );
    await vi.runAllTimersAsync();
    return outcome;
  }

  const networkError = () => new TypeError("fetch failed", { cause: new Error("ECONNRESET") });
  const later = (status: number, retryAfter: string) =>
    new Response("", { status, headers: { "retry-after": retryAfter } });

  it.each<[string, Step[], number]>([
    ["a good answer", [200], 1],
    ["an answer that is not retried", [500], 1],
    ["429", [429, 200], 2],
    ["502, 503, 504", [502, 503, 504, 200], 4],
    ["Cloudflare's 520, 521, 522", [520, 521, 522, 200], 4],
    ["Cloudflare's 523, 524", [523, 524, 200], 3],
    ["network errors", [networkError(), networkError(), 200], 3],
    ["a try that hangs", ["hang", 200], 2],
  ])("%s", async (_name, script, tries) => {
    const last = script.at(-1);
    expect(await run(script)).toBe(last);
    expect(startedAtMs).toHaveLength(tries);
  });

  it("a status that the caller adds", async () => {
    expect(await run([500, 200], {}, { alsoRetry: [500] })).toBe(200);
    expect(await run([599], {}, { alsoRetry: [500] })).toBe(599);
    await expect(fetchWithRetry("https://api.example.com", {}, { alsoRetry: [200] })).rejects.toThrow(
      "fetchWithRetry: alsoRetry has 200; give statuses from 400 to 599.",
    );
  });

  it.each(["1.5", "-5", "soon", "2 seconds", "1e3", "2026-01-01T00:00:09Z", "Thu, 99 Jan 2026 00:00:09 GMT", ""])(
    "takes a malformed Retry-After for none: %s",
    async (value) => {
      expect(await run([later(429, value), 200])).toBe(200);
      expect(startedAtMs).toEqual([0, 50]);
    },
  );

  it.each(["Thu, 01 Jan 2026 00:00:02 GMT", "Thursday, 01-Jan-26 00:00:02 GMT", "Thu Jan  1 00:00:02 2026"])(
    "reads each form of a date in Retry-After: %s",
    async (value) => {
      expect(await run([later(429, value), 200])).toBe(200);
      expect(startedAtMs).toEqual([0, 2050]);
    },
  );

  it("backs off exponentially with full jitter, up to the longest wait", async () => {
    expect(await run([503, 503, 503, 503, 200], {}, { retries: 4, baseDelayMs: 100, maxDelayMs: 300 })).toBe(200);
    expect(startedAtMs).toEqual([0, 50, 150, 300, 450]);
  });

  it("gives the last answer, its body unread, when the tries are spent", async () => {
    steps = [503, 503];
    const answer = fetchWithRetry("https://api.example.com", {}, { retries: 1 });
    await vi.runAllTimersAsync();
    expect(await (await answer).text()).toBe("body");
  });

  it("gives the last error when the tries are spent", async () => {
    expect(await run([networkError(), networkError()], {}, { retries: 1 })).toBe("TypeError");
  });

  it("honours Retry-After in seconds", async () => {
    expect(await run([later(429, "2"), 200])).toBe(200);
    expect(startedAtMs).toEqual([0, 2050]);
  });

  it("honours Retry-After as a date", async () => {
    expect(await run([later(503, "Thu, 01 Jan 2026 00:00:03 GMT"), 200])).toBe(200);
    expect(startedAtMs).toEqual([0, 3050]);
  });

  it.each(["soon", "Wed, 31 Dec 2025 00:00:00 GMT"])("does not stumble over Retry-After: %s", async (value) => {
    expect(await run([later(503, value), 200])).toBe(200);
    expect(startedAtMs).toEqual([0, 50]);
  });

  it("does not begin a wait that outlasts the budget", async () => {
    expect(await run([later(429, "60"), 200], {}, { budgetMs: 20_000 })).toBe(429);
    expect(Date.now()).toBe(Date.UTC(2026, 0, 1));
  });

  it("ends within the budget even when every try hangs", async () => {
    expect(await run(["hang", "hang", "hang"], {}, { budgetMs: 1500, attemptTimeoutMs: 1000 })).toBe("TimeoutError");
    expect(Date.now() - Date.UTC(2026, 0, 1)).toBeLessThanOrEqual(1500);
  });

  it.each(["POST", "patch"])("does not repeat %s", async (method) => {
    expect(await run([503, 200], { method })).toBe(503);
  });

  it.each(["GET", "head", "OPTIONS", "PUT", "DELETE"])("repeats %s", async (method) => {
    expect(await run([503, 200], { method })).toBe(200);
  });

  it("repeats POST when asked to", async () => {
    expect(await run([503, 200], { method: "POST", body: "{}" }, { retryNonIdempotent: true })).toBe(200);
  });

  it("does not repeat a stream", async () => {
    const body = new Blob(["x"]).stream();
    expect(await run([503, 200], { method: "PUT", body })).toBe(503);
  });

  it("does not repeat what fetch could not even begin", async () => {
    expect(await run([new TypeError("Failed to parse URL"), 200])).toBe("TypeError");
    expect(startedAtMs).toHaveLength(1);
  });

  it.each<[string, Step[]]>([
    ["a wait", [later(503, "5"), 200]],
    ["a try", ["hang", 200]],
  ])("stops at once when aborted during %s", async (_name, script) => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(new RangeError("enough")), 1000);
    expect(await run(script, { signal: controller.signal })).toBe("RangeError");
    expect(startedAtMs).toHaveLength(1);
  });

  it("takes an option that is undefined for one that was not given", async () => {
    expect(await run([503, 200], {}, { retries: undefined, budgetMs: undefined } as object)).toBe(200);
  });

  it("names the option that is wrong", async () => {
    await expect(fetchWithRetry("https://x", {}, { budgetMs: Number.POSITIVE_INFINITY })).rejects.toThrow("budgetMs");
  });
});
