import type { Command as Program } from "commander";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { createProgram } from "../../cli/program.ts";
import { answers, type Command } from "../../cli/support/schemas.ts";
import { schemaOf } from "../../tools/schemas.ts";

const commands = Object.keys(answers) as Command[];

it("every command with --json has a schema, and no other", () => {
  const takesJson = (command: Program): boolean =>
    command.options.some(({ long }) => long === "--json") || command.commands.some(takesJson);
  const named = createProgram().commands.filter(takesJson);
  expect(named.map((it) => it.name()).sort()).toEqual([...commands].sort());
});

describe.each(commands)("the JSON Schema of %s", (command) => {
  const schema = z.fromJSONSchema(schemaOf(command) as Parameters<typeof z.fromJSONSchema>[0]);
  const error = { exitCode: 2, message: "no", remediation: "do" };

  it("takes an error, also with a field that a later version adds", () => {
    expect(schema.safeParse({ schemaVersion: 1, error }).success).toBe(true);
    expect(schema.safeParse({ schemaVersion: 1, error: { ...error, more: 1 } }).success).toBe(true);
  });

  it("refuses what has another version, or none of the fields", () => {
    expect(schema.safeParse({ schemaVersion: 2, error }).success).toBe(false);
    expect(schema.safeParse({ schemaVersion: 1 }).success).toBe(false);
  });
});
