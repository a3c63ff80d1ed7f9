import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { tagKeys } from "../../src/pool/tags.ts";
import { inlineCode, read, sectionWithin, tableRows } from "./markdown.ts";

const page = read("docs/security.md");
const firstCells = (heading: string) => tableRows(sectionWithin(page, heading)).map(([first = ""]) => first);

describe("docs/security.md", () => {
  it("says of every function what its role may do, and what an attacker could do with it", () => {
    const functions = readdirSync("functions").map((file) => file.replace(".ts", ""));
    for (const heading of ["Roles", "What an attacker could do with each role"]) {
      const named = firstCells(heading).map((cell) => cell.replaceAll("`", ""));
      expect(
        functions.filter((name) => !named.includes(name)),
        heading,
      ).toEqual([]);
    }
  });

  it("says what the version of SST that a deployment runs sends and downloads", () => {
    const { sst } = packageJson.devDependencies;
    expect(sectionWithin(page, "Supply chain")).toContain(`SST ${sst} sends telemetry to`);
  });

  it("says of every tag who writes it and what it decides", () => {
    expect(firstCells("Tags").flatMap(inlineCode).sort()).toEqual(Object.values(tagKeys).sort());
  });
});
