import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readMeasured } from "../../testing/twin/measured.ts";

function fileWith(content: unknown): string {
  const path = join(mkdtempSync(join(tmpdir(), "measured-")), "rehearsal.json");
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

it("takes what a rehearsal has measured, and leaves the rest to the defaults", () => {
  const delays = {
    interfaceCreation: { kind: "uniform", minMs: 200_000, maxMs: 203_000 },
    cloudTrail: { kind: "lognormal", medianMs: 4_000, sigma: 0.5, maxMs: 20_000 },
    cloudTrailLossRate: 0.05,
  };
  expect(readMeasured(fileWith({ region: "eu-central-1", delays }))).toEqual(delays);
});

it.each<[string, unknown, RegExp]>([
  ["another file", { checks: [] }, /has no field 'delays'.*rehearse --fixtures/],
  ["no JSON", "# Rehearsal", /is not JSON/],
  ["a name that there is not", { interfaceApears: {} }, /delays: .*interfaceApears/],
  ["another form", { interfaceAppears: 3_000 }, /delays\.interfaceAppears: .*expected object/],
  [
    "text for a number",
    { interfaceAppears: { kind: "uniform", minMs: "3 s", maxMs: 1 } },
    /delays\.interfaceAppears\.minMs: .*expected number/,
  ],
  [
    "a span that ends before it begins",
    { interfaceAppears: { kind: "uniform", minMs: 2, maxMs: 1 } },
    /delays\.interfaceAppears\.minMs: must not be greater/,
  ],
  ["a rate above 1", { cloudTrailLossRate: 20 }, /delays\.cloudTrailLossRate: .*<=1/],
])("says what is wrong: %s", (_name, content, problem) => {
  const isDocument = typeof content === "string" || "checks" in (content as object);
  expect(() => readMeasured(fileWith(isDocument ? content : { delays: content }))).toThrow(problem);
});

it("says that a file cannot be read", () => {
  expect(() => readMeasured("/nowhere/rehearsal.json")).toThrow(/nowhere.*cannot be read.*rehearse --fixtures/);
});
