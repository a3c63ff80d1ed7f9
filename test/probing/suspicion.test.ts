import { expect, it } from "vitest";
import { type Records, record, sharedPool, suspected } from "../../src/probing/suspicion.ts";

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

it("two hiccups with minutes between them that nobody saw are no difference that has lasted", () => {
  let records: Records = new Map();
  const seconds = [0, 10, 20, 320, 330, 340].map((second) => second + 600);
  const before = [...Array(60).keys()].map((index) => index * 10);
  for (const at of [...before, ...seconds]) {
    records = record(records, [{ about, target: "partner", worse: at >= 600 }], at * 1000);
  }
  expect(suspected(records, about)).toEqual([]);
});

it("five rounds are enough at one a minute", () => {
  let records: Records = new Map();
  for (let minute = 0; minute < 65; minute++) {
    records = record(records, [{ about, target: "partner", worse: minute >= 60 }], minute * 60_000);
  }
  expect(suspected(records, about)).toEqual(["partner"]);
});

/** After minutes in which the address and the shared pool are let in (`.`) or not (`x`). */
function besides(ours: string, theirs: string): string[] {
  let records: Records = new Map();
  [...ours].forEach((round, minute) => {
    const results = [
      { about, target: "partner", worse: round === "x" },
      { about: "198.51.100.2", target: "partner", worse: false },
      { about: sharedPool, target: "partner", worse: theirs[minute] === "x" },
    ];
    records = record(records, results, minute * 60_000);
  });
  return suspected(records, about);
}

it.each([
  ["slips too", `${hour}.x.x.`, []],
  ["has slipped within the hour", `${".".repeat(20)}${"xx.".repeat(14)}...`, []],
  ["is let in", `${hour}.....`, ["partner"]],
  ["is never let in", "x".repeat(65), ["partner"]],
  ["is refused since then as well", `${hour}xxxxx`, ["partner"]],
])("five rounds of a difference, while the shared pool %s", (_, theirs, expected) => {
  expect(besides(`${hour}xxxxx`, theirs)).toEqual(expected);
});
