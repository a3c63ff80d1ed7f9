/** `npm run demo`: the main job in a simulated region, told as a timeline. */
import { parseArgs } from "node:util";
import { type DemoResult, runDemo } from "./run.ts";
import type { Moment } from "./timeline.ts";

const help = `Usage: npm run demo -- [--headless] [--seed N] [--json]

Plays four changes to a function in a simulated AWS region, with Holdfast's real handler moving the addresses, and
compares with the same changes where an address was associated once and left alone.

  --headless  print the timeline to the terminal
  --seed N    draw other delays (default 1)
  --json      print one JSON document instead
  --help      this text

Exit code: 0 when egress was restored with the same addresses, 1 when not, 2 for wrong arguments.
`;

interface Arguments {
  readonly seed: number;
  readonly json: boolean;
  readonly help: boolean;
}

function readArguments(): Arguments | string {
  try {
    const { values } = parseArgs({
      options: {
        headless: { type: "boolean", default: false },
        seed: { type: "string", default: "1" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    const seed = Number(values.seed);
    if (!Number.isSafeInteger(seed)) return `--seed ${values.seed}: must be a whole number`;
    return { seed, json: values.json, help: values.help };
  } catch (error) {
    return (error as Error).message;
  }
}

function clock(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return `${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`;
}

function line({ atMs, who, text }: Moment): string {
  return who === "operator" ? `\n${clock(atMs)}  ${text}` : `${clock(atMs)}    ${who.padEnd(9)} ${text}`;
}

function duration(ms: number): string {
  return ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : `${clock(ms)} min`;
}

function render(result: DemoResult): string {
  const rows = result.chapters.map(
    ({ title, gapMs, gapWithoutMs }) =>
      `  ${duration(gapMs).padStart(9)}  ${duration(gapWithoutMs).padStart(11)}   ${title}`,
  );
  return [
    `One pool, one function, two addresses, in a simulated region (seed ${result.seed}).`,
    ...result.moments.map(line),
    "",
    "Time without egress",
    "   Holdfast  without it   change",
    ...rows,
    "",
    `Addresses before: ${result.addressesBefore.join(", ")}`,
    `Addresses after:  ${result.addressesAfter.join(", ")}`,
    `The partner saw:  ${result.addressesSeen.join(", ")}`,
    result.restored ? "Egress is open, with the same addresses." : "EGRESS WAS NOT RESTORED with the same addresses.",
    "",
  ].join("\n");
}

const given = readArguments();
if (typeof given === "string") {
  process.stderr.write(`demo: ${given}\n\n${help}`);
  process.exitCode = 2;
} else if (given.help) {
  process.stdout.write(help);
} else {
  const result = await runDemo(given.seed);
  process.stdout.write(given.json ? `${JSON.stringify(result, null, 2)}\n` : render(result));
  process.exitCode = result.restored ? 0 : 1;
}
