import { describe, expect, it } from "vitest";
import { inlineCode, read, sectionWithin, tableRows } from "./markdown.ts";
import { textsOf } from "./types.ts";

/** What is reported by other means than `FallbackFailed`. */
const otherwise = ["override", "too-long"];

describe("docs/fallback.md", () => {
  it("explains every finding, and no other", () => {
    const rows = tableRows(sectionWithin(read("docs/fallback.md"), "What is wrong, and what to do"));
    const described = rows.flatMap(([first = ""]) => inlineCode(first));
    const findings = textsOf("src/fallback/actions.ts", "Finding", "kind");
    expect(described.sort()).toEqual(findings.filter((it) => !otherwise.includes(it)).sort());
  });
});
