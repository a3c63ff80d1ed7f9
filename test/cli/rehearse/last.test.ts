import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { assumptions } from "../../../cli/rehearse/assumptions.ts";
import { checks } from "../../../cli/rehearse/checks.ts";
import { describeLast, findLast } from "../../../cli/rehearse/last.ts";
import { plain } from "../../../cli/support/style.ts";
import { read, tableRows } from "../../docs/markdown.ts";

const startedAt = "2026-11-27T15:50:30.388Z";
const nowMs = Date.parse("2026-11-30T15:50:30Z");
const found = (id: string, outcome: string, text = "as told") => ({ id, verdict: { outcome, found: text } });
const rehearsal = {
  holdfast: "1.2.3",
  region: "eu-central-1",
  startedAt,
  checks: [
    found("association", "pass"),
    found("egress", "pass"),
    found("swap", "differs", "swapped in one call, with 9 s between two answers"),
    found("deletion", "fail", "the address was gone"),
    found("tags", "skipped"),
  ],
};

let folder: string;
const before = process.cwd();
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "doctor-"));
  process.chdir(folder);
});
afterEach(() => process.chdir(before));

function write(name: string, content: unknown): string {
  writeFileSync(join(folder, name), typeof content === "string" ? content : JSON.stringify(content));
  return name;
}

const said = (file: string | undefined, region = "eu-central-1") => describeLast(plain, findLast(file), region, nowMs);

describe("what doctor says of the last rehearsal", () => {
  it("is when it ran, what it confirmed, what differs or fails, and what nobody has checked", () => {
    const { json, text } = said(write("there.json", rehearsal));
    const { rehearsal: last, assumptions: standing } = json;
    expect(last).toEqual({ file: "there.json", region: "eu-central-1", startedAt, holdfast: "1.2.3" });
    expect(standing.confirmed).toEqual(["association", "egress"]);
    expect(standing.differs).toEqual([{ name: "swap", found: expect.stringContaining("9 s") }]);
    expect(standing.fails).toMatchObject([{ name: "deletion" }]);
    expect(standing.unchecked).toEqual(expect.arrayContaining(["tags", "healing", "removal"]));
    expect(standing.unchecked).not.toContain("egress");
    expect(text).toContain("2026-11-27 15:50:30Z (3 d ago) in eu-central-1, Holdfast 1.2.3");
    expect(text).toMatch(/as assumed {3}association, egress\n/);
    expect(text).toMatch(/differs {6}swap \(.*9 s.*\)\n/);
    expect(text).toMatch(/not checked {2}.*tags.*removal/);
  });

  it("is that there was none, and which command makes one", () => {
    const { json, text } = said(undefined);
    expect(json).toMatchObject({ rehearsal: null, assumptions: { confirmed: [], unchecked: assumptions } });
    expect(text).toContain("npx holdfast rehearse --fixtures rehearsal.json");
  });

  it("is taken from rehearsal.json where nothing is named, unless that is another program's", () => {
    write("rehearsal.json", rehearsal);
    expect(said(undefined).json.rehearsal).toMatchObject({ file: "rehearsal.json" });
    write("rehearsal.json", { name: "play" });
    expect(said(undefined).json.rehearsal).toBeNull();
  });

  it("is nothing about another region", () => {
    const { json, text } = said(write("there.json", rehearsal), "us-east-1");
    expect(json.assumptions).toMatchObject({ confirmed: [], unchecked: assumptions });
    expect(text).toContain("says nothing about us-east-1");
  });
});

it.each<[string, unknown, RegExp]>([
  ["that is not there", undefined, /nowhere\.json cannot be read/],
  ["that is a page", "# Rehearsal", /cannot be read.*JSON/],
  ["without checks", { ...rehearsal, checks: undefined }, /not a rehearsal's: checks: /],
  ["with another outcome", { ...rehearsal, checks: [found("swap", "maybe")] }, /checks\.0\.verdict\.outcome/],
])("refuses a file %s", (_name, content, problem) => {
  const file = content === undefined ? "nowhere.json" : write("bad.json", content);
  expect(() => findLast(file)).toThrow(problem);
});

it("knows every check, and every assumption of the first deployment", () => {
  const named = tableRows(read(join(before, "docs/first-deployment.md")).text).map(([name = ""]) =>
    name.replaceAll("`", ""),
  );
  expect(assumptions.toSorted()).toEqual(named.toSorted());
  expect(checks.map(({ id }) => id).filter((id) => !assumptions.includes(id))).toEqual([]);
});
