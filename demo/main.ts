/** `npm run demo`: a simulated region and a tour of it, on a page or in the terminal. */
import { parseArgs } from "node:util";
import { type Speed, speeds } from "../cli/console/model.ts";
import { untilEnded } from "../cli/console/terminal.ts";
import { silenceSdkAdvice } from "../cli/support/sdk-advice.ts";
import { plain, table, wrap } from "../cli/support/style.ts";
import { UsageError } from "../cli/support/usage-error.ts";
import { runDemoServer } from "./serve.ts";
import type { Moment, Story } from "./story.ts";
import { steps } from "./tour.ts";

const defaultSeed = 5;

const help = `Usage: npm run demo -- [--headless] [--seed N] [--port N] [--speed N] [--json]

Deploys Holdfast into a simulated AWS region, and shows a tour of it: a deployment, a relocation, a blocked address, a
swap, a failover to the NAT gateway, and the failback. On a page of 127.0.0.1, where buttons inject faults, until Ctrl-C;
or in the terminal.

  --headless  print the tour in the terminal, beside the time that a function is cut off with Holdfast and without it
  --json      as --headless, as one JSON document
  --seed N    draw other delays (default: 5)
  --port N    listen on this port (default: 4571, or any that is free)
  --speed N   virtual seconds per second to begin with: 0, 1, 10 or 60; by default auto, slow
              while there is something new to see and fast while all wait
  --no-open   print the page's address and open no browser (the default)
  --help      print this text

Exit codes: 0 the page was served until Ctrl-C, or egress was restored with the same addresses; 1 it was not restored;
2 wrong arguments, or a port that is in use.
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

/** Returns the text in lines for the terminal, 80 columns where it does not say how many it has. */
const lines = (text: string, indent: string) => wrap(text, indent, process.stdout.columns ?? 80);

const names = { holdfast: "Holdfast", lambda: "AWS", partner: "Partner", operator: "Operator" } as const;

function momentLines({ atMs, who, what, why, row }: Moment): string[] {
  const indent = " ".repeat(19);
  const because = [why, row === undefined ? "" : `(${row})`].filter(Boolean).join(" ");
  return [
    `  ${clock(atMs)}  ${names[who].padEnd(8)}  ${lines(what, indent)}`,
    ...(because === "" ? [] : [`${indent}${lines(because, indent)}`]),
  ];
}

function duration(ms: number): string {
  return ms < 60_000 ? `${Math.round(ms / 1000)} s` : `${clock(ms)} min`;
}

function render(story: Story): string {
  const tour = steps.flatMap(({ title, caption }, index) => [
    "",
    `${index + 1}. ${title}`,
    `   ${lines(caption, "   ")}`,
    "",
    ...story.moments.filter(({ step }) => step === index).flatMap(momentLines),
  ]);
  const rows = story.steps.map(({ title, cutOffMs, cutOffWithoutMs }) => [
    title,
    duration(cutOffMs),
    duration(cutOffWithoutMs),
  ]);
  return [
    lines(`One pool, two functions and two partners in a simulated AWS region (seed ${story.seed}).`, ""),
    ...tour,
    "",
    "Time in which the function orders could not reach the bank:",
    "",
    table(plain, ["step", ">with Holdfast", ">addresses never moved"], rows),
    "",
    lines(`Addresses before: ${story.addressesBefore.join(", ")}`, "  "),
    lines(`Addresses after: ${story.addressesAfter.join(", ")}`, "  "),
    lines(`The partners saw: ${story.addressesSeen.join(", ")}`, "  "),
    "",
    story.restored ? "Egress is restored, with the same addresses." : "EGRESS IS NOT RESTORED with the same addresses.",
    "",
  ].join("\n");
}

/** Returns the exit code. */
async function serve({ seed, port, speed }: Arguments): Promise<number> {
  try {
    await untilEnded(await runDemoServer({ seed: seed ?? defaultSeed, port, speed }));
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`demo: ${error.message}: ${error.remediation}\n`);
    return 2;
  }
}

async function playHeadless({ seed, json }: Arguments): Promise<number> {
  const { runStory } = await import("./story.ts");
  const story = await runStory(seed ?? defaultSeed);
  process.stdout.write(json ? `${JSON.stringify(story, null, 2)}\n` : render(story));
  return story.restored ? 0 : 1;
}

const given = readArguments();
if (typeof given === "string") {
  process.stderr.write(`demo: ${given}\n\n${help}`);
  process.exitCode = 2;
} else if (given.help) {
  process.stdout.write(help);
} else {
  silenceSdkAdvice();
  process.exitCode = given.headless ? await playHeadless(given) : await serve(given);
}
