import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { BlockScope } from "../../src/config/target-rules.ts";
import { EgressBlockedError, type GuardOptions, withEgressGuard } from "../../src/guard/guard.ts";
import { guardDefaults } from "../../src/guard/options.ts";
import { Partner } from "./partner.ts";
import { Exited, useGuardScene } from "./scene.ts";

describe("withEgressGuard", () => {
  const scene = useGuardScene();
  const { effects, guard } = scene;

  it("tests once, and passes event, context and result through", async () => {
    const handler = guard();
    expect(await handler("a", 1)).toBe("a 1");
    expect(await handler("b", 2)).toBe("b 2");
    expect(scene.partner.tests).toBe(1);
    expect(scene.written).toHaveLength(1);
  });

  it("adds nothing to a warm call, not even a promise, and never tests again", async () => {
    const result = Promise.resolve("same");
    const handler = withEgressGuard(() => result, { url: scene.partner.url }, effects);
    await handler();
    scene.nowMs += 86_400_000;
    expect(handler()).toBe(result);
    expect(scene.partner.tests).toBe(1);
  });

  it("passes when the guard itself fails", async () => {
    scene.partner.play = "block";
    const broken = {
      ...effects,
      write: () => {
        throw new Error("broken pipe");
      },
    };
    const handler = withEgressGuard(
      async () => "done",
      { url: scene.partner.url, mode: "init", maxExits: 0, confirmAfterMs: 1 },
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
    const handler = withEgressGuard(async () => "done", { url: scene.partner.url }, broken);
    expect(await handler()).toBe("done");
    expect(lines.slice(1).map((line) => JSON.parse(line))).toEqual([
      { level: "ERROR", message: "egress guard failed", reason: "TypeError: a defect" },
    ]);
  });

  it("shares one test among concurrent first calls", async () => {
    const handler = guard();
    expect(await Promise.all([handler("a", 1), handler("b", 2), handler("c", 3)])).toEqual(["a 1", "b 2", "c 3"]);
    expect(scene.partner.tests).toBe(1);
  });

  it("passes the handler's own failure through", async () => {
    const fails = async (): Promise<void> => {
      throw new RangeError("own");
    };
    await expect(withEgressGuard(fails, { url: scene.partner.url }, effects)()).rejects.toThrow(RangeError);
  });

  it("does not call the handler on a block that shows twice, but ends the process", async () => {
    scene.partner.play = "block";
    await expect(guard()("a", 1)).rejects.toThrow(Exited);
    expect(scene.partner.tests).toBe(2);
  });

  it("passes on a block that shows only once, and does not test again", async () => {
    scene.partner.play = "block-once";
    const handler = guard();
    expect(await handler("a", 1)).toBe("a 1");
    await handler("b", 2);
    expect(scene.partner.tests).toBe(2);
    expect(existsSync(join(scene.sandbox, "state.json"))).toBe(false);
  });

  it("passes on a block that another environment does not cure", async () => {
    scene.partner.play = "block";
    expect(await guard({ exitOn: ["network"] })("a", 1)).toBe("a 1");
  });

  describe("reports by function whether another address may cure what it found", () => {
    const directives = () =>
      (scene.written[0] as { _aws: { CloudWatchMetrics: { Dimensions: string[][]; Metrics: { Name: string }[] }[] } })
        ._aws.CloudWatchMetrics;
    afterEach(() => vi.unstubAllEnvs());

    it.each<[string, Partner["play"], Partial<GuardOptions>, number]>([
      ["a block that it exits on", "block", { maxExits: 0 }, 1],
      ["a block of another scope", "block", { exitOn: ["network"] }, 0],
      ["a healthy partner", "healthy", {}, 0],
    ])("%s", async (_, play, options, curable) => {
      vi.stubEnv("AWS_LAMBDA_FUNCTION_NAME", "labels");
      scene.partner.play = play;
      await guard(options)("a", 1);
      expect(scene.written[0]).toMatchObject({ GuardCurable: curable, function: "labels" });
      expect(directives().at(-1)).toMatchObject({ Dimensions: [["function"]], Metrics: [{ Name: "GuardCurable" }] });
    });

    it("and not outside Lambda, where there is no function", async () => {
      vi.stubEnv("AWS_LAMBDA_FUNCTION_NAME", undefined);
      await guard()("a", 1);
      expect(directives().map(({ Dimensions }) => Dimensions)).toEqual([[["target"]]]);
    });
  });

  it("passes when nobody listens", async () => {
    const { url } = scene.partner;
    await scene.partner.stop();
    scene.partner = await Partner.start();
    expect(await guard({ url })("a", 1)).toBe("a 1");
    expect(scene.written[0]).toMatchObject({ verdict: "target-down", decision: "pass" });
  });

  it("passes when the name does not resolve", async () => {
    expect(await guard({ url: "https://partner.invalid/" })("a", 1)).toBe("a 1");
    expect(scene.written[0]).toMatchObject({ decision: "pass" });
  });

  describe("counts silence as a block when asked to", () => {
    const silent = { timeoutMs: 50, exitOn: ["silence"] as const };
    const elsewhere = () => `${scene.partner.url}ip`;
    beforeEach(() => {
      scene.partner.play = "hang";
    });

    it("and another host answers", async () => {
      await expect(guard({ ...silent, controlUrl: elsewhere() })("a", 1)).rejects.toThrow(Exited);
      expect(scene.written[0]).toMatchObject({ verdict: "unreachable", decision: "exit", GuardCurable: 1 });
    });

    it("but not when no other host answers", async () => {
      expect(await guard({ ...silent, controlUrl: scene.partner.url })("a", 1)).toBe("a 1");
      expect(scene.written[0]).toMatchObject({ verdict: "no-egress", decision: "pass" });
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

    it("exits only as often as the scene.draw allows, and writes no file", async () => {
      scene.partner.play = "block";
      scene.draw = 0.5;
      await expect(guard(fresh)("a", 1)).rejects.toThrow(Exited);
      scene.draw = 0.49;
      expect(await guard(fresh)("a", 1)).toBe("a 1");
      expect(scene.written.map(({ decision }) => decision)).toEqual(["exit", "exhausted"]);
      expect(existsSync(join(scene.sandbox, "state.json"))).toBe(false);
    });

    it("draws once for an instance, however often it tests again", async () => {
      scene.partner.play = "block";
      const handler = guard({ ...fresh, onExhausted: "throw", retestMs: 1000 });
      await expect(handler("a", 1)).rejects.toThrow(EgressBlockedError);
      [scene.draw, scene.nowMs] = [0.9, scene.nowMs + 1000];
      await expect(handler("b", 2)).rejects.toThrow(EgressBlockedError);
    });

    it("never exits with no exit to spend, whatever the draw", async () => {
      scene.partner.play = "block";
      scene.draw = 0.999;
      expect(await guard({ ...fresh, maxExits: 0 })("a", 1)).toBe("a 1");
      expect(scene.written).toMatchObject([{ decision: "exhausted" }]);
    });

    it("waits with the exit until the instance is old enough", async () => {
      scene.partner.play = "block";
      [scene.draw, scene.uptimeMs] = [0.9, 4999];
      const handler = guard(fresh);
      expect(await handler("a", 1)).toBe("a 1");
      [scene.nowMs, scene.uptimeMs] = [scene.nowMs + 5000, 9999];
      await expect(handler("b", 2)).rejects.toThrow(Exited);
    });
  });

  it("goes by the target's own rules", async () => {
    scene.partner.play = "odd";
    const result = { kind: "blocked", scope: "address" } as const;
    const target = { rules: [{ id: "odd", when: { statuses: [422] }, result }] };
    await expect(guard({ target })("a", 1)).rejects.toThrow(Exited);
    expect(scene.written[0]).toMatchObject({ rule: "target:odd" });
  });

  it("refuses calls without an exit left until a later test finds the target open", async () => {
    scene.partner.play = "block";
    const handler = guard({ maxExits: 0, onExhausted: "throw", retestMs: 1000 });
    await expect(handler("a", 1)).rejects.toThrow(EgressBlockedError);
    scene.partner.play = "healthy";
    await expect(handler("a", 1)).rejects.toThrow(EgressBlockedError);
    expect(scene.partner.tests).toBe(2);
    scene.nowMs += 1000;
    expect(await handler("a", 1)).toBe("a 1");
    await handler("b", 2);
    expect(scene.partner.tests).toBe(3);
  });

  it("exits after all once the spacing is over", async () => {
    scene.partner.play = "block";
    await expect(guard({ spacingMs: 5000 })("a", 1)).rejects.toThrow(Exited);
    const restarted = guard({ spacingMs: 5000 });
    expect(await restarted("a", 1)).toBe("a 1");
    scene.nowMs += 5000;
    await expect(restarted("a", 1)).rejects.toThrow(Exited);
  });

  it("begins at once in mode init, and ready waits without failing", async () => {
    scene.partner.play = "block";
    const handler = guard({ mode: "init", maxExits: 0, onExhausted: "throw" });
    await handler.ready;
    expect(scene.partner.tests).toBe(2);
    await expect(handler("a", 1)).rejects.toThrow(EgressBlockedError);
  });

  it("takes an option that is undefined for one that was not given", async () => {
    const given = { url: scene.partner.url, statePath: join(scene.sandbox, "state.json") };
    const names = Object.keys(guardDefaults).filter((name) => !(name in given));
    const none = Object.fromEntries(names.map((name) => [name, undefined]));
    const handler = withEgressGuard(async () => "done", { ...none, ...given } as GuardOptions, effects);
    expect(await handler()).toBe("done");
    expect(scene.written).toMatchObject([{ decision: "pass" }]);
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
  ])("names %s and the remediation when it is wrong", (field, options) => {
    expect(() => guard(options)).toThrow(new RegExp(`withEgressGuard: ${field} is .*; (?:give|use) `));
  });
});
