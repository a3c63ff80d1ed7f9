/** Runs the checks one after the other and removes what they made, whatever becomes of them. */
import { AwsCallError, accessProblem } from "../../src/aws/errors.ts";
import { type Account, Interrupted } from "./account.ts";
import type { Check, Verdict } from "./check.ts";
import type { Choices } from "./choices.ts";
import { clean, type Left } from "./clean.ts";
import { isEmpty, isRunIn, readLedger, unexpired } from "./ledger.ts";
import { SceneError } from "./make.ts";
import { lifeMs, type Run } from "./names.ts";
import { createScene, type Scene, type SceneOptions } from "./scene.ts";

export interface Result {
  readonly id: string;
  readonly question: string;
  readonly verdict: Verdict;
  /** What the check saw. */
  readonly raw: unknown;
}

export interface Rehearsal {
  readonly run: Run;
  readonly startedMs: number;
  readonly endedMs: number;
  readonly results: readonly Result[];
  readonly left: readonly Left[];
  readonly interrupted: boolean;
}

export interface RunOptions extends SceneOptions {
  readonly checks: readonly Check[];
  /** Of a new run. */
  readonly newId: () => string;
}

/**
 * Goes on with a run that was interrupted, unless it has expired; else begins a new one.
 *
 * @throws AwsCallError for credentials that AWS does not take, once what they can remove is removed
 */
export async function rehearse(account: Account, { checks, newId, ...options }: RunOptions): Promise<Rehearsal> {
  const startedMs = account.clock.now();
  let run: Run = { id: newId(), expiresMs: startedMs + lifeMs };
  const results: Result[] = [];
  let interrupted = false;
  let fatal: unknown;
  try {
    run = await begin(account, run, options.choices);
    const scene = createScene(account, run, await readLedger(account), options);
    await runAll(scene, checks, results);
  } catch (error) {
    if (error instanceof Interrupted) interrupted = true;
    else fatal = error;
  }
  account.say("removing everything that this run has made");
  const left = await cleanAnyway({ ...account, interrupted: () => false });
  if (fatal !== undefined) {
    if (left.length > 0) account.say("not everything could be removed: run rehearse --clean");
    throw fatal;
  }
  return { run, startedMs, endedMs: account.clock.now(), results, left, interrupted };
}

/** Returns the run to go on with, or the new one once nothing of another is left. */
async function begin(account: Account, fresh: Run, { existing }: Choices): Promise<Run> {
  const ledger = await readLedger(account);
  const before = unexpired(ledger, account.clock.now());
  if (before && isRunIn(ledger, existing, before.id)) {
    account.say(`going on with the run ${before.id}, which was interrupted`);
    return before;
  }
  if (!isEmpty(ledger)) {
    account.say("removing what an earlier run has left");
    await clean(account);
  }
  return { ...fresh, expiresMs: account.clock.now() + lifeMs };
}

async function runAll(scene: Scene, checks: readonly Check[], results: Result[]): Promise<void> {
  for (const check of checks) {
    const { id, question, notAsked } = check;
    const reason = notAsked?.(scene.choices);
    const missing = results.find((it) => check.needs.includes(it.id) && /fail|skipped/.test(it.verdict.outcome));
    const skipped = reason ? skippedByChoice(reason) : missing && skippedFor(missing.id);
    const answer = skipped ? { verdict: skipped, raw: undefined } : await answerOf(scene, check);
    results.push({ id, question, ...answer });
    scene.account.say(`${id}: ${answer.verdict.outcome}: ${answer.verdict.found}`);
  }
}

async function answerOf(scene: Scene, { observe, judge }: Check): Promise<Pick<Result, "verdict" | "raw">> {
  try {
    const raw = await observe(scene);
    return { verdict: judge(raw), raw };
  } catch (error) {
    return { verdict: failureOf(error), raw: undefined };
  }
}

function skippedByChoice(found: string): Verdict {
  return { outcome: "skipped", found, byChoice: true, meaning: "this was not found out" };
}

function skippedFor(id: string): Verdict {
  const found = `not asked, since ${id} has no answer to build on`;
  return { outcome: "skipped", found, meaning: "this was not found out", remediation: `see ${id}` };
}

/** Returns what an error says of the account. @throws the error, if nothing */
function failureOf(error: unknown): Verdict {
  if (error instanceof SceneError) {
    const remediation = "run it again; tell the maintainers if it is the same";
    return { outcome: "fail", found: error.message, meaning: "Holdfast needs the same", remediation };
  }
  if (!(error instanceof AwsCallError) || accessProblem(error.action, error.code)) throw error;
  const said = `${error.action}: ${error.code}${error.cause instanceof Error ? `: ${error.cause.message}` : ""}`;
  switch (error.errorClass) {
    case "denied":
      return {
        outcome: "fail",
        found: `AWS denied ${said}`,
        meaning:
          "you may not do it, or a service control policy of the organization denies it; a deployment needs most of the same",
        remediation:
          "allow what rehearse --print-policy prints; if it is allowed, look for service control policies and permissions boundaries",
      };
    case "quota":
      return {
        outcome: "fail",
        found: `a quota is full: ${said}`,
        meaning: "a deployment would meet it too",
        remediation: "request a higher quota, or remove what is not used",
      };
    case "bug":
      throw error;
    default:
      return {
        outcome: "skipped",
        found: `AWS did not do ${said}`,
        meaning: "this was not found out",
        remediation: "run it again; tell the maintainers if it is the same",
      };
  }
}

async function cleanAnyway(account: Account): Promise<readonly Left[]> {
  try {
    return await clean(account);
  } catch (error) {
    if (!(error instanceof AwsCallError)) throw error;
    return [{ what: "everything that has not been removed yet", why: `${error.action}: ${error.code}` }];
  }
}
