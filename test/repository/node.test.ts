import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import lock from "../../package-lock.json" with { type: "json" };
import { synthesizeOnce } from "../../testing/deployment/synthesize.ts";
import { otherMajors } from "../../testing/toolchain/node.ts";

const { node } = packageJson.engines;
/** The lowest version of each major that the package may run on. */
const lowest = node.split(" || ").map((it) => it.replace("^", "").split(".").map(Number));
const majors = lowest.map(([major]) => major);

it("runs on the versions that its suites run on: the one that is installed, and the others", () => {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const own = lowest.find(([it]) => it === major);
  expect(own, `${process.version} is not among ${node}`).toBeDefined();
  expect(minor).toBeGreaterThanOrEqual(own?.[1] ?? 0);
  expect(majors).toEqual([20, ...otherMajors]);
  expect(lock.packages[""].engines.node).toBe(node);
});

it.each(["README.md", "CONTRIBUTING.md"])("%s names the same versions", (file) => {
  const text = readFileSync(file, "utf8");
  const named = [...text.matchAll(/You need Node (\d+)\.(\d+), (\d+) or (\d+)/g)].map(([, ...it]) => it.map(Number));
  expect(named).toEqual([[...(lowest[0] ?? []).slice(0, 2), ...majors.slice(1)]]);
});

it("functions are deployed on a version that is tested", async () => {
  const target = { name: "partner", url: "https://api.example.com/" };
  const records = await synthesizeOnce({ pools: { partners: { network: { create: {} }, targets: [target] } } });
  const runtimes = records.filter(({ type }) => type.endsWith(":Function")).map(({ inputs }) => inputs["runtime"]);
  expect(new Set(runtimes)).toEqual(new Set([`nodejs${otherMajors.at(-1)}.x`]));
});
