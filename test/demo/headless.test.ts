import { expect, it } from "vitest";
import { runDemo } from "../../demo/run.ts";

it.each([1, 2, 3])("the headless demo ends with the same addresses, whatever the delays: seed %i", async (seed) => {
  const { restored, changes, addressesSeen, addressesBefore } = await runDemo(seed);
  expect(restored).toBe(true);
  expect(addressesBefore).toEqual(expect.arrayContaining([...addressesSeen]));
  for (const { gapMs, gapWithoutMs } of changes.slice(1)) expect(gapMs).toBeLessThan(gapWithoutMs);
});
