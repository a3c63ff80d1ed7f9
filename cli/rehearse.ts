/** `holdfast rehearse`: finds out in the user's own account whether Holdfast's assumptions hold there, and removes what it made. */
import { randomBytes } from "node:crypto";
import { open, writeFile } from "node:fs/promises";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import packageJson from "../package.json" with { type: "json" };
import { type Clock, systemClock } from "../src/aws/clock.ts";
import { call } from "../src/aws/errors.ts";
import type { Account } from "./rehearse/account.ts";
import { checks, cleanSeconds, mostUsd } from "./rehearse/checks.ts";
import { clean } from "./rehearse/clean.ts";
import { createRehearsalClients, ec2OfSession } from "./rehearse/clients.ts";
import { fixturesOf } from "./rehearse/fixtures.ts";
import { isEmpty, type Ledger, readLedger, unexpired } from "./rehearse/ledger.ts";
import { lifeMs, namePrefix, type Run, runTag } from "./rehearse/names.ts";
import { partitionOf, policyDocument, rehearsalPermissions } from "./rehearse/policy.ts";
import { record } from "./rehearse/recording.ts";
import { pageOf, type Report, reportOf } from "./rehearse/report.ts";
import { rehearse as run } from "./rehearse/run.ts";
import { regionOf } from "./support/clients.ts";
import { confirm } from "./support/confirm.ts";
import { type ExitCode, exitCodes } from "./support/exit-codes.ts";
import { jsonDocument } from "./support/json.ts";
import { checkProfile } from "./support/profile.ts";
import { duration } from "./support/style.ts";
import { UsageError } from "./support/usage-error.ts";

export interface RehearseOptions {
  readonly region?: string;
  readonly profile?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
  readonly out?: string;
  readonly fixtures?: string;
  readonly printPolicy?: boolean;
  readonly clean?: boolean;
  readonly dryRun?: boolean;
  readonly echo: string;
  /** How many times as fast as the wall's the account's time passes: of a simulated one. */
  readonly speed: number;
}

/** @throws what `explainFailure` explains */
export async function rehearse(options: RehearseOptions): Promise<void> {
  const { env, stdout, stderr } = process;
  await checkProfile(options.profile, env);
  const clients = createRehearsalClients({
    region: options.region ?? env["AWS_REGION"] ?? env["AWS_DEFAULT_REGION"],
    profile: options.profile,
  });
  const interruption = options.printPolicy || options.clean ? undefined : listenToCtrlC();
  try {
    const region = await regionOf(clients);
    const partition = partitionOf(region);
    if (options.printPolicy) {
      const permissions = rehearsalPermissions({ partition, region, accountId: "*" });
      stdout.write(`${JSON.stringify(policyDocument(permissions), null, 2)}\n`);
      return;
    }
    if (options.dryRun && !options.clean) {
      stdout.write(options.json ? jsonDocument(plan(region)) : `${announcement(region)}\n`);
      return;
    }
    const identity = await call("sts:GetCallerIdentity", () => clients.sts.send(new GetCallerIdentityCommand()));
    const clock = speededUp(systemClock, options.speed);
    const startMs = clock.now();
    const account: Account = {
      clients,
      clock,
      place: { partition, region, accountId: identity.Account ?? "" },
      caller: identity.Arn ?? "",
      interrupted: () => interruption?.happened() ?? false,
      ec2Of: (credentials) => ec2OfSession(clients, credentials),
      say: (line) => stderr.write(`${elapsed(clock.now() - startMs)}  ${line}\n`),
    };
    process.exitCode = options.clean ? await cleanUp(account, options) : await perform(account, options);
  } finally {
    interruption?.stop();
    for (const client of Object.values(clients)) client.destroy();
  }
}

async function perform(account: Account, options: RehearseOptions): Promise<ExitCode> {
  const { region } = account.place;
  // Found out now, not half an hour later.
  if (options.out) await writable(options.out, "--out");
  if (options.fixtures) await writable(options.fixtures, "--fixtures");
  process.stderr.write(`${announcement(region)}\n`);
  if (!options.yes && !(await confirm("Begin?"))) return exitCodes.attention;
  if (!options.yes && !(await mayGoOn(account))) return exitCodes.attention;
  const newId = () => randomBytes(4).toString("hex");
  const recorder = record(account);
  const rehearsal = await run(recorder.account, { checks, echo: options.echo, newId });
  const origin = { version: packageJson.version, region };
  const report = reportOf(origin, rehearsal);
  const [page, document] = [`${pageOf(report)}\n`, jsonDocument(report)];
  process.stdout.write(options.json ? document : page);
  if (options.out) await writeFile(options.out, options.out.endsWith(".json") ? document : page);
  if (options.fixtures) {
    const fixtures = fixturesOf(origin, rehearsal, recorder.recording());
    await writeFile(options.fixtures, `${JSON.stringify(fixtures, null, 2)}\n`);
  }
  return exitCodeOf(report);
}

/** @throws UsageError */
async function writable(path: string, option: string): Promise<void> {
  try {
    await (await open(path, "a")).close();
  } catch (error) {
    throw new UsageError(
      `${path} cannot be written (${error instanceof Error ? error.message : error})`,
      `give another ${option}`,
    );
  }
}

/** A run that has not expired is one that was interrupted, or a colleague's: nothing in the account tells which. */
async function mayGoOn(account: Account): Promise<boolean> {
  const run = unexpired(await readLedger(account), account.clock.now());
  if (!run) return true;
  return confirm(
    `The run ${run.id} began here at ${begunAt(run)}. Has it ended, so that this one may go on with it and remove it?`,
  );
}

function begunAt({ expiresMs }: Run): string {
  return `${new Date(expiresMs - lifeMs).toISOString().slice(11, 16)}Z`;
}

async function cleanUp(account: Account, options: RehearseOptions): Promise<ExitCode> {
  const ledger = await readLedger(account);
  const answer = (left: readonly unknown[], text: string) => {
    process.stdout.write(options.json ? jsonDocument({ left }) : `${text}\n`);
    return left.length === 0 ? exitCodes.fine : exitCodes.attention;
  };
  if (isEmpty(ledger)) return answer([], "No rehearsal has left anything in this region.");
  const run = unexpired(ledger, account.clock.now());
  process.stderr.write(`This removes what rehearsals have left in ${account.place.region}: ${listed(ledger)}.\n`);
  if (run) process.stderr.write(`The run ${run.id} began at ${begunAt(run)}: if it is still running, it fails.\n`);
  const kept = [{ what: listed(ledger), why: "not confirmed" }];
  if (options.dryRun) return answer(kept, "Nothing was changed.");
  if (!options.yes && !(await confirm("Remove it?"))) return answer(kept, "Nothing was changed.");
  const left = await clean(account);
  const what = left.map((it) => `${it.what} (${it.why})`).join(", ");
  return answer(left, left.length === 0 ? "Everything is removed." : `Left: ${what}. Run the command again later.`);
}

function listed({ made, functionNames, roleNames }: Ledger): string {
  return [...made.map(({ id }) => id), ...functionNames, ...roleNames].join(", ");
}

/** Returns what a run will do. Pure. */
function plan(region: string) {
  return {
    region,
    checks: checks.map(({ id, question, makes, seconds }) => ({ id, question, makes, seconds })),
    seconds: checks.reduce((sum, { seconds }) => sum + seconds, 0),
    cleanSeconds,
    mostUsd,
  };
}

function announcement(region: string): string {
  const { seconds } = plan(region);
  const makes = checks.flatMap((it) => (it.makes ? [it.makes] : [])).join(", ");
  return [
    `A rehearsal of Holdfast in ${region}, ${checks.length} checks:`,
    ...checks.map(({ id, question }) => `  ${id.padEnd(12)} ${question}`),
    `It makes ${makes}, which it knows by the tag ${runTag} or by names in ${namePrefix}-, and changes nothing else.`,
    `It takes about ${duration(seconds * 1000)}, most of it until Lambda has deleted its interfaces, and ${duration(cleanSeconds * 1000)} more to remove the rest.`,
    `It costs at most $${mostUsd}. The permissions it needs: npx holdfast rehearse --print-policy --region ${region}`,
    "Ctrl-C ends it and removes what it has made; rehearse --clean removes what a crash has left.",
  ].join("\n");
}

function exitCodeOf({ interrupted, checks: results, left }: Report): ExitCode {
  if (interrupted) return exitCodes.interrupted;
  if (results.some(({ verdict }) => verdict.outcome === "fail")) return exitCodes.broken;
  const fine = left.length === 0 && results.every(({ verdict }) => verdict.outcome === "pass");
  return fine ? exitCodes.fine : exitCodes.attention;
}

/** The first Ctrl-C asks the run to end, the next one ends the process. */
function listenToCtrlC() {
  let happened = false;
  const before = process.listeners("SIGINT");
  const onSignal = () => {
    if (happened) process.exit(exitCodes.interrupted);
    happened = true;
    process.stderr.write("\nCtrl-C: ending, then removing what was made. Once more leaves that to rehearse --clean.\n");
  };
  process.removeAllListeners("SIGINT");
  process.on("SIGINT", onSignal);
  return {
    happened: () => happened,
    stop() {
      process.removeListener("SIGINT", onSignal);
      for (const listener of before) process.on("SIGINT", listener as () => void);
    },
  };
}

function speededUp({ now, sleep }: Clock, speed: number): Clock {
  const startMs = now();
  return { now: () => startMs + (now() - startMs) * speed, sleep: (ms) => sleep(ms / speed) };
}

function elapsed(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return `${String(Math.floor(seconds / 60)).padStart(3)}:${String(seconds % 60).padStart(2, "0")}`;
}
