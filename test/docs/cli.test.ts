import { describe, expect, it } from "vitest";
import { createProgram } from "../../cli/program.ts";
import { inlineCode, read, tableRows } from "./markdown.ts";

describe("docs/cli.md", () => {
  const commandsSection = read("docs/cli.md").sections.find(({ heading }) => heading === "Commands");
  const rows = tableRows(commandsSection?.text ?? "");
  const described = rows.flatMap(([first = ""]) => inlineCode(first)).map((code) => code.split(" ")[0]);

  it("describes every command, and no other", () => {
    const commands = createProgram().commands.map((it) => it.name());
    const parts = createProgram().commands.flatMap((it) => it.commands.map((part) => part.name()));
    expect(commands.filter((name) => !described.includes(name))).toEqual([]);
    expect(described.filter((name = "") => !commands.includes(name) && !parts.includes(name))).toEqual([]);
  });
});
