/** `npm run demo`: a simulated region as a page, or relocation as a timeline on the terminal. */
import { parseArgs } from "node:util";
import { type Speed, speeds } from "../cli/console/model.ts";
import { untilEnded } from "../cli/console/terminal.ts";
import { UsageError } from "../cli/support/usage-error.ts";
import type { DemoResult } from "./run.ts";
import { runDemoServer } from "./serve.ts";
import type { Moment } from "./timeline.ts";

const help = `Usage: npm run demo -- [--headless] [--seed N] [--port N] [--speed N] [--json]

Serves a page on 127.0.0.1: a simulated AWS region with the whole of Holdfast deployed in it, a tour that runs by
itself, and buttons that inject faults. Ctrl-C ends it.

  --port N    listen on this port (default: 4571, or any that is free)
  --speed N   virtual seconds per second to begin with: 0, 1, 10, 20 or 60 (default: 20)
  --seed N    draw other delays (default: one without a second of lost egress)
  --no-open   print the page's address and open no browser (the default)
  --headless  instead of the page, make four changes to a function and print them as a timeline, beside the same
              changes where an address was associated once and never moved
  --json      as --headless, as one JSON document
  --help      this text

Exit code: 0 when the page was served until it was ended, or egress was restored with the same addresses; 1 otherwise;
2 for wrong arguments, or a port that is in use.
`;

interface Arguments {
  readonly headless: boolean;
  readonly seed: number | undefined;
  readonly port: number | undefined;
  readonly speed: Speed | undefined;
  readonly json: boolean;
  readonly help: boolean;
}

function readArguments(): Arguments | string {
  try {
    const { values } = parseArgs({
      options: {
        headless: { type: "boolean", default: false },
        "no-open": { type: "boolean", default: true },
        seed: { type: "string" },
        port: { type: "string" },
        speed: { type: "string" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    const seed = values.seed === undefined ? undefined : Number(values.seed);
    if (seed !== undefined && !Number.isSafeInteger(seed)) return `--seed ${values.seed}: must be a whole number`;
    const headless = values.headless || values.json;
    return {
      headless,
      seed,
      port: portOf(values.port),
      speed: speedOf(values.speed),
      json: values.json,
      help: values.help,
    };
  } catch (error) {
    return (error as Error).message;
  }
}

/** @throws Error that names the argument */
function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (text.trim() === "" || !Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`--port ${text}: must be a whole number from 0 to 65535`);
  }
  return port;
}

/** @throws Error that names the argument */
function speedOf(text: string | undefined): Speed | undefined {
  const speed = speeds.find((it) => String(it) === text);
  if (text !== undefined && speed === undefined)
    throw new Error(`--speed ${text}: must be one of ${speeds.join(", ")}`);
  return speed;
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
  const rows = result.changes.map(
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

/** Returns the exit code. */
async function serve({ seed, port, speed }: Arguments): Promise<number> {
  try {
    await untilEnded(await runDemoServer({ seed: seed ?? 2, port, speed }));
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`demo: ${error.message}: ${error.remedy}\n`);
    return 2;
  }
}

async function playHeadless({ seed, json }: Arguments): Promise<number> {
  const { runDemo } = await import("./run.ts");
  const result = await runDemo(seed ?? 1);
  process.stdout.write(json ? `${JSON.stringify(result, null, 2)}\n` : render(result));
  return result.restored ? 0 : 1;
}

const given = readArguments();
if (typeof given === "string") {
  process.stderr.write(`demo: ${given}\n\n${help}`);
  process.exitCode = 2;
} else if (given.help) {
  process.stdout.write(help);
} else {
  process.exitCode = given.headless ? await playHeadless(given) : await serve(given);
}
