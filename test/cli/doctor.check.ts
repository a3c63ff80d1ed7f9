import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Attention } from "../../cli/support/attention.ts";
import { queueUrl, relocate, stage } from "./plant.ts";
import { poolPlants } from "./plants-pool.ts";
import { wiringPlants } from "./plants-wiring.ts";
import { openScene, type Scene } from "./scene.ts";

interface Diagnosis {
  readonly findings: readonly Attention[];
}

async function diagnose(
  scene: Scene,
): Promise<{ readonly code: number | null; readonly findings: readonly Attention[] }> {
  const { code, stdout, stderr } = await scene.run("doctor --json");
  expect(stderr).toBe("");
  return { code, findings: (JSON.parse(stdout) as Diagnosis).findings };
}

describe("the doctor", () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await openScene();
  });
  afterAll(() => scene.close());

  it("finds nothing wrong with a healthy deployment", async () => {
    expect(await diagnose(scene)).toEqual({ code: 0, findings: [] });
  });

  for (const { finding, what, also = [], plant } of [...wiringPlants, ...poolPlants]) {
    it(`finds ${finding} when ${what}`, async () => {
      const undo = await plant(scene);
      const { code, findings } = await diagnose(scene);
      await undo();
      const found = findings.find(({ id }) => id === finding);
      expect(found?.remediation).toMatch(/\w{3,}/);
      expect(new Set(findings.map(({ id }) => id))).toEqual(new Set([finding, ...also]));
      const has = (wanted: Attention["severity"]) => findings.some(({ severity }) => severity === wanted);
      expect(code).toBe(has("error") ? 4 : has("warning") ? 1 : 0);
    });
  }

  it("finds nothing wrong once all of it is put right", async () => {
    expect(await diagnose(scene)).toEqual({ code: 0, findings: [] });
  });

  it("finds queue-missing when relocation's queue is deleted", async () => {
    await scene.operator("sqs", "DeleteQueue", { QueueUrl: queueUrl });
    const { code, findings } = await diagnose(scene);
    expect(findings.map(({ id }) => id)).toEqual(["queue-missing"]);
    expect(code).toBe(4);
  });
});

describe("the doctor on a deployment that fell silent", () => {
  it("finds that nobody has reported for a while", async () => {
    const scene = await openScene({
      before: async ({ operator }) => {
        for (const FunctionName of [relocate, `${stage}-canary`]) {
          await operator("lambda", "PutFunctionConcurrency", { FunctionName, ReservedConcurrentExecutions: 0 });
        }
      },
    });
    const ids = (await diagnose(scene)).findings.map(({ id }) => id);
    await scene.close();
    expect(ids).toEqual(expect.arrayContaining(["function-off", "relocation-silent", "canary-silent"]));
  });
});
