import { expect, it } from "vitest";
import { createCanaryHandler } from "../../src/probing/canary-handler.ts";

/** A pool on which the code fails. */
const broken = (name: string) => ({
  name,
  roundsPerMinute: 1,
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
