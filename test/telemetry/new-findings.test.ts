import { expect, it } from "vitest";
import { News } from "../../src/telemetry/new-findings.ts";

it("tells a lasting finding once, and again when it has been gone; a run that could not look ends nothing", () => {
  const news = new News();
  expect(news.of("payments", ["missing"])).toEqual(["missing"]);
  expect(news.of("payments", ["missing"])).toEqual([]);
  expect(news.of("payments", undefined)).toEqual([]);
  expect(news.of("payments", ["missing"])).toEqual([]);
  expect(news.of("ledger", ["missing"])).toEqual(["missing"]);
  expect(news.of("payments", [])).toEqual([]);
  expect(news.of("payments", ["missing"])).toEqual(["missing"]);
});
