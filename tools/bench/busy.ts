/** Many pools in an account where a pipeline deploys functions of others: the way before beside today's. */
import { execFile } from "node:child_process";
import { copyFile, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { type BusyFigures, countBusy } from "../../testing/deployment/busy-account.ts";

const run = promisify(execFile);

/** The last commit at which each pool judged every event, and swept, by itself. */
const before = "1484d99";
const poolCounts = [1, 5, 20, 100] as const;

export interface Busy {
  readonly pools: number;
  readonly today: BusyFigures;
  /** Of that commit; or why there are none. */
  readonly before: BusyFigures | string;
}

export async function benchBusy(counts: readonly number[] = poolCounts): Promise<Busy[]> {
  const folder = await unpackBefore();
  const measured: Busy[] = [];
  for (const pools of counts) {
    const then = folder ? await countBefore(folder, pools) : `commit ${before} is not in this clone`;
    measured.push({ pools, today: await countBusy({ pools }), before: then });
  }
  return measured;
}

/** Returns where the tree of that commit is, with today's scene in it; undefined when the commit is not there. */
async function unpackBefore(): Promise<string | undefined> {
  const folder = resolve("dist/bench/before");
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  try {
    await run("sh", ["-c", `git archive ${before} | tar -x -C ${JSON.stringify(folder)}`]);
    await symlink(resolve("node_modules"), join(folder, "node_modules"));
    await copyFile("testing/deployment/busy-account.ts", join(folder, "testing/deployment/busy-account.ts"));
  } catch {
    return undefined;
  }
  const script = `import { countBusy } from "./testing/deployment/busy-account.ts";
console.log(JSON.stringify(await countBusy({ pools: Number(process.argv[2]) })));
`;
  await writeFile(join(folder, "count-busy.ts"), script);
  return folder;
}

/** Returns what a run of the commit before said: figures, or why so many pools cannot be deployed. */
async function countBefore(folder: string, pools: number): Promise<BusyFigures | string> {
  const tsx = resolve("node_modules/tsx/dist/cli.mjs");
  const options = { cwd: folder, maxBuffer: 64 * 1024 * 1024 };
  try {
    const { stdout } = await run(process.execPath, [tsx, "count-busy.ts", String(pools)], options);
    return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
  } catch (error) {
    const { stderr = "" } = error as { stderr?: string };
    const refusal = /^ {2}pools\S* the settings of \w+ would have \d+ bytes, but AWS allows \d+/m.exec(stderr);
    if (!refusal) throw error;
    return `refused: ${refusal[0].trim()}`;
  }
}
