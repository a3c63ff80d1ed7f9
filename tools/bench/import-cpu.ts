/** CPU time that a new execution environment takes to load each function, on the Node of this machine and on Lambda's. */
import { execFile } from "node:child_process";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { nodeFolder } from "../../testing/toolchain/node.ts";
import { takeTurns } from "./statistics.ts";

export interface ImportCpu {
  readonly unit: "milliseconds of CPU, median";
  /** By the version of Node, by function; `empty` does nothing. */
  readonly times: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

const processes = 8;
const run = promisify(execFile);
/** Without settings a function ends with an error once it has loaded everything. */
const script = `const before = process.cpuUsage();
await import(process.env.BENCH_URL).catch((error) => { if (error.name !== "SettingsError") throw error; });
const { user, system } = process.cpuUsage(before);
console.log((user + system) / 1000);`;

/** Loads each built function in fresh processes that take turns. */
export async function benchImportCpu(): Promise<ImportCpu> {
  await mkdir("dist/bench", { recursive: true });
  await writeFile("dist/bench/empty.mjs", "export const handler = async () => {};\n");
  const functions = (await readdir("dist/functions")).map(
    (name) => [name, `dist/functions/${name}/index.mjs`] as const,
  );
  const all = [["empty", "dist/bench/empty.mjs"] as const, ...functions];
  const times: Record<string, Record<string, number>> = {};
  for (const node of [process.execPath, join(nodeFolder(24), "node")]) {
    const { stdout: version } = await run(node, ["--version"]);
    const measures = all.map(([name, path]) => [name, () => cpuMs(node, path)] as const);
    times[version.trim()] = await takeTurns(Object.fromEntries(measures), processes, 1);
  }
  return { unit: "milliseconds of CPU, median", times };
}

async function cpuMs(node: string, path: string): Promise<number> {
  const env = { PATH: process.env["PATH"], AWS_REGION: "us-east-1", BENCH_URL: pathToFileURL(resolve(path)).href };
  const { stdout } = await run(node, ["--input-type=module", "--eval", script], { env });
  return Number(stdout.trim().split("\n").at(-1));
}
