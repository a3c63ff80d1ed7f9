import { expect, it } from "vitest";
import { type Records, record, suspected } from "../../src/probing/suspicion.ts";

const about = "198.51.100.1";

/** After rounds ten seconds apart: `.` accepts the address, `x` treats it worse. */
function after(rounds: string): string[] {
  let records: Records = new Map();
  [...rounds].forEach((round, index) => {
    records = record(records, [{ about, target: "partner", worse: round === "x" }], index * 10_000);
  });
  return suspected(records, about);
}

const hour = ".".repeat(60);

it("a hiccup of eighty seconds is no block, neither while it lasts nor in the rounds after it", () => {
  const hiccup = `${hour}xxxxxxxxx`;
  for (const rest of ["", ".", "..", "...", ".".repeat(12)]) expect(after(hiccup + rest)).toEqual([]);
});

it("a difference that has lasted for a minute and a half is one, in spite of a round that was let in", () => {
  expect(after(`${hour}xxxxxxxxxx`)).toEqual(["partner"]);
  expect(after(`${hour}xxxx.xxxxx`)).toEqual(["partner"]);
});
