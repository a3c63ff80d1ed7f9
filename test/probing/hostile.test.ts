import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readBytes } from "../../src/config/target-rules.ts";
import { judge } from "../../src/probing/verdict.ts";
import { http } from "./answers/recorded.ts";

const folder = new URL("../../src/probing/", import.meta.url);

/** Every word and sign of the rules' files, and so of every pattern in them. */
const seeds = new Set(
  readdirSync(folder)
    .filter((file) => /^(?:rules-|said|incident)/.test(file))
    .flatMap((file) => readFileSync(new URL(file, folder), "utf8").replace(/\\[a-zA-Z]/g, " "))
    .flatMap((source) => source.match(/[\p{L}\p{N}_]+|[^\p{L}\p{N}\s]/gu) ?? []),
);

const shapes = [
  { type: "text/html", start: "<html>", status: 403 },
  { type: "text/html", start: "<html>", status: 200 },
  { type: "application/json", start: '{"error":"', status: 403 },
  { type: "text/xml", start: '<?xml version="1.0"?><Fault>', status: 500 },
  { type: "text/plain", start: "", status: 200 },
];

const hostile = [...seeds].flatMap((seed) =>
  shapes.flatMap(({ type, start, status }) =>
    [seed, `${seed} `].map((again) => ({
      name: `${status} ${start}${again}`,
      answer: http(status, { "content-type": type }, (start + again.repeat(readBytes)).slice(0, readBytes)),
    })),
  ),
);

/** Returns how long a judgement keeps a processor busy, in milliseconds: waiting for one does not count. */
function cpuMs(answer: (typeof hostile)[number]["answer"]): number {
  const before = process.cpuUsage();
  judge(answer);
  return process.cpuUsage(before).user / 1000;
}

describe("judge, of an answer that repeats the words that its patterns look for", () => {
  it("needs less than 100 ms of a processor for each", () => {
    // Twice, since compiling and garbage collection count too.
    const slow = hostile.filter(({ answer }) => cpuMs(answer) > 100 && cpuMs(answer) > 100);
    expect(slow.map(({ name }) => name)).toEqual([]);
  });
});
