import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
import { confirm } from "../../cli/support/confirm.ts";

function terminal(typed: string, isTTY = true) {
  const output = new PassThrough();
  const input = Object.assign(new PassThrough(), { isTTY });
  input.write(typed);
  return { input, output };
}

it.each([
  ["y", true],
  ["Yes ", true],
  ["n", false],
  ["", false],
  ["yesterday", false],
])("takes %j for %j", async (typed, agreed) => {
  const { input, output } = terminal(`${typed}\n`);
  expect(await confirm("Do it?", { input, output })).toBe(agreed);
  expect(output.read().toString()).toContain("Do it? [y/N] ");
});

it("asks nobody where nobody is", async () => {
  await expect(confirm("Do it?", terminal("y\n", false))).rejects.toThrow(/standard input is no terminal/);
});
