/** `holdfast rehearse`: finds out in the user's own account whether Holdfast's assumptions hold there, and removes what it made. */
import { randomBytes } from "node:crypto";
import { open, writeFile } from "node:fs/promises";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import packageJson from "../package.json" with { type: "json" };
import { type Clock, systemClock } from "../src/aws/clock.ts";
import { call } from "../src/aws/errors.ts";
import type { Account } from "./rehearse/account.ts";
import { checks, cleanSeconds, mostUsd, networkMakes } from "./rehearse/checks.ts";
import type { Choices } from "./rehearse/choices.ts";
import { clean } from "./rehearse/clean.ts";
import { createRehearsalClients, ec2OfSession } from "./rehearse/clients.ts";
import { findNetwork } from "./rehearse/existing-network.ts";
import { fixturesOf } from "./rehearse/fixtures.ts";
import { isEmpty, type Ledger, readLedger, unexpired } from "./rehearse/ledger.ts";
import { lifeMs, namePrefix, type Run, runTag } from "./rehearse/names.ts";
import { partitionOf, policyDocument, rehearsalPermissions } from "./rehearse/policy.ts";
import { record } from "./rehearse/recording.ts";
import { pageOf, type Report, reportOf } from "./rehearse/report.ts";
import { type Rehearsal, rehearse as run } from "./rehearse/run.ts";
import { regionNamed, regionOf } from "./support/clients.ts";
import { confirm } from "./support/confirm.ts";
import { type ExitCode, exitCodes } from "./support/exit-codes.ts";
import { jsonDocument } from "./support/json.ts";
import { checkProfile } from "./support/profile.ts";
import { duration } from "./support/style.ts";
import { UsageError } from "./support/usage-error.ts";

const { version } = packageJson;

export interface RehearseOptions {
  readonly region?: string;
  readonly profile?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
  readonly out?: string;
  readonly fixtures?: string;
  readonly printPolicy?: boolean;
  readonly clean?: boolean;
  readonly nat?: boolean;
  readonly subnet?: string;
  readonly securityGroup?: readonly string[];
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
    region: regionNamed(options.region, env),
    profile: options.profile,
  });
  const interruption = options.printPolicy || options.clean ? undefined : listenToSignals();
  try {
    const region = await regionOf(clients);
    const partition = partitionOf(region);
    const choices = choicesOf(options);
    if (options.printPolicy) {
      const permissions = rehearsalPermissions({ partition, region, accountId: "*" }, choices);
      stdout.write(`${JSON.stringify(policyDocument(permissions), null, 2)}\n`);
      return;
    }
    if (options.dryRun && !options.clean) {
      stdout.write(options.json ? jsonDocument(plan(region, choices)) : `${announcement(region, choices)}\n`);
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
    process.exitCode = options.clean ? await cleanUp(account, options) : await perform(account, options, choices);
  } finally {
    interruption?.stop();
    for (const client of Object.values(clients)) client.destroy();
  }
}

/** @throws UsageError */
function choicesOf({ nat = false, subnet, securityGroup: groupIds = [] }: RehearseOptions): Choices {
  if (subnet === undefined && groupIds.length === 0) return { nat };
  const wrong = (message: string, remediation: string) => new UsageError(message, remediation);
  if (subnet === undefined)
    throw wrong("--security-group is given without --subnet", "give the subnet too, or neither");
  if (groupIds.length < 1 || groupIds.length > 2) {
    throw wrong(
      `--subnet needs one --security-group or two, not ${groupIds.length}`,
      "give one that nothing uses, and a second one for the check of an update",
    );
  }
  if (nat) {
    throw wrong(
      "--nat replaces a route, and of an existing network nothing is changed",
      "leave out --subnet and --security-group: the run makes a network of its own",
    );
  }
  return { nat, existing: { subnetId: subnet, groupIds } };
}

async function perform(account: Account, options: RehearseOptions, choices: Choices): Promise<ExitCode> {
  const { region } = account.place;
  // Found out now, not half an hour later.
  if (options.out) await writable(options.out, "--out");
  if (options.fixtures) await writable(options.fixtures, "--fixtures");
  const network = choices.existing && (await findNetwork(account, choices.existing, await readLedger(account)));
  process.stderr.write(`${announcement(region, choices)}\n`);
  if (!options.yes && !(await confirm("Begin?"))) return exitCodes.attention;
  if (!options.yes && !(await mayGoOn(account))) return exitCodes.attention;
  const newId = () => randomBytes(4).toString("hex");
  const origin = { version, region };
  const write = (rehearsal: Rehearsal) => writeReport(options.out, reportOf(origin, rehearsal));
  /** What cannot be written now may be later, and is printed at the end. */
  const onResult = (soFar: Rehearsal) => write(soFar).catch((error: Error) => account.say(error.message));
  const recorder = record(account);
  const settings = { checks, choices, existing: network, echo: options.echo, newId, onResult };
  const rehearsal = await run(recorder.account, settings);
  const report = reportOf(origin, rehearsal);
  if (report.checks.length > 0 || rehearsal.fatal === undefined) {
    // Printed all the same where it cannot be written.
    const written = await write(rehearsal).catch((error: Error) => error);
    process.stdout.write(options.json ? jsonDocument(report) : `${pageOf(report)}\n`);
    if (written) throw written;
    if (options.fixtures) {
      const fixtures = fixturesOf(origin, rehearsal, recorder.recording());
      await writeFile(options.fixtures, `${JSON.stringify(fixtures, null, 2)}\n`);
    }
  }
  if (rehearsal.fatal !== undefined) throw rehearsal.fatal;
  return exitCodeOf(report);
}

async function writeReport(path: string | undefined, report: Report): Promise<void> {
  if (path === undefined) return;
  await writeFile(path, path.endsWith(".json") ? jsonDocument(report) : `${pageOf(report)}\n`);
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
function plan(region: string, choices: Choices) {
  const asked = checks.filter(({ notAsked }) => !notAsked?.(choices));
  return {
    region,
    checks: asked.map(({ id, question, makes, seconds }) => ({ id, question, makes, seconds })),
    seconds: asked.reduce((sum, { seconds }) => sum + seconds, 0),
    cleanSeconds,
    mostUsd: mostUsd(choices),
  };
}

function announcement(region: string, choices: Choices): string {
  const { checks: asked, seconds, mostUsd: usd } = plan(region, choices);
  const { existing } = choices;
  const own = existing ? [] : [networkMakes];
  const makes = [...own, ...asked.flatMap((it) => (it.makes ? [it.makes] : []))].join(", ");
  return [
    `A rehearsal of Holdfast in ${region}${existing ? `, in ${existing.subnetId}` : ""}, ${asked.length} checks:`,
    ...asked.map(({ id, question }) => `  ${id.padEnd(12)} ${question}`),
    `It makes ${makes}, which it knows by the tag ${runTag} or by names in ${namePrefix}-, and changes nothing else.`,
    `It takes about ${duration(seconds * 1000)}, most of it until Lambda has deleted its interfaces, and ${duration(cleanSeconds * 1000)} more to remove the rest.`,
    `It costs at most $${usd}${choices.nat ? ", most of it for the NAT gateway: $0.05 an hour until it is deleted" : ""}.`,
    `The permissions it needs: npx holdfast rehearse --print-policy --region ${region}${flagsOf(choices)}`,
    "Ctrl-C (or SIGTERM) ends it and removes what it has made; rehearse --clean removes what a crash has left.",
  ].join("\n");
}

function flagsOf({ nat, existing }: Choices): string {
  const network = existing ? ` --subnet ${existing.subnetId} --security-group ${existing.groupIds.join(" ")}` : "";
  return `${nat ? " --nat" : ""}${network}`;
}

function exitCodeOf({ interrupted, checks: results, left }: Report): ExitCode {
  if (interrupted) return exitCodes.interrupted;
  if (results.some(({ verdict }) => verdict.outcome === "fail")) return exitCodes.broken;
  const fine = left.length === 0 && results.every(({ verdict }) => verdict.outcome === "pass" || verdict.byChoice);
  return fine ? exitCodes.fine : exitCodes.attention;
}

/** Ctrl-C, what a system ends processes with, and a terminal that closes. */
const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The first signal asks the run to end, the next one ends the process; but a closing terminal may send its own twice. */
function listenToSignals() {
  let happened = false;
  const before = process.listeners("SIGINT");
  const onSignal = (signal: NodeJS.Signals) => {
    if (happened && signal === "SIGHUP") return;
    if (happened) process.exit(exitCodes.interrupted);
    happened = true;
    const name = signal === "SIGINT" ? "Ctrl-C" : signal;
    process.stderr.write(
      `\n${name}: ending, then removing what was made. Once more leaves that to rehearse --clean.\n`,
    );
  };
  // Progress that nobody reads any more must not end what removes things.
  const ignore = () => {};
  process.stderr.on("error", ignore);
  process.removeAllListeners("SIGINT");
  for (const signal of signals) process.on(signal, onSignal);
  return {
    happened: () => happened,
    stop() {
      process.stderr.removeListener("error", ignore);
      for (const signal of signals) process.removeListener(signal, onSignal);
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
