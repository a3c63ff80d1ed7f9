import { describe, expect, it } from "vitest";
import { startOffsetsMs } from "../../src/config/canary-start.ts";
import { runMinute } from "../../src/probing/canary.ts";
import { createCanaryHandler } from "../../src/probing/canary-handler.ts";
import { CanaryMemory } from "../../src/probing/canary-memory.ts";

/** A pool on which the code fails. */
const broken = (name: string) => ({
  name,
  roundsPerMinute: 1,
  probes: [],
  get targets(): never {
    throw new TypeError(`a defect in ${name}`);
  },
});

it("each pool that fails by a defect is in the log with its name and where, not the first alone", async () => {
  const logged: Record<string, unknown>[] = [];
  const handler = createCanaryHandler({
    settings: { pools: [broken("a"), broken("b")] },
    clock: { now: () => 0, sleep: async () => {} },
    log: { info: () => {}, error: (_: string, detail: Record<string, unknown>) => logged.push(detail) },
  } as never);
  await expect(handler()).rejects.toThrow("a defect in a");
  const stack = expect.stringContaining("canary-handler.test.ts");
  expect(logged).toEqual([
    { pool: "a", reason: "TypeError: a defect in a", stack },
    { pool: "b", reason: "TypeError: a defect in b", stack },
  ]);
});

describe("the minutes of many pools", () => {
  const pools = (count: number, probes: number, roundsPerMinute = 1) =>
    Array.from({ length: count }, () => ({ roundsPerMinute, probes }));
  /** The most calls of any second, where each pool makes so many as it begins. */
  const worst = (offsetsMs: readonly number[], calls: number) =>
    calls * Math.max(...offsetsMs.map((fromMs) => offsetsMs.filter((ms) => ms >= fromMs && ms < fromMs + 1000).length));

  it.each([
    [100, 2],
    [100, 3],
    [20, 5],
  ])("of %i pools with %i probes: about ten calls of Lambda a second at most, and of EC2", (count, probes) => {
    const offsetsMs = startOffsetsMs(pools(count, probes));
    expect(worst(offsetsMs, probes)).toBeLessThanOrEqual(12);
    expect(worst(offsetsMs, 2)).toBeLessThanOrEqual(10);
    expect(Math.max(...offsetsMs)).toBeLessThanOrEqual(30_000);
  });

  it("end within the minute, however many there are", () => {
    expect(Math.max(...startOffsetsMs(pools(300, 7)))).toBeLessThanOrEqual(30_000);
  });

  it("begin at once for a single pool, and for pools with several rounds a minute", () => {
    expect(startOffsetsMs(pools(1, 3))).toEqual([0]);
    expect(startOffsetsMs(pools(3, 3, 2))).toEqual([0, 0, 0]);
  });

  it("begin at these offsets", async () => {
    const slept: number[] = [];
    const handler = createCanaryHandler({
      settings: { pools: ["a", "b", "c"].map((name) => Object.assign(broken(name), { probes: [{}, {}, {}] })) },
      clock: { now: () => 0, sleep: async (ms: number) => slept.push(ms) },
      log: { info: () => {}, error: () => {} },
    } as never);
    await expect(handler()).rejects.toThrow("a defect in a");
    expect(slept).toEqual([300, 600]);
  });

  it("end with the canary's minute, though a probe hangs in a pool that began late, and have that minute's turn", async () => {
    const beganMs = Date.UTC(2026, 0, 1);
    let timeMs = beganMs + 30_300;
    const clock = {
      now: () => timeMs,
      sleep: async (ms: number) => {
        timeMs += ms;
      },
    };
    const turns: unknown[] = [];
    const probe = {
      functionArn: "arn:aws:lambda:us-east-1:123456789012:function:probe",
      vantage: "a",
      kind: "serving",
    };
    // EC2 and Lambda have taken ten seconds.
    const send = async ({ input }: { input: { Payload?: Uint8Array } }) => {
      if (!input.Payload) return Promise.reject(new Error("no answer"));
      turns.push(JSON.parse(Buffer.from(input.Payload).toString()).turn);
      return new Promise(() => {});
    };
    timeMs += 10_000;
    const log = { info: () => {}, error: () => {} };
    const canary = { settings: { echoUrl: "https://echo.example/" }, clock, log, lambda: { send }, ec2: { send } };
    const pool = {
      name: "a",
      roundsPerMinute: 1,
      probes: [probe],
      targets: [],
      network: { vpcId: "v", subnetIds: [] },
    };
    await runMinute(canary as never, pool as never, new CanaryMemory(), beganMs);
    expect(timeMs - beganMs).toBe(55_000);
    expect(turns).toEqual([beganMs / 60_000]);
  });
});
