/**
 * `npm run test:readme`: every command that README gives does what it is there for. One that .ci/run runs word by word is
 * left to it, so that nothing long runs twice; the rest is run here. What needs an account is not: `npm run test:deploy`
 * runs `npx sst` on every example with a stand-in for SST's engine, `npm run test:cli` runs `npx holdfast` in the twin, and
 * `npm run test:browser` looks at its page.
 */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { ciCommands, proofOf, readmeCommands } from "./readme-proofs.ts";

/** Longest that a command may take, or a server until it serves. */
const withinMs = 300_000;
/** Longest that a server may take to end after SIGTERM. */
const endsWithinMs = 15_000;

/**
 * Runs a command to its end, or, if it serves a page, until the page is there and SIGTERM has ended it.
 * @throws Error when neither happens
 */
async function run(command: string): Promise<void> {
  const child = spawn("bash", ["-c", command], { detached: true, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  const served = new Promise<string>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk: Buffer) => {
        output += chunk;
        const [url] = /http:\/\/(127\.0\.0\.1|localhost):\d+\S*/.exec(output) ?? [];
        if (url) resolve(url);
      });
    }
  });
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  const late = (ms: number) => new Promise<"late">((resolve) => setTimeout(() => resolve("late"), ms).unref());
  const signal = (name: NodeJS.Signals) => child.pid !== undefined && process.kill(-child.pid, name);
  const first = await Promise.race([served, ended, late(withinMs)]);
  try {
    if (typeof first === "string" && first !== "late") await fetch(first);
    else if (first !== 0)
      throw new Error(`${command} ${first === "late" ? "does not end" : `ended with ${first}`}:\n${output}`);
  } finally {
    if (child.exitCode === null) signal("SIGTERM");
    if ((await Promise.race([ended, late(endsWithinMs)])) === "late") {
      signal("SIGKILL");
      // Said here, since an error may already be on its way.
      console.error(`${command} does not end within ${endsWithinMs / 1000} s of SIGTERM`);
      process.exitCode = 1;
    }
  }
}

const ci = ciCommands(readFileSync(".ci/run", "utf8"));
for (const command of readmeCommands(readFileSync("README.md", "utf8"))) {
  const proof = proofOf(command, ci);
  console.log(`${proof.padEnd(12)} ${command}`);
  if (proof === "run") await run(command);
}
