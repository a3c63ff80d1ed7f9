import { describe, expect, it } from "vitest";
import { tables } from "./finding-rows.ts";
import { inlineCode, read, sectionWithin, tableRows } from "./markdown.ts";

const sections = read("docs/runbook.md").sections.map(({ anchor }) => anchor);

const lists = ["otherSubnetIds", "aliases", "names", "versions"];
/** A finding with every detail that any text asks for. */
const anything = new Proxy(
  {},
  {
    get: (_, name) => (name === "sinceMs" ? 0 : lists.includes(String(name)) ? ["some"] : `some ${String(name)}`),
  },
) as never;

const rows = Object.entries(tables).flatMap(([table, of]) =>
  Object.entries(of).map(([kind, row]) => [`${kind} of ${table}`, row] as const),
);

describe("a finding", () => {
  it.each(rows)("says what is wrong, what to do, and where the runbook explains it: %s", (_, row) => {
    const { section, text, remediation } = row;
    expect(sections).toContain(section);
    for (const said of [text(anything), remediation(anything)]) {
      expect(said).toMatch(/^\S.{4,}[^.]$/);
      expect(said).not.toContain("undefined");
    }
  });
});

describe("docs/cli.md", () => {
  it("lists every finding of the doctor with its severity, and no other", () => {
    const table = tableRows(sectionWithin(read("docs/cli.md"), "What `doctor` looks for"));
    const listed = table.flatMap(([of, ids = "", severity, section = ""]) =>
      inlineCode(ids).map((id) => [of, id, severity, section.replace(/^\[(.*)\].*/, "$1")].join(" ")),
    );
    const known = Object.entries(tables).flatMap(([of, rows]) =>
      Object.entries(rows).map(([id, { severity, section }]) => [of, id, severity, section].join(" ")),
    );
    expect(listed.sort()).toEqual(known.sort());
  });
});
