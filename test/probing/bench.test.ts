import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { type Bench, linesOf, playAll } from "./bench/table.ts";

describe("the comparison", () => {
  let bench: Bench;
  beforeAll(() => {
    bench = playAll();
  }, 300_000);

  it("finds each of at least 30 ways to treat one address worse within 8 rounds, 13 of them silent", () => {
    expect(bench.silent.length).toBeGreaterThanOrEqual(13);
    expect(bench.silent.length + bench.refusing.length).toBeGreaterThanOrEqual(30);
    const late = [...bench.silent, ...bench.refusing].filter(({ found }) => found === undefined || found > 8);
    expect(late.map(({ name }) => name)).toEqual([]);
  });

  it("finds an address that is let in now and then within two hours", () => {
    expect(bench.leaky.filter(({ found }) => found === undefined || found > 120)).toEqual([]);
  });

  it("marks no address in any of at least 25 situations in which none is to blame", () => {
    expect(bench.innocent.length).toBeGreaterThanOrEqual(25);
    expect(bench.innocent.filter(({ marks }) => marks > 0).map(({ name }) => name)).toEqual([]);
  });

  it("takes a whole pool that is kept out for that, and nothing else", () => {
    const found = bench.innocent.filter(({ poolFound }) => poolFound !== undefined).map(({ name }) => name);
    expect(found).toEqual([
      "the whole pool is refused, the shared pool is not",
      "the whole pool is silent, the shared pool is not",
    ]);
  });

  it("is written down as measured", () => {
    const page = readFileSync(new URL("../../docs/measurements.md", import.meta.url), "utf8").split("\n");
    for (const line of linesOf(bench).filter(Boolean)) expect(page).toContain(line);
  });
});
