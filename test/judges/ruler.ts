/**
 * Asks aws/event-ruler, the matcher that EventBridge runs on, from Maven. It is fetched and compiled once, into a folder of
 * the user's cache. Needs a JDK (17 or later) and Maven.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import type { Pair } from "./events.ts";

/** `refused`: the pattern is not valid. */
export type Verdict = "matches" | "does not match" | "refused";

const source = join(import.meta.dirname, "ruler");
const dependencies = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies";

/** Returns the folder of the compiled judge. @throws Error when Java or Maven is missing or fails */
function compiled(): string {
  const hash = createHash("sha256");
  for (const file of ["pom.xml", "Judge.java"]) hash.update(readFileSync(join(source, file)));
  const cache = process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
  const folder = join(cache, "holdfast", `event-ruler-${hash.digest("hex").slice(0, 8)}`);
  if (existsSync(folder)) return folder;
  // Under another name until it is whole: a build that was interrupted leaves nothing behind that looks finished.
  const unfinished = `${folder}-${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  try {
    const pom = join(source, "pom.xml");
    execFileSync("mvn", ["-B", "-q", "-f", pom, dependencies, `-DoutputDirectory=${unfinished}`], { stdio: "inherit" });
    const code = join(source, "Judge.java");
    execFileSync("javac", ["-cp", join(unfinished, "*"), "-d", unfinished, code], { stdio: "inherit" });
    renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return folder;
}

const verdicts: Readonly<Record<string, Verdict>> = { true: "matches", false: "does not match", refused: "refused" };

/** Returns what the matcher says of each pair. */
export function judge(pairs: readonly Pair[]): Verdict[] {
  const folder = compiled();
  const input = pairs.map((pair) => JSON.stringify(pair)).join("\n");
  const options = { input, encoding: "utf8", maxBuffer: 1e9 } as const;
  const output = execFileSync("java", ["-cp", [folder, join(folder, "*")].join(delimiter), "Judge"], options);
  const answers = output.trimEnd().split("\n");
  return pairs.map((_, index) => {
    const verdict = verdicts[answers[index] ?? ""];
    if (!verdict) throw new Error(`the matcher answers ${answers[index]} to pair ${index}`);
    return verdict;
  });
}
