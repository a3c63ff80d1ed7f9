import { describe, expect, it } from "vitest";
import { candidatesOf, scriptOf, shells } from "../../cli/completion.ts";
import { createProgram } from "../../cli/program.ts";

const program = createProgram();
/** @param line what is typed behind the program's name; the last word may be begun */
const valuesOf = (line: string) => candidatesOf(program, line.split(" ")).map(({ value }) => value);

describe("what may come next", () => {
  it.each([
    ["stat", ["status"]],
    ["fallback ", ["enter", "leave", "auto"]],
    ["help fallback l", ["leave"]],
    ["status --po", ["--pool"]],
    ["--region eu-central-1 exp", ["explain"]],
    ["--reg", ["--region"]],
    ["report --format ", ["markdown", "email"]],
    ["init --fallback w", ["warm"]],
    ["completion ", ["bash", "zsh", "fish"]],
    // Names and numbers are not known.
    ["status --pool ", []],
    ["explain ", []],
    ["frobnicate ", []],
  ])('after "%s"', (line, values) => {
    expect(valuesOf(line)).toEqual(values);
  });

  it("is every command that help shows, and every option, each with its words", () => {
    const commands = candidatesOf(program, [""]);
    expect(commands.map(({ value }) => value)).toEqual(
      program
        .createHelp()
        .visibleCommands(program)
        .map((it) => it.name()),
    );
    expect([...commands, ...candidatesOf(program, ["status", "-"])].filter(({ text }) => text === "")).toEqual([]);
    expect(valuesOf("rehearse -")).not.toContain("--speed");
  });
});

it.each(shells)("%s is given a script that asks the program itself", (shell) => {
  expect(scriptOf(shell)).toContain(`completion ${shell} -- `);
});
