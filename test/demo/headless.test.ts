import { expect, it } from "vitest";
import { runStory } from "../../demo/story.ts";

it.each([1, 2, 3])("the tour ends with the same addresses, whatever the delays: seed %i", async (seed) => {
  const { restored, steps, addressesSeen, addressesBefore, moments } = await runStory(seed);
  expect(restored).toBe(true);
  expect(addressesBefore).toEqual(expect.arrayContaining([...addressesSeen]));
  for (const { cutOffMs, cutOffWithoutMs } of steps.slice(1)) expect(cutOffMs).toBeLessThanOrEqual(cutOffWithoutMs);
  const total = (part: "cutOffMs" | "cutOffWithoutMs") => steps.reduce((sum, it) => sum + it[part], 0);
  expect(total("cutOffMs")).toBeLessThan(total("cutOffWithoutMs") / 3);
  const rows = new Set(moments.map(({ row }) => row));
  for (const row of ["relocation row 5", "fallback row 7", "fallback row 10", "fallback row 12"]) {
    expect(rows).toContain(row);
  }
});
