import { beforeAll, expect, it } from "vitest";
import { startBackend } from "../../testing/deployment/stand-in/backend.ts";
import { createProject, sst } from "../../testing/deployment/stand-in/project.ts";
import type { RecordedResource } from "../../testing/deployment/stand-in/recorder.ts";
import { examples } from "./examples.ts";
import { playAttach } from "./twin-attach.ts";
import { playFallback, playFallbackAndReturn } from "./twin-fallback.ts";
import { removals } from "./twin-removals.ts";
import { play, relocationSteps } from "./twin-scenario.ts";
import { playTeardown } from "./twin-teardown.ts";

/** Deploys the example with the real CLI, and plays stories on what was recorded: a file of tests for each, since it takes minutes. */
export function checkInTwin(name: string): void {
  const example = examples.find((it) => it.name === name);
  if (!example) throw new Error(`there is no example ${name}`);
  let records: readonly RecordedResource[];
  beforeAll(async () => {
    const backend = await startBackend();
    const run = await sst(createProject(`examples/${name}`), "deploy", "production", example.account, backend);
    await backend.close();
    expect(run.exitCode, run.output).toBe(0);
    records = run.records;
  });

  const hasFallback = example.standby !== undefined;
  const attaches = example.guarded !== undefined;

  it("plays the demo's story on what is deployed, every role enforced", async () => {
    expect(await play(example, records, relocationSteps)).toBeUndefined();
  });

  if (hasFallback) {
    it("goes over to the NAT gateway and returns by itself, every role enforced", async () => {
      expect(await play(example, records, [playFallbackAndReturn])).toBeUndefined();
    });
  }

  it("is free of what runs in it before it is removed, every role enforced", async () => {
    expect(await play(example, records, [playTeardown])).toBeUndefined();
  });

  if (attaches) {
    it("attaches a guarded function that is refused, every role enforced", async () => {
      expect(await play(example, records, [playAttach])).toBeUndefined();
    });
  }

  // The rows come from what was recorded, which is not known before the test runs.
  it("misses each permission, rule, target, schedule, policy and setting that is taken away", async () => {
    const steps = {
      relocation: relocationSteps,
      fallback: [playFallback],
      attach: [playAttach],
      teardown: [playTeardown],
    };
    // If nothing were missing and a story failed all the same, every row would pass.
    expect(await play(example, records, steps.relocation, { direct: true })).toBeUndefined();
    if (hasFallback) expect(await play(example, records, steps.fallback, { direct: true })).toBeUndefined();
    if (attaches) expect(await play(example, records, steps.attach, { direct: true })).toBeUndefined();
    expect(await play(example, records, steps.teardown, { direct: true })).toBeUndefined();
    const rows = removals(records);
    expect(rows.filter((row) => row.of === "teardown").length).toBeGreaterThan(hasFallback ? 20 : 12);
    expect(rows.filter((row) => row.of === "relocation").length).toBeGreaterThan(70);
    expect(rows.filter((row) => row.of === "fallback").length).toBeGreaterThan(hasFallback ? 60 : -1);
    expect(rows.filter((row) => row.of === "attach").length).toBeGreaterThan(attaches ? 30 : -1);
    const unnoticed: string[] = [];
    for (const { name, of, records: left } of rows) {
      const misses = async (part: typeof of) =>
        (await play(example, left, steps[part], { direct: true })) !== undefined;
      // Relocation knows of guarded functions, which only the story of attaching has.
      const missed = (await misses(of)) || (attaches && (await misses("attach")));
      if (!missed) unnoticed.push(name);
    }
    // A warm gateway is deleted only when it has failed, which this story does not play (test/fallback/scenarios.test.ts).
    const unplayed = example.standby === "warm" ? [expect.stringContaining("ec2:DeleteNatGateway")] : [];
    expect(unnoticed).toEqual(unplayed);
  }, 400_000);
}
