import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { mutations, plant } from "../../testing/simulation/mutant-list.ts";

describe("the faults to plant", () => {
  it.each(mutations)("$name: its text is in its file, once", (mutation) => {
    const text = readFileSync(mutation.file, "utf8");
    expect(plant(mutation, text)).not.toBe(text);
  });

  it("have names of their own", () => {
    expect(new Set(mutations.map(({ name }) => name)).size).toBe(mutations.length);
  });
});
