/** `holdfast advise`: what static egress costs in an account, and whether Holdfast is worth it there. It only reads. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { systemClock } from "../src/aws/clock.ts";
import { type Advice, adviseOn, type RegionAdvice } from "./advise/advice.ts";
import { configurationFile } from "./advise/configuration.ts";
import type { RegionFacts } from "./advise/facts.ts";
import { migrationPlan } from "./advise/migration.ts";
import { observeRegion, readAccountId } from "./advise/observe.ts";
import { regionText } from "./advise/text.ts";
import { createClients, regionNamed, regionOf } from "./support/clients.ts";
import { exitCodes } from "./support/exit-codes.ts";
import { jsonDocument } from "./support/json.ts";
import { checkProfile } from "./support/profile.ts";
import { createProgress } from "./support/progress.ts";
import type { Json } from "./support/schemas.ts";
import { styleFor } from "./support/style.ts";
import { UsageError } from "./support/usage-error.ts";

export interface AdviseOptions {
  /** One region or several. */
  readonly region?: readonly string[];
  readonly profile?: string;
  readonly json?: boolean;
  /** Folder for the configuration and the plan of each region. */
  readonly out?: string;
}

/** @throws what `explainFailure` explains */
export async function advise(options: AdviseOptions): Promise<void> {
  const { env, stdout, stderr } = process;
  await checkProfile(options.profile, env);
  const usual = regionNamed(undefined, env);
  const progress = createProgress(stderr, env);
  const nowMs = systemClock.now();
  const regions: RegionFacts[] = [];
  let accountId = "";
  try {
    for (const given of options.region ?? [usual]) {
      const clients = createClients({ region: given, profile: options.profile });
      try {
        const region = await regionOf(clients);
        progress.step(`reading ${region}`);
        accountId ||= await readAccountId(clients);
        regions.push(await observeRegion(clients, region, nowMs));
      } finally {
        for (const client of Object.values(clients)) client.destroy();
      }
    }
  } finally {
    progress.end();
  }
  const advice = adviseOn({ accountId, nowMs, regions });
  const written = advice.regions.map((it) => documentsOf(it, advice));
  if (options.out !== undefined) await write(options.out, written);
  const style = styleFor(stdout, env);
  const texts = advice.regions.map((it, index) => {
    const { configuration, migration } = written[index] ?? {};
    const documents = options.out === undefined ? [configuration, migration].filter((text) => text !== undefined) : [];
    return [regionText(style, it, accountId), ...documents].join("\n\n");
  });
  if (texts.length > 1) texts.push(`All regions: $${sumOf(advice).toFixed(2)} a month today.`);
  stdout.write(options.json ? jsonDocument(answerOf(advice, written)) : `${texts.join("\n\n")}\n`);
  const isWhole = advice.regions.every(({ unreadable }) => unreadable.length === 0);
  process.exitCode = isWhole ? exitCodes.fine : exitCodes.attention;
}

function answerOf({ accountId, nowMs, regions }: Advice, written: readonly Documents[]): Json<"advise"> {
  return {
    accountId,
    at: new Date(nowMs).toISOString(),
    regions: regions.map(({ configuration: _, idleAddresses, ...region }, index) => ({
      ...region,
      idleAddresses: idleAddresses.map(({ allocationId, publicIp }) => ({ allocationId, publicIp })),
      configuration: written[index]?.configuration,
      migration: written[index]?.migration,
    })),
  };
}

function sumOf({ regions }: Advice): number {
  return regions.reduce((sum, { todayUsd }) => sum + todayUsd, 0);
}

interface Documents {
  readonly region: string;
  readonly configuration: string | undefined;
  readonly migration: string | undefined;
}

function documentsOf(it: RegionAdvice, { accountId, nowMs }: Advice): Documents {
  const configuration = it.configuration && configurationFile(it.configuration, it.region, nowMs);
  return { region: it.region, configuration, migration: migrationPlan(it, accountId) };
}

/** Overwrites nothing. @throws UsageError */
async function write(folder: string, documents: readonly Documents[]): Promise<void> {
  for (const { region, configuration, migration } of documents) {
    if (configuration === undefined || migration === undefined) continue;
    const files = { "holdfast.config.ts": configuration, "migration.md": migration };
    for (const [name, text] of Object.entries(files)) {
      const file = join(folder, region, name);
      try {
        await mkdir(join(folder, region), { recursive: true });
        await writeFile(file, text, { flag: "wx" });
      } catch (error) {
        const reason = error instanceof Error ? error.message : error;
        throw new UsageError(`${file} cannot be written (${reason})`, "give a folder in --out that has no such file");
      }
    }
  }
}
