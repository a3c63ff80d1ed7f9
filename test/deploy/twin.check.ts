import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Backend, startBackend } from "../../scripts/stand-in/backend.ts";
import { createProject, sst } from "../../scripts/stand-in/project.ts";
import type { RecordedResource } from "../../scripts/stand-in/recorder.ts";
import { examples } from "./examples.ts";
import { removals } from "./twin-removals.ts";
import { play } from "./twin-scenario.ts";

let backend: Backend;
beforeAll(async () => {
  backend = await startBackend();
});
afterAll(() => backend.close());

describe.each(examples)("examples/$name in the twin", (example) => {
  let records: readonly RecordedResource[];
  beforeAll(async () => {
    const run = await sst(createProject(`examples/${example.name}`), "deploy", "production", example.account, backend);
    expect(run.exitCode, run.output).toBe(0);
    records = run.records;
  });

  it("plays the demo's story on what is deployed, every role enforced", async () => {
    expect(await play(example, records)).toBeUndefined();
  });

  // The rows come from what was recorded, which is not known before the test runs.
  it("misses each permission, rule, target, schedule, policy and setting that is taken away", async () => {
    // If nothing were missing and the story failed all the same, every row would pass.
    expect(await play(example, records, { direct: true })).toBeUndefined();
    const rows = removals(records);
    expect(rows.length).toBeGreaterThan(70);
    const unnoticed: string[] = [];
    for (const { name, records: left } of rows) {
      if ((await play(example, left, { direct: true })) === undefined) unnoticed.push(name);
    }
    expect(unnoticed).toEqual([]);
  });
});
