import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { mutants, plant } from "../../testing/simulation/mutant-list.ts";

describe("the faults to plant", () => {
  it.each(mutants)("$name: its text is in its file, once", (mutant) => {
    const text = readFileSync(mutant.file, "utf8");
    expect(plant(mutant, text)).not.toBe(text);
  });

  it("have names of their own", () => {
    expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
  });
});
