import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { BlockScope } from "../../src/config/target-rules.ts";
import { decide } from "../../src/guard/decide.ts";
import { EgressBlockedError, type GuardEffects, type GuardOptions, withEgressGuard } from "../../src/guard/guard.ts";
import { Partner } from "./partner.ts";

class Exited extends Error {}

describe("withEgressGuard", () => {
  let partner: Partner;
  let sandbox: string;
  let nowMs: number;
  let written: Record<string, unknown>[];
  const effects: GuardEffects = {
    exit: () => {
      throw new Exited();
    },
    now: () => nowMs,
    random: () => 0,
    write: (line) => written.push(JSON.parse(line)),
  };

  beforeEach(async () => {
    partner = await Partner.start();
    sandbox = mkdtempSync(join(tmpdir(), "guard-"));
    nowMs = 1_000_000;
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
    await handler(1, 2);
    nowMs += 86_400_000;
    expect(handler(1, 2)).toBe(result);
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
    expect(await handler(1, 2)).toBe("done");
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
    await expect(withEgressGuard(fails, { url: partner.url }, effects)(1, 2)).rejects.toThrow(RangeError);
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

  it.each<[string, Partial<GuardOptions>]>([
    ["url", { url: "partner.example" }],
    ["echoUrl", { echoUrl: "ftp://echo.example" }],
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
    expect(decide(verdict, before, budget, 10_000)).toBe(expected);
  });
});
