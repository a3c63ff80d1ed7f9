import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { BlockScope } from "../../src/config/target-rules.ts";
import { decide, decideUncounted } from "../../src/guard/decide.ts";
import { EgressBlockedError, type GuardEffects, type GuardOptions, withEgressGuard } from "../../src/guard/guard.ts";
import { guardDefaults } from "../../src/guard/options.ts";
import { Partner } from "./partner.ts";

class Exited extends Error {}

describe("withEgressGuard", () => {
  let partner: Partner;
  let sandbox: string;
  let nowMs: number;
  let uptimeMs: number;
  let draw: number;
  let written: Record<string, unknown>[];
  const effects: GuardEffects = {
    exit: () => {
      throw new Exited();
    },
    now: () => nowMs,
    uptime: () => uptimeMs,
    random: () => draw,
    write: (line) => written.push(JSON.parse(line)),
  };

  beforeEach(async () => {
    partner = await Partner.start();
    sandbox = mkdtempSync(join(tmpdir(), "guard-"));
    nowMs = 1_000_000;
    uptimeMs = 60_000;
    draw = 0;
    written = [];
  });
  afterEach(async () => {
    await partner.stop();
    rmSync(sandbox, { recursive: true });
  });

  const guard = (options: Partial<GuardOptions> = {}) =>
    withEgressGuard(
      async (event: string, context: number) => `${event} ${context}`,
      { url: partner.url, statePath: join(sandbox, "state.json"), confirmAfterMs: 1, jitterMs: 0, ...options },
      effects,
    );

  it("tests once, and passes event, context and result through", async () => {
    const handler = guard();
    expect(await handler("a", 1)).toBe("a 1");
    expect(await handler("b", 2)).toBe("b 2");
    expect(partner.tests).toBe(1);
    expect(written).toHaveLength(1);
  });

  it("adds nothing to a warm call, not even a promise, and never tests again", async () => {
    const result = Promise.resolve("same");
    const handler = withEgressGuard(() => result, { url: partner.url }, effects);
    await handler();
    nowMs += 86_400_000;
    expect(handler()).toBe(result);
    expect(partner.tests).toBe(1);
  });

  it("passes when the guard itself fails", async () => {
    partner.play = "block";
    const broken = {
      ...effects,
      write: () => {
        throw new Error("broken pipe");
      },
    };
    const handler = withEgressGuard(
      async () => "done",
      { url: partner.url, mode: "init", maxExits: 0, confirmAfterMs: 1 },
      broken,
    );
    await handler.ready;
    expect(await handler()).toBe("done");
  });

  it("says in the log that it failed itself, and passes", async () => {
    const lines: string[] = [];
    const broken = {
      ...effects,
      write: (line: string) => {
        lines.push(line);
        if (lines.length === 1) throw new TypeError("a defect");
      },
    };
    const handler = withEgressGuard(async () => "done", { url: partner.url }, broken);
    expect(await handler()).toBe("done");
    expect(lines.slice(1).map((line) => JSON.parse(line))).toEqual([
      { level: "ERROR", message: "egress guard failed", reason: "TypeError: a defect" },
    ]);
  });

  it("shares one test among concurrent first calls", async () => {
    const handler = guard();
    expect(await Promise.all([handler("a", 1), handler("b", 2), handler("c", 3)])).toEqual(["a 1", "b 2", "c 3"]);
    expect(partner.tests).toBe(1);
  });

  it("passes the handler's own failure through", async () => {
    const fails = async (): Promise<void> => {
      throw new RangeError("own");
    };
    await expect(withEgressGuard(fails, { url: partner.url }, effects)()).rejects.toThrow(RangeError);
  });

  it("does not call the handler on a block that shows twice, but ends the process", async () => {
    partner.play = "block";
    await expect(guard()("a", 1)).rejects.toThrow(Exited);
    expect(partner.tests).toBe(2);
  });

  it("passes on a block that shows only once, and does not test again", async () => {
    partner.play = "block-once";
    const handler = guard();
    expect(await handler("a", 1)).toBe("a 1");
    await handler("b", 2);
    expect(partner.tests).toBe(2);
    expect(existsSync(join(sandbox, "state.json"))).toBe(false);
  });

  it("passes on a block that another environment does not cure", async () => {
    partner.play = "block";
    expect(await guard({ exitOn: ["network"] })("a", 1)).toBe("a 1");
  });

  describe("reports by function whether another address may cure what it found", () => {
    const directives = () =>
      (written[0] as { _aws: { CloudWatchMetrics: { Dimensions: string[][]; Metrics: { Name: string }[] }[] } })._aws
        .CloudWatchMetrics;
    afterEach(() => vi.unstubAllEnvs());

    it.each<[string, Partner["play"], Partial<GuardOptions>, number]>([
      ["a block that it exits on", "block", { maxExits: 0 }, 1],
      ["a block of another scope", "block", { exitOn: ["network"] }, 0],
      ["a healthy partner", "healthy", {}, 0],
    ])("%s", async (_, play, options, curable) => {
      vi.stubEnv("AWS_LAMBDA_FUNCTION_NAME", "labels");
      partner.play = play;
      await guard(options)("a", 1);
      expect(written[0]).toMatchObject({ GuardCurable: curable, function: "labels" });
      expect(directives().at(-1)).toMatchObject({ Dimensions: [["function"]], Metrics: [{ Name: "GuardCurable" }] });
    });

    it("and not outside Lambda, where there is no function", async () => {
      vi.stubEnv("AWS_LAMBDA_FUNCTION_NAME", undefined);
      await guard()("a", 1);
      expect(directives().map(({ Dimensions }) => Dimensions)).toEqual([[["target"]]]);
    });
  });

  it("passes when nobody listens", async () => {
    const { url } = partner;
    await partner.stop();
    partner = await Partner.start();
    expect(await guard({ url })("a", 1)).toBe("a 1");
    expect(written[0]).toMatchObject({ verdict: "target-down", decision: "pass" });
  });

  it("passes when the name does not resolve", async () => {
    expect(await guard({ url: "https://partner.invalid/" })("a", 1)).toBe("a 1");
    expect(written[0]).toMatchObject({ decision: "pass" });
  });

  describe("counts silence as a block when asked to", () => {
    const silent = { timeoutMs: 50, exitOn: ["silence"] as const };
    const elsewhere = () => `${partner.url}ip`;
    beforeEach(() => {
      partner.play = "hang";
    });

    it("and another host answers", async () => {
      await expect(guard({ ...silent, controlUrl: elsewhere() })("a", 1)).rejects.toThrow(Exited);
      expect(written[0]).toMatchObject({ verdict: "unreachable", decision: "exit", GuardCurable: 1 });
    });

    it("but not when no other host answers", async () => {
      expect(await guard({ ...silent, controlUrl: partner.url })("a", 1)).toBe("a 1");
      expect(written[0]).toMatchObject({ verdict: "no-egress", decision: "pass" });
    });

    it("and never otherwise", async () => {
      expect(await guard({ ...silent, exitOn: ["address"] })("a", 1)).toBe("a 1");
    });

    it("but not a name that does not resolve", async () => {
      const options = { ...silent, url: "https://partner.invalid/", controlUrl: elsewhere() };
      expect(await guard(options)("a", 1)).toBe("a 1");
    });
  });

  describe("where each instance has fresh files", () => {
    const fresh = { tmpSurvives: false, maxExits: 1, spacingMs: 5000 };

    it("exits only as often as the draw allows, and writes no file", async () => {
      partner.play = "block";
      draw = 0.5;
      await expect(guard(fresh)("a", 1)).rejects.toThrow(Exited);
      draw = 0.49;
      expect(await guard(fresh)("a", 1)).toBe("a 1");
      expect(written.map(({ decision }) => decision)).toEqual(["exit", "exhausted"]);
      expect(existsSync(join(sandbox, "state.json"))).toBe(false);
    });

    it("draws once for an instance, however often it tests again", async () => {
      partner.play = "block";
      const handler = guard({ ...fresh, onExhausted: "throw", retestMs: 1000 });
      await expect(handler("a", 1)).rejects.toThrow(EgressBlockedError);
      [draw, nowMs] = [0.9, nowMs + 1000];
      await expect(handler("b", 2)).rejects.toThrow(EgressBlockedError);
    });

    it("never exits with no exit to spend, whatever the draw", async () => {
      partner.play = "block";
      draw = 0.999;
      expect(await guard({ ...fresh, maxExits: 0 })("a", 1)).toBe("a 1");
      expect(written).toMatchObject([{ decision: "exhausted" }]);
    });

    it("waits with the exit until the instance is old enough", async () => {
      partner.play = "block";
      [draw, uptimeMs] = [0.9, 4999];
      const handler = guard(fresh);
      expect(await handler("a", 1)).toBe("a 1");
      [nowMs, uptimeMs] = [nowMs + 5000, 9999];
      await expect(handler("b", 2)).rejects.toThrow(Exited);
    });
  });

  describe("never cuts off a call in flight", () => {
    const slow = (options: Partial<GuardOptions>) => {
      const ends: (() => void)[] = [];
      const handler = withEgressGuard(
        (_event: string) => new Promise<void>((resolve) => ends.push(resolve)),
        {
          url: partner.url,
          statePath: join(sandbox, "state.json"),
          confirmAfterMs: 1,
          jitterMs: 0,
          spacingMs: 5000,
          ...options,
        },
        effects,
      );
      return { handler, ends };
    };

    beforeEach(async () => {
      partner.play = "block";
      await expect(guard({ spacingMs: 5000 })("a", 1)).rejects.toThrow(Exited);
    });

    it("but waits until it has ended", async () => {
      const { handler, ends } = slow({});
      const first = handler("a");
      await vi.waitFor(() => expect(ends).toHaveLength(1));
      nowMs += 5000;
      const second = handler("b");
      await vi.waitFor(() => expect(partner.tests).toBe(6));
      expect(written).toHaveLength(2);
      ends[0]?.();
      await first;
      await expect(second).rejects.toThrow(Exited);
    });

    type Ending = (event: string, context: object, callback: (error: unknown) => void) => unknown;
    it.each<[string, Ending]>([
      ["returns a promise, though it declares a callback", async (_event, _context, _callback) => {}],
      [
        "throws, though it declares a callback",
        (_event, _context, _callback) => {
          throw new RangeError("own");
        },
      ],
      ["calls back before it returns", (_event, _context, callback) => callback(null)],
      ["calls back later", (_event, _context, callback) => void setTimeout(callback, 5, null)],
    ])("and waits no longer for one that %s", async (_, ending) => {
      const handler = withEgressGuard(
        ending,
        { url: partner.url, statePath: join(sandbox, "state.json"), confirmAfterMs: 1, jitterMs: 0, timeoutMs: 400 },
        effects,
      );
      const ended = (event: string) => new Promise((resolve) => void handler(event, {}, resolve));
      await ended("a");
      nowMs += 5000;
      expect(await ended("b")).toBeInstanceOf(Exited);
    });

    it("and waits no longer for a response that was closed before the call", async () => {
      const answer = (_request: object, _response: object) => undefined;
      const handler = withEgressGuard(
        answer,
        { url: partner.url, statePath: join(sandbox, "state.json"), confirmAfterMs: 1, jitterMs: 0, timeoutMs: 400 },
        effects,
      );
      await handler({}, { headersSent: false, destroyed: true, once: () => {} });
      nowMs += 5000;
      await expect(handler({}, { headersSent: false, destroyed: false, once: () => {} })).rejects.toThrow(Exited);
    });

    it("and lets calls pass when that takes too long", async () => {
      const { handler, ends } = slow({ timeoutMs: 100 });
      void handler("a");
      await vi.waitFor(() => expect(ends).toHaveLength(1));
      nowMs += 5000;
      void handler("b");
      await vi.waitFor(() => expect(ends).toHaveLength(2));
      expect(written.at(-1)).toMatchObject({ decision: "busy" });
    });
  });

  describe("leaves the handler as it is", () => {
    const options = () => ({
      url: partner.url,
      statePath: join(sandbox, "state.json"),
      confirmAfterMs: 1,
      jitterMs: 0,
    });
    const streaming = Symbol.for("aws.lambda.runtime.handler.streaming");

    it("in what it is called with: every argument and its own this", async () => {
      const owner = {
        name: "owner",
        handler: withEgressGuard(
          async function (this: { name: string }, ...all: number[]) {
            return [this.name, ...all];
          },
          options(),
          effects,
        ),
      };
      expect(await owner.handler(1, 2, 3, 4)).toEqual(["owner", 1, 2, 3, 4]);
      expect(await owner.handler(1, 2, 3, 4)).toEqual(["owner", 1, 2, 3, 4]);
    });

    it("in what it has: its length, the mark of a response stream, the methods of a framework", async () => {
      const used: string[] = [];
      const handler = Object.assign(async (_event: string, _stream: object, _context: object) => "streamed", {
        [streaming]: "response",
        use: (it: string) => used.push(it),
      });
      const guarded = withEgressGuard(handler, options(), effects);
      guarded.use("middleware");
      expect(used).toEqual(["middleware"]);
      expect([guarded.length, guarded[streaming], Object.keys(guarded)]).toEqual([3, "response", ["use"]]);
      expect(await guarded("a", {}, {})).toBe("streamed");
    });

    it("in what it returns: a thenable that does its work when it is asked for, which happens once", async () => {
      let queries = 0;
      const query = {
        // biome-ignore lint/suspicious/noThenProperty: as query builders have it.
        then(resolve: (rows: string) => void) {
          queries++;
          resolve("rows");
        },
      };
      expect(await withEgressGuard(() => query, options(), effects)()).toBe("rows");
      expect(queries).toBe(1);
    });

    type Callback = (error: unknown, result?: string) => void;
    const called = (handler: (event: string, context: object, callback: Callback) => unknown) =>
      new Promise<string>((resolve, reject) => {
        const guarded = withEgressGuard(handler, { ...options(), maxExits: 0, onExhausted: "throw" }, effects);
        const result = guarded("a", {}, (error, value = "") => (error ? reject(error) : resolve(value)));
        // What Lambda's runtime client takes for the end of the call.
        if (result instanceof Promise) result.then(() => resolve("ended before it called back"));
      });

    it("in how it ends: by its callback, later than it returns", async () => {
      const handler = (event: string, _: object, callback: Callback) => {
        setTimeout(callback, 20, null, `called ${event}`);
      };
      expect(await called(handler)).toBe("called a");
    });

    it("in how it ends: by a promise, though it declares a callback", async () => {
      expect(await called(async (event, _context, _callback) => `resolved ${event}`)).toBe("resolved a");
      await expect(called((_event, _context, _callback) => Promise.reject(new RangeError("own")))).rejects.toThrow(
        "own",
      );
    });

    it("in how it fails: by its callback, by throwing, and by the guard's refusal", async () => {
      await expect(called((_event, _context, callback) => callback(new RangeError("own")))).rejects.toThrow("own");
      const throws = (_event: string, _context: object, _callback: Callback): void => {
        throw new RangeError("own");
      };
      await expect(called(throws)).rejects.toThrow("own");
      partner.play = "block";
      await expect(called(throws)).rejects.toThrow(EgressBlockedError);
    });
  });

  it("goes by the target's own rules", async () => {
    partner.play = "odd";
    const result = { kind: "blocked", scope: "address" } as const;
    const target = { rules: [{ id: "odd", when: { statuses: [422] }, result }] };
    await expect(guard({ target })("a", 1)).rejects.toThrow(Exited);
    expect(written[0]).toMatchObject({ rule: "target:odd" });
  });

  it("refuses calls without an exit left until a later test finds the target open", async () => {
    partner.play = "block";
    const handler = guard({ maxExits: 0, onExhausted: "throw", retestMs: 1000 });
    await expect(handler("a", 1)).rejects.toThrow(EgressBlockedError);
    partner.play = "healthy";
    await expect(handler("a", 1)).rejects.toThrow(EgressBlockedError);
    expect(partner.tests).toBe(2);
    nowMs += 1000;
    expect(await handler("a", 1)).toBe("a 1");
    await handler("b", 2);
    expect(partner.tests).toBe(3);
  });

  it("exits after all once the spacing is over", async () => {
    partner.play = "block";
    await expect(guard({ spacingMs: 5000 })("a", 1)).rejects.toThrow(Exited);
    const restarted = guard({ spacingMs: 5000 });
    expect(await restarted("a", 1)).toBe("a 1");
    nowMs += 5000;
    await expect(restarted("a", 1)).rejects.toThrow(Exited);
  });

  it("begins at once in mode init, and ready waits without failing", async () => {
    partner.play = "block";
    const handler = guard({ mode: "init", maxExits: 0, onExhausted: "throw" });
    await handler.ready;
    expect(partner.tests).toBe(2);
    await expect(handler("a", 1)).rejects.toThrow(EgressBlockedError);
  });

  it("takes an option that is undefined for one that was not given", async () => {
    const given = { url: partner.url, statePath: join(sandbox, "state.json") };
    const names = Object.keys(guardDefaults).filter((name) => !(name in given));
    const none = Object.fromEntries(names.map((name) => [name, undefined]));
    const handler = withEgressGuard(async () => "done", { ...none, ...given } as GuardOptions, effects);
    expect(await handler()).toBe("done");
    expect(written).toMatchObject([{ decision: "pass" }]);
  });

  it.each<[string, Partial<GuardOptions>]>([
    ["exitOn", { exitOn: null as unknown as [] }],
    ["target", { target: null as unknown as object }],
    ["url", { url: "partner.example" }],
    ["echoUrl", { echoUrl: "ftp://echo.example" }],
    ["controlUrl", { controlUrl: "" }],
    ["tmpSurvives", { tmpSurvives: "no" as unknown as boolean }],
    ["timeoutMs", { timeoutMs: 0 }],
    ["maxExits", { maxExits: 1.5 }],
    ["spacingMs", { spacingMs: -1 }],
    ["jitterMs", { jitterMs: Number.NaN }],
    ["mode", { mode: "later" as "init" }],
    ["onExhausted", { onExhausted: "retry" as "pass" }],
    ["exitOn", { exitOn: ["everything" as BlockScope] }],
    ["statePath", { statePath: "" }],
    ["namespace", { namespace: "Own" } as Partial<GuardOptions>],
    ["target.healthy", { target: { healthy: { body: "(" } } }],
  ])("names %s and the remedy when it is wrong", (field, options) => {
    expect(() => guard(options)).toThrow(new RegExp(`withEgressGuard: ${field} is .*; (?:give|use) `));
  });
});

describe("decide", () => {
  const blocked = { kind: "blocked", scope: "address" } as const;
  const budget = { exitOn: ["address"] as const, maxExits: 2, spacingMs: 1000 };
  const state = (exits: number, lastExitMs = 0) => ({ exits, lastExitMs, address: undefined });

  it.each([
    { name: "first block", verdict: blocked, before: state(0), expected: "exit" },
    { name: "spacing over", verdict: blocked, before: state(1, 9000), expected: "exit" },
    { name: "spacing not over", verdict: blocked, before: state(1, 9001), expected: "too-soon" },
    { name: "clock went back", verdict: blocked, before: state(1, 99_999), expected: "too-soon" },
    { name: "all spent", verdict: blocked, before: state(2), expected: "exhausted" },
    { name: "no count", verdict: blocked, before: undefined, expected: "uncounted" },
    {
      name: "another scope",
      verdict: { kind: "blocked", scope: "legal" } as const,
      before: state(0),
      expected: "pass",
    },
    { name: "healthy", verdict: { kind: "ok" } as const, before: undefined, expected: "pass" },
  ])("$name: $expected", ({ verdict, before, expected }) => {
    expect(decide({ ...verdict, rule: "any", ids: {} }, before, budget, 10_000)).toBe(expected);
  });

  it("lets as many exits follow each other as the budget has, on average, where nobody can count them", () => {
    const verdict = { ...blocked, rule: "any", ids: {} };
    const draws = Array.from({ length: 1000 }, (_, index) => index / 1000);
    for (const maxExits of [0, 1, 3, 20]) {
      const decisions = draws.map((draw) =>
        decideUncounted(verdict, { uptimeMs: 1000, draw }, { ...budget, maxExits }),
      );
      const exits = decisions.filter((it) => it === "exit").length;
      expect(exits / (1000 - exits)).toBeCloseTo(maxExits, 0);
    }
    expect(decideUncounted(verdict, { uptimeMs: 999, draw: 0.9 }, budget)).toBe("too-soon");
  });
});
