/** How long a new execution environment takes to load relocation, against what it would take without bundling. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { buildOptions } from "../bundle.ts";
import { takeTurns } from "./statistics.ts";

export interface ImportTimes {
  readonly unit: "milliseconds, median";
  readonly times: Readonly<Record<"empty" | "bundled" | "unbundled", number>>;
  readonly unbundledToBundled: number;
  readonly bundledToEmpty: number;
}

const processes = 12;
const run = promisify(execFile);
const script = "const t=performance.now();await import(process.env.BENCH_URL);console.log(performance.now()-t)";
const bundled = "dist/functions/relocate/index.mjs";

/** Enough for the function to load; the addresses are invalid, and loading calls none. */
const settings = {
  pools: [{ name: "bench", members: { names: ["orders"] }, network: { vpcId: "vpc-0", subnetIds: ["subnet-0"] } }],
  deadLetterQueueUrl: "https://sqs.us-east-1.amazonaws.com/123456789012/bench.fifo",
};

/**
 * Loads the built function, the same function with its packages left in node_modules, and an empty one, each in 12
 * fresh processes that take turns.
 *
 * @throws Error when the function has not been built
 */
export async function benchImport(): Promise<ImportTimes> {
  if (!existsSync(bundled)) throw new Error(`${bundled} is missing: npm run build`);
  await mkdir("dist/bench", { recursive: true });
  await writeFile("dist/bench/empty.mjs", "export const handler = async () => {};\n");
  await build({ ...buildOptions("relocate", "dist/bench/unbundled.mjs"), packages: "external", plugins: [] });
  const times = await takeTurns(
    {
      empty: () => loadMs("dist/bench/empty.mjs"),
      bundled: () => loadMs(bundled),
      unbundled: () => loadMs("dist/bench/unbundled.mjs"),
    },
    processes,
    1,
  );
  return {
    unit: "milliseconds, median",
    times,
    unbundledToBundled: times.unbundled / times.bundled,
    bundledToEmpty: times.bundled / times.empty,
  };
}

async function loadMs(path: string): Promise<number> {
  const env = {
    PATH: process.env["PATH"],
    AWS_REGION: "us-east-1",
    HOLDFAST_SETTINGS: JSON.stringify(settings),
    BENCH_URL: pathToFileURL(resolve(path)).href,
  };
  const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", script], { env });
  return Number(stdout.trim().split("\n").at(-1));
}
