import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { findSection, sectionsOf } from "../../cli/runbook.ts";
import { tables } from "../docs/finding-rows.ts";
import { read } from "../docs/markdown.ts";

const sections = sectionsOf(readFileSync("docs/runbook.md", "utf8"));

it("knows the sections that the documentation has", () => {
  const anchors = read("docs/runbook.md").sections.filter(({ depth }) => depth === 2);
  expect(sections.map(({ id }) => id)).toEqual(anchors.map(({ anchor }) => anchor));
});

it.each([
  ["shortage", "shortage"],
  ["shop-production-partners-egress-problem", "egress-problem"],
  ["shop-production-shortage-no-egress", "no-egress"],
  ["shop-production-partners-blocked-orders", "blocked"],
  ["no-spare", "shortage"],
])("finds %s in the section %s", (name, section) => {
  expect(findSection(sections, name).id).toBe(section);
});

it("finds every finding by its id", () => {
  const ids = Object.values(tables).flatMap((table) => Object.keys(table));
  expect(ids.map((id) => findSection(sections, id).text).filter((text) => text === "")).toEqual([]);
  expect(ids.length).toBeGreaterThan(50);
});

it("names those like a name that it does not know, or all", () => {
  expect(() => findSection(sections, "canary-dead")).toThrow("no section canary-dead");
  const remediationOf = (name: string) => {
    try {
      return findSection(sections, name);
    } catch (error) {
      return (error as { remediation: string }).remediation;
    }
  };
  expect(remediationOf("canary-dead")).toMatch(/canary-silent.*probe-dead|probe-dead.*canary-silent/);
  expect(remediationOf("xyz")).toMatch(/shortage.*permissions/);
});
