import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Partner } from "./partner.ts";

/** Real processes in one sandbox: what is in the state file and in the exit code is what Lambda would see. */
describe("a sandbox whose processes are guarded", () => {
  const bundles = mkdtempSync(join(tmpdir(), "guard-bundle-"));
  const program = join(bundles, "function.mjs");
  let partner: Partner;
  let sandbox: string;

  beforeAll(async () => {
    await build({
      entryPoints: [join(import.meta.dirname, "function.ts")],
      outfile: program,
      bundle: true,
      minify: true,
      format: "esm",
      platform: "node",
      target: "node20",
      logLevel: "silent",
    });
  });
  afterAll(() => rmSync(bundles, { recursive: true }));
  beforeEach(async () => {
    partner = await Partner.start();
    sandbox = mkdtempSync(join(tmpdir(), "guard-sandbox-"));
  });
  afterEach(async () => {
    await partner.stop();
    rmSync(sandbox, { recursive: true });
  });

  interface Ended {
    code: number;
    said: string;
    metrics: Record<string, unknown>;
  }

  function cold(options: Record<string, unknown> = {}): Promise<Ended> {
    const args = [program, partner.url, join(sandbox, "state.json"), JSON.stringify({ spacingMs: 0, ...options })];
    return new Promise((resolve) => {
      execFile(process.execPath, args, (error, stdout) => {
        const lines = stdout.trim().split("\n");
        const metrics = lines.find((line) => line.startsWith('{"_aws"')) ?? "{}";
        const said = lines.filter((line) => !line.startsWith("{")).join();
        resolve({ code: Number(error?.code ?? 0), said, metrics: JSON.parse(metrics) });
      });
    });
  }

  it("ends the process on a block until its exits are spent, then lets calls through", async () => {
    partner.play = "block";
    const ends: Ended[] = [];
    for (let start = 0; start < 5; start++) ends.push(await cold({ maxExits: 3 }));
    expect(ends.map(({ code }) => code)).toEqual([1, 1, 1, 0, 0]);
    expect(ends.map(({ said }) => said)).toEqual(["", "", "", "handled event", "handled event"]);
    expect(ends.map(({ metrics }) => metrics["decision"])).toEqual(["exit", "exit", "exit", "exhausted", "exhausted"]);
    expect(JSON.parse(readFileSync(join(sandbox, "state.json"), "utf8"))).toMatchObject({
      exits: 3,
      address: "203.0.113.1",
    });
  });

  it("fails calls instead when asked to", async () => {
    partner.play = "block";
    expect(await cold({ maxExits: 0, onExhausted: "throw" })).toMatchObject({
      code: 0,
      said: "failed EgressBlockedError",
    });
  });

  it("says whether a restart changed the address", async () => {
    partner.play = "block";
    expect((await cold()).metrics).toMatchObject({ exits: 0, address: "203.0.113.1" });
    const kept = (await cold()).metrics;
    expect(kept).toMatchObject({ exits: 1, addressChanged: false, GuardAddressKept: 1, GuardExit: 1 });
    partner.play = "healthy";
    partner.address = "203.0.113.2";
    const changed = (await cold()).metrics;
    expect(changed).toMatchObject({
      exits: 2,
      addressChanged: true,
      GuardAddressKept: 0,
      GuardBlocked: 0,
      decision: "pass",
    });
  });

  it("does not exit again before the spacing is over", async () => {
    partner.play = "block";
    expect((await cold({ spacingMs: 60_000 })).code).toBe(1);
    expect(await cold({ spacingMs: 60_000 })).toMatchObject({
      code: 0,
      said: "handled event",
      metrics: { decision: "too-soon" },
    });
  });

  it("does not exit when it cannot keep count", async () => {
    partner.play = "block";
    writeFileSync(join(sandbox, "state.json"), "not json");
    expect(await cold()).toMatchObject({ code: 0, said: "handled event", metrics: { decision: "uncounted" } });
    expect(await cold({ statePath: "/nowhere/state.json" })).toMatchObject({
      code: 0,
      metrics: { decision: "uncounted" },
    });
  });

  it("exits before the first call in mode init", async () => {
    partner.play = "block";
    expect(await cold({ mode: "init" })).toMatchObject({ code: 1, said: "" });
  });

  it.each(["healthy", "down", "reset", "odd", "hang", "block-once"] as const)(
    "passes when the partner is %s",
    async (play) => {
      partner.play = play;
      expect(await cold({ timeoutMs: 100 })).toMatchObject({
        code: 0,
        said: "handled event",
        metrics: { decision: "pass" },
      });
    },
  );

  it("writes metrics that CloudWatch reads", async () => {
    partner.play = "block";
    const { metrics } = await cold();
    expect(metrics).toMatchObject({
      _aws: {
        Timestamp: expect.any(Number),
        CloudWatchMetrics: [
          {
            Namespace: "Holdfast",
            Dimensions: [["target"]],
            Metrics: ["GuardBlocked", "GuardExit", "GuardExhausted"].map((Name) => ({ Name, Unit: "Count" })),
          },
        ],
      },
      target: new URL(partner.url).host,
      verdict: "blocked",
      scope: "address",
      rule: "cloudflare-1006",
      ids: { "cloudflare-ray": "8f1d2c3b4a596877-IAD" },
    });
  });
});

describe("the bundles that users carry", () => {
  it.each([
    // Three quarters of it are the signatures.
    { file: "guard.ts", mostBytes: 44 * 1024 },
    { file: "fetch-with-retry.ts", mostBytes: 7 * 1024 },
  ])("$file stays small with everything in it", async ({ file, mostBytes }) => {
    const { outputFiles } = await build({
      entryPoints: [join(import.meta.dirname, "../../src/guard", file)],
      bundle: true,
      minify: true,
      format: "esm",
      platform: "node",
      target: "node20",
      write: false,
    });
    expect(outputFiles[0]?.contents.length).toBeLessThanOrEqual(mostBytes);
  });
});
