/** Names are cut where AWS does not take them: the command line still finds what belongs to the deployment. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { long, poolName } from "../stacks/long-names.ts";
import { openScene, type Scene, target } from "./scene.ts";

const pool = poolName("a");
const input = {
  pools: {
    [pool]: {
      members: { names: ["orders*"] },
      network: { create: {} },
      targets: [target],
      fallback: { standby: "cold" as const },
    },
  },
};

let scene: Scene;
beforeAll(async () => {
  scene = await openScene({ input, stage: long.stage, names: { app: long.app } });
});
afterAll(() => scene.close());

const rows: Record<string, [args: string, says: string]> = {
  doctor: ["doctor", "No problem found."],
  status: ["status", pool],
  plan: ["plan", "no action"],
  cost: ["cost", "Elastic IPs"],
  report: ["report --json", '"partners": []'],
  "fallback status": [`fallback enter --pool ${pool} --yes`, "fallback"],
};

it.each(Object.entries(rows))("%s", async (_, [args, says]) => {
  const { code, stdout, stderr } = await scene.run(args);
  expect(stderr).toBe("");
  expect(stdout).toContain(says);
  expect(code).toBe(0);
});
