import { expect, it } from "vitest";
import { NewFindings } from "../../src/telemetry/new-findings.ts";

it("reports a lasting finding once, and again when it has been gone; a run that could not look ends nothing", () => {
  const reported = new NewFindings();
  expect(reported.newAmong("payments", ["missing"])).toEqual(["missing"]);
  expect(reported.newAmong("payments", ["missing"])).toEqual([]);
  expect(reported.newAmong("payments", undefined)).toEqual([]);
  expect(reported.newAmong("payments", ["missing"])).toEqual([]);
  expect(reported.newAmong("ledger", ["missing"])).toEqual(["missing"]);
  expect(reported.newAmong("payments", [])).toEqual([]);
  expect(reported.newAmong("payments", ["missing"])).toEqual(["missing"]);
});
