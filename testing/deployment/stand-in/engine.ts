/**
 * Stands in for the `pulumi` executable: as much of its command line as `sst deploy` and `sst diff` use. It runs the
 * program that SST has built against an imaginary account and writes what was registered to STAND_IN_RECORDS.
 */
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { runtime } from "@pulumi/pulumi";
import { type Account, emptyAccount } from "./account.ts";
import { startRecording } from "./recorder.ts";

/** The version that SST 4.17.1 asks for. */
const version = "v3.215.0";

const [command = "", ...rest] = process.argv.slice(2);
switch (command) {
  case "version":
    console.log(version);
    break;
  case "stack":
    if (rest[0] === "init") initStack(rest[1] ?? "");
    break;
  case "preview":
  case "up":
    await runProgram(command === "preview");
    break;
}

/** SST reads this file back: a checkpoint of version 3 without resources. */
function initStack(name: string): void {
  const [, project = "", stage = ""] = name.split("/");
  const file = join(".pulumi", "stacks", project, `${stage}.json`);
  mkdirSync(dirname(file), { recursive: true });
  const time = new Date(0).toISOString();
  const manifest = { time, magic: "", version };
  const checkpoint = { stack: name, latest: { manifest, resources: [] } };
  writeFileSync(file, JSON.stringify({ version: 3, checkpoint }));
}

function option(name: string): string | undefined {
  const index = rest.findIndex((it) => it === `--${name}` || it.startsWith(`--${name}=`));
  return rest[index]?.split("=")[1] ?? rest[index + 1];
}

/** The program is a module that registers resources when it is loaded. */
async function runProgram(preview: boolean): Promise<void> {
  const main = /^main:\s*(.+)$/m.exec(readFileSync("Pulumi.yaml", "utf8"))?.[1]?.trim() ?? "";
  const project = /^name:\s*(.+)$/m.exec(readFileSync("Pulumi.yaml", "utf8"))?.[1]?.trim() ?? "";
  const stage = (option("stack") ?? "").split("/").at(-1) ?? "";
  const accountFile = process.env["STAND_IN_ACCOUNT"];
  const account: Account = accountFile ? JSON.parse(readFileSync(accountFile, "utf8")) : emptyAccount;
  const pulumi: { runtime: typeof runtime } = createRequire(main)("@pulumi/pulumi");
  const records = await startRecording(pulumi.runtime, account, project, stage, preview);
  // As the engine reports what a program writes to standard error.
  console.warn = (message: unknown) =>
    report({ diagnosticEvent: { severity: "info#err", message: `${message}\n`, color: "never" } });
  const finish = (failure: unknown) => {
    writeFileSync(process.env["STAND_IN_RECORDS"] ?? "records.json", JSON.stringify(records, null, 2));
    if (failure) reportFailure(failure, `urn:pulumi:${stage}::${project}::pulumi:pulumi:Stack::${project}-${stage}`);
    report({ summaryEvent: { maybeCorrupt: false, durationSeconds: 0, resourceChanges: { create: records.length } } });
    process.exit(failure ? 255 : 0);
  };
  // As Pulumi does: whatever waits for a failed output waits for ever, so the first failure ends the program.
  process.on("unhandledRejection", finish);
  try {
    await pulumi.runtime.runInPulumiStack(async () => (await import(pathToFileURL(main).href)).default);
    await pulumi.runtime.disconnect();
    finish(undefined);
  } catch (error) {
    finish(error);
  }
}

function reportFailure(failure: unknown, urn: string): void {
  const message = failure instanceof Error ? (failure.stack ?? failure.message) : String(failure);
  report({ diagnosticEvent: { severity: "error", message, color: "never", urn } });
}

function report(event: object): void {
  const file = option("event-log");
  if (file) appendFileSync(file, `${JSON.stringify({ sequence: 1, timestamp: 0, ...event })}\n`);
}
