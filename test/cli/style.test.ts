import { expect, it } from "vitest";
import { duration, plain, styleFor, table } from "../../cli/support/style.ts";

const terminal = { isTTY: true };

it("colours on a terminal alone, and not where the environment says no", () => {
  expect(styleFor(terminal, { TERM: "xterm" })("red", "x")).toBe("\u001b[31mx\u001b[39m");
  expect(styleFor({}, { TERM: "xterm" })("red", "x")).toBe("x");
  expect(styleFor(terminal, { NO_COLOR: "1" })("red", "x")).toBe("x");
  expect(styleFor(terminal, { TERM: "dumb" })("red", "x")).toBe("x");
});

it("lays rows out under their heads, numbers to the right, without lines", () => {
  const rows = [
    ["one", "7.30"],
    ["twenty", "12.00"],
  ];
  expect(table(plain, ["item", ">USD"], rows)).toBe("  item      USD\n  one      7.30\n  twenty  12.00");
});

it("says how long in the unit that fits", () => {
  expect([45_000, 600_000, 3 * 3_600_000, 5 * 86_400_000].map(duration)).toEqual(["45 s", "10 min", "3 h", "5 d"]);
});
