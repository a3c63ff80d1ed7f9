/** `npm run sim`: one seed or many, with faults or without; ends with exit code 1 when an invariant is violated or a seed crashes, 2 for wrong arguments. */
import { parseArgs } from "node:util";
import { compare } from "./compare.ts";
import { runMany, verifyDeterminism } from "./many.ts";
import { printRun } from "./print.ts";
import { type FaultKind, faultKinds } from "./world-draw.ts";

const usage = `npm run sim -- [--seed N | --seeds COUNT [--from N]] [--days D] [--faults all|none|a,b]
  [--pools N] [--members N] [--wire] [--all-sweeps] [--verify-determinism] [--workers N] [--until-failure] [--json]
npm run sim -- --compare [--seeds COUNT] [--days D]
faults: ${faultKinds.join(" ")}`;

function whole(text: string | undefined, otherwise: number): number {
  const value = Number(text ?? otherwise);
  if (Number.isFinite(value) && value >= 0) return value;
  throw new Error(`${text} is not a number`);
}

function readFaults(text: string): readonly FaultKind[] {
  if (text === "all") return faultKinds;
  if (text === "none") return [];
  return text.split(",").map((name) => {
    const kind = faultKinds.find((it) => it === name);
    if (!kind) throw new Error(`there is no fault ${name}`);
    return kind;
  });
}

/** @throws Error that says what is wrong with the arguments */
function readArguments() {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  const { values } = parseArgs({
    options: {
      seed: text,
      seeds: text,
      from: text,
      days: text,
      faults: text,
      pools: text,
      members: text,
      workers: text,
      wire: flag,
      "all-sweeps": flag,
      "verify-determinism": flag,
      json: flag,
      "until-failure": flag,
      compare: flag,
      help: flag,
    },
  });
  const first = whole(values.seed ?? values.from, 1);
  const seeds = Array.from({ length: values.seed ? 1 : whole(values.seeds, 1) }, (_, index) => first + index);
  const options = {
    days: whole(values.days, 1),
    faults: readFaults(values.faults ?? "all"),
    pools: values.pools === undefined ? undefined : whole(values.pools, 2),
    members: values.members === undefined ? undefined : whole(values.members, 6),
    wire: values.wire ?? false,
    allSweeps: values["all-sweeps"] ?? false,
  };
  const many = {
    seeds,
    options,
    untilFailure: values["until-failure"] ?? false,
    workers: values.workers === undefined ? undefined : whole(values.workers, 1),
  };
  return { values, seeds, many, compareDays: whole(values.days, 7) };
}

async function main({ values, seeds, many, compareDays }: ReturnType<typeof readArguments>): Promise<number> {
  if (values.help) {
    console.log(usage);
    return 0;
  }
  if (values.compare) {
    await compare(seeds, compareDays);
    return 0;
  }
  const summary = values["verify-determinism"] ? await verifyDeterminism(many) : await runMany(many);
  printRun(summary, many.options, values.json ?? false);
  return summary.failed.length + summary.crashed.length > 0 ? 1 : 0;
}

/** Returns undefined for wrong arguments, after printing what is wrong. */
function parseOrExplain() {
  try {
    return readArguments();
  } catch (error) {
    console.error(`sim: ${(error as Error).message}\n\n${usage}`);
    return undefined;
  }
}

const asked = parseOrExplain();
process.exitCode = asked ? await main(asked) : 2;
