/** What every command that looks at an account works with, and what it answers. */
import { type Clock, systemClock } from "../../src/aws/clock.ts";
import { type Clients, createClients, regionNamed, regionOf } from "./clients.ts";
import { findDeployment } from "./deployment.ts";
import type { Deployment } from "./deployment-model.ts";
import type { ExitCode } from "./exit-codes.ts";
import { explainFailure, failureText } from "./failure.ts";
import { jsonDocument } from "./json.ts";
import { checkProfile } from "./profile.ts";
import { createProgress, type Progress } from "./progress.ts";
import { type Style, styleFor } from "./style.ts";

/** Options that every command on an account has. */
export interface AccountOptions {
  readonly region?: string;
  readonly profile?: string;
  readonly stage?: string;
  readonly json?: boolean;
}

export interface Session {
  readonly clients: Clients;
  readonly clock: Clock;
  readonly region: string;
  readonly deployment: Deployment;
  readonly progress: Progress;
  readonly style: Style;
}

/** What a command found: as data for `--json`, and as text. */
export interface Answer {
  readonly exitCode: ExitCode;
  /** As `schemas.ts` has it, without what heads every document. */
  readonly json: object;
  readonly text: string;
}

/**
 * Finds the deployment and lets a command use it.
 * @throws what `explainFailure` explains
 */
export async function withSession(options: AccountOptions, use: (session: Session) => Promise<void>): Promise<void> {
  const { env: environment, stdout, stderr } = process;
  const region = regionNamed(options.region, environment);
  await checkProfile(options.profile, environment);
  const clients = createClients({ region, profile: options.profile });
  const progress = createProgress(stderr, environment);
  try {
    const known = await regionOf(clients);
    progress.step(`looking for Holdfast in ${known}`);
    const deployment = await findDeployment(clients, known, options);
    const style = styleFor(stdout, environment);
    await use({ clients, clock: systemClock, region: known, deployment, progress, style });
  } finally {
    progress.end();
    for (const client of Object.values(clients)) client.destroy();
  }
}

/** Returns which deployment a document is about. */
function headOf({ deployment: { stage, region, accountId } }: Session): object {
  return { stage, region, accountId };
}

/** Runs a command that answers and ends, and writes its answer. */
export function runOnAccount(options: AccountOptions, run: (session: Session) => Promise<Answer>): Promise<void> {
  return withSession(options, async (session) => {
    const answer = await run(session);
    session.progress.end();
    process.stdout.write(options.json ? jsonDocument({ ...headOf(session), ...answer.json }) : `${answer.text}\n`);
    process.exitCode = answer.exitCode;
  });
}

/**
 * Runs a command again and again until Ctrl-C, and writes each answer in the place of the one before; its last exit code
 * stays. A read that fails is said in the place of an answer, which would be out of date.
 */
export function watchOnAccount(
  options: AccountOptions,
  pauseMs: number,
  run: (session: Session) => Promise<Answer>,
): Promise<void> {
  return withSession(options, async (session) => {
    // For other commands Ctrl-C is an interruption; here it is the end.
    process.removeAllListeners("SIGINT");
    const ended = new Promise<"ended">((resolve) => {
      for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve("ended"));
    });
    const { stdout } = process;
    for (let isEnded = false; !isEnded; ) {
      const answering = run(session).catch((error: unknown): Pick<Answer, "exitCode" | "text"> => {
        const failure = explainFailure(error);
        return { exitCode: failure.exitCode, text: failureText(failure, stdout.columns) };
      });
      const answer = await Promise.race([answering, ended]);
      session.progress.end();
      if (answer === "ended") return;
      stdout.write(`${stdout.isTTY ? clearScreen : ""}${answer.text}\n`);
      process.exitCode = answer.exitCode;
      isEnded = (await Promise.race([session.clock.sleep(pauseMs), ended])) === "ended";
    }
  });
}

/** Moves to the first line and clears from there (ECMA-48, CUP and ED). */
const clearScreen = "\u001b[H\u001b[2J";
