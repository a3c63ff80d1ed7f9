import { describe, expect, it } from "vitest";
import { guardDefaults, guardLimits } from "../../src/guard/options.ts";
import { inlineCode, read, sectionWithin, tableRows, written } from "./markdown.ts";
import { textsOf } from "./types.ts";

/** Without these options something is left out, rather than another value used. */
const none: readonly string[] = ["echoUrl", "target"] satisfies (keyof typeof guardDefaults)[];

describe("docs/guard.md", () => {
  const [, , options = ""] = /([\s\S]*?)(\n\| option[\s\S]*?)\n\n/.exec(read("docs/guard.md").prose) ?? [];
  const rows = tableRows(options).map(([name = "", usual = "", meaning = ""]) => ({
    ...{ name: inlineCode(name).join(), usual, meaning },
  }));

  it("gives each option with its default, and no other", () => {
    const expected = Object.entries(guardDefaults).map(([name, usual]) => [
      ...[name, none.includes(name) ? "none" : written(usual)],
    ]);
    expect(rows.map(({ name, usual }) => [name, usual]).sort()).toEqual([["url", "required"], ...expected].sort());
  });

  it("gives the bounds of each number", () => {
    const meaningOf = (option: string) => rows.find(({ name }) => name === option)?.meaning ?? "";
    expect(guardLimits.filter(([name, least, most]) => !meaningOf(name).includes(`${least} to ${most}`))).toEqual([]);
  });

  it("explains every finding of attaching, and no other", () => {
    const findings = tableRows(sectionWithin(read("docs/guard.md"), "Attaching to the pool's network"));
    const explained = findings.flatMap(([first = ""]) => inlineCode(first));
    expect(explained.sort()).toEqual([...textsOf("src/attach/actions.ts", "Finding", "kind"), "refused"].sort());
  });
});
