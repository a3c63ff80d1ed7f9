import { expect, it } from "vitest";
import { createPace } from "../../demo/pace.ts";

it("lets time pass slowly while there is something to read, the longer the text the longer, and fast afterwards", () => {
  const slowMsAfter = (...texts: string[]) => {
    const pace = createPace();
    for (const text of texts) pace.show(text, 0);
    const fast = pace.at(60_000);
    return Array.from({ length: 600 }, (_, index) => index * 100).findIndex((ms) => pace.at(ms) === fast) * 100;
  };
  const short = slowMsAfter("A spare");
  const long = slowMsAfter("The bank blocks an address, and that is detected by comparison with another one");
  expect(slowMsAfter()).toBe(0);
  expect(short).toBeGreaterThan(1_000);
  expect(long).toBeGreaterThan(short + 1_000);
  expect(slowMsAfter("One", "after", "the", "other", "and", "so", "on", "and", "on")).toBeLessThanOrEqual(8_000);
});
