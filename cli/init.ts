/** `holdfast init`: writes a first configuration, by flags or by questions at a terminal. It asks AWS nothing. */
import { existsSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { createInterface } from "node:readline/promises";
import { defineHoldfast } from "../src/config/holdfast.ts";
import { applicationFile, type Choices, configurationFile, inputOf, runLines } from "./init/files.ts";
import { exitCodes } from "./support/exit-codes.ts";
import { UsageError } from "./support/usage-error.ts";

export type InitOptions = Partial<Choices> & {
  readonly force?: boolean;
  readonly dryRun?: boolean;
};

/** @throws UsageError where a file would be overwritten, or nobody can be asked */
export async function init(options: InitOptions, folder = process.cwd()): Promise<void> {
  const choices = await choose(options, basename(folder));
  checkChoices(choices);
  const isRepository = packageName(folder) === "holdfast";
  const configuration = configurationFile(choices, isRepository ? "./src/config/holdfast.ts" : "holdfast/config");
  const hasApplication = existsSync(join(folder, "sst.config.ts"));
  const files = hasApplication ? [configuration] : [configuration, applicationFile(choices)];
  if (options.dryRun) {
    process.stdout.write(files.map(({ name, text }) => `// ${name}\n${text}`).join("\n"));
    return;
  }
  const kept = files.filter(({ name }) => existsSync(join(folder, name)));
  if (kept.length > 0 && !options.force) {
    throw new UsageError(
      `${kept.map(({ name }) => name).join(" and ")} exists in ${folder}`,
      "give --force to overwrite it, or --dry-run to print what would be written",
    );
  }
  for (const { name, text } of files) await writeFile(join(folder, name), text);
  const own =
    hasApplication && !isRepository ? `\nAdd this to run() of sst.config.ts:\n${runLines(choices.pool, "  ")}\n` : "";
  const written = files.map(({ name }) => name).join(" and ");
  process.stdout.write(`Wrote ${written}.\n${own}\nNext: npx holdfast validate, then npx sst deploy --stage trial\n`);
}

const defaults = { pool: "partners", zones: 1, fallback: "off", trail: "existing" } as const;

/** Asks for what no flag says, at a terminal. Elsewhere the rest has its default, and the partner has to be given. */
async function choose(options: InitOptions, folderName: string): Promise<Choices> {
  const app =
    options.app ??
    (folderName
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-|-$/g, "") ||
      "app");
  if (!process.stdin.isTTY) {
    if (options.url) return { ...defaults, email: undefined, ...options, app, url: options.url };
    throw new UsageError("no partner is given, and standard input is no terminal to ask at", "give --url https://…");
  }
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  lines.on("SIGINT", () => process.exit(exitCodes.interrupted));
  const ask = async (given: string | number | undefined, question: string, usual: string): Promise<string> =>
    given === undefined ? (await lines.question(`${question} [${usual}] `)).trim() || usual : String(given);
  try {
    const pool = await ask(options.pool, "Name of the pool?", defaults.pool);
    const url = await ask(options.url, "A partner's API that is cheap to ask?", "https://api.example.com/");
    const zones = Number(await ask(options.zones, "Availability Zones, 1 to 3?", String(defaults.zones)));
    const fallback = await ask(options.fallback, "NAT gateway as a fallback: off, cold or warm?", defaults.fallback);
    const email = await ask(options.email, "E-mail address for alarms?", "none");
    const trail = await ask(options.trail, "CloudTrail trail: existing or create?", defaults.trail);
    return {
      app,
      pool,
      url,
      zones,
      fallback: fallback as Choices["fallback"],
      email: email === "none" ? undefined : email,
      trail: trail as Choices["trail"],
    };
  } finally {
    lines.close();
  }
}

/** @throws UsageError with what the configuration's own check says */
function checkChoices(choices: Choices): void {
  if (!URL.canParse(choices.url)) throw new UsageError(`${choices.url} is no URL`, "give --url https://…");
  try {
    defineHoldfast(inputOf(choices));
  } catch (error) {
    const problems = (error as { problems?: readonly string[] }).problems;
    if (!problems) throw error;
    throw new UsageError(problems.join("; "), "holdfast init --help lists what each flag takes");
  }
}

function packageName(folder: string): string | undefined {
  const file = resolve(folder, "package.json");
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as { name?: string }).name : undefined;
}
