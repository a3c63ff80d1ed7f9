/** Runs the checks one after the other and removes what they made, whatever becomes of them. */
import { CreateTagsCommand } from "@aws-sdk/client-ec2";
import { AwsCallError } from "../../src/aws/errors.ts";
import { type Account, ask, Interrupted, refusalOf } from "./account.ts";
import type { Check, Verdict } from "./check.ts";
import type { Choices } from "./choices.ts";
import { clean, type Left } from "./clean.ts";
import { failureOf } from "./failure-verdict.ts";
import { isEmpty, isRunIn, type Ledger, readLedger, unexpired } from "./ledger.ts";
import { toList } from "./make.ts";
import { lifeMs, type Run, tagsOf } from "./names.ts";
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
  /** Why there are not the answers of all checks, unless the caller ended the run. */
  readonly unfinished?: string;
  /** The error that ended it, if one did. */
  readonly fatal?: unknown;
}

export interface RunOptions extends SceneOptions {
  readonly checks: readonly Check[];
  /** Of a new run. */
  readonly newId: () => string;
  /** Called after each check with what is known by then: the process may not live to its end. */
  readonly onResult?: (soFar: Rehearsal) => Promise<void>;
}

/**
 * Goes on with a run that was interrupted, unless it has expired; else begins a new one. Ends with what was found out by then,
 * also where an error ended it, such as of credentials that AWS does not take any more; what those can remove is removed.
 */
export async function rehearse(account: Account, options: RunOptions): Promise<Rehearsal> {
  const { checks, newId, onResult } = options;
  const startedMs = account.clock.now();
  let run: Run = { id: newId(), expiresMs: startedMs + lifeMs };
  const results: Result[] = [];
  const soFar = () => ({ run, startedMs, endedMs: account.clock.now(), results, left: [], interrupted: false });
  let ending: Pick<Rehearsal, "interrupted" | "unfinished" | "fatal"> = { interrupted: false };
  try {
    run = await begin(account, run, options.choices);
    const scene = createScene(account, run, await readLedger(account), options);
    for (const check of checks) {
      results.push(await resultOf(scene, check, results));
      await onResult?.({ ...soFar(), unfinished: "the run had not ended" });
    }
  } catch (error) {
    ending =
      error instanceof Interrupted
        ? { interrupted: true }
        : { interrupted: false, fatal: error, unfinished: error instanceof Error ? error.message : String(error) };
  }
  account.say("removing everything that this run has made");
  const left = await cleanAnyway({ ...account, interrupted: () => false });
  if (ending.fatal !== undefined && left.length > 0) {
    const until = new Date(run.expiresMs).toISOString().slice(11, 16);
    account.say(
      `not everything could be removed: with credentials that AWS takes, rehearse --clean removes the rest, or rehearse goes on with the run until ${until}Z`,
    );
  }
  return { ...soFar(), ...ending, left };
}

/** Returns the run to go on with, or the new one once nothing of another is left. */
async function begin(account: Account, fresh: Run, { existing }: Choices): Promise<Run> {
  const ledger = await readLedger(account);
  const before = unexpired(ledger, account.clock.now());
  if (before && isRunIn(ledger, existing, before.id)) {
    account.say(`going on with the run ${before.id}, which was interrupted`);
    return prolonged(account, before, ledger);
  }
  if (!isEmpty(ledger)) {
    account.say("removing what an earlier run has left");
    await clean(account);
  }
  return { ...fresh, expiresMs: account.clock.now() + lifeMs };
}

/** A run that goes on may need as long as a new one: with less than half of its time left, it gets all of it again. */
async function prolonged(account: Account, run: Run, { made }: Ledger): Promise<Run> {
  const nowMs = account.clock.now();
  if (run.expiresMs - nowMs >= lifeMs / 2) return run;
  const longer = { ...run, expiresMs: nowMs + lifeMs };
  account.say(
    `it would have expired at ${new Date(run.expiresMs).toISOString().slice(11, 16)}Z: giving it three hours more`,
  );
  for (const { id, part, run: its } of made) {
    if (its.id !== run.id) continue;
    const command = new CreateTagsCommand({ Resources: [id], Tags: toList(tagsOf(longer, part)) });
    const refusal = await refusalOf(ask(account, "ec2:CreateTags", () => account.clients.ec2.send(command)));
    if (refusal !== undefined) account.say(`${id} keeps its time (${refusal})`);
  }
  return longer;
}

async function resultOf(scene: Scene, check: Check, before: readonly Result[]): Promise<Result> {
  const { id, question, needs, notAsked } = check;
  const reason = notAsked?.(scene.choices);
  const missing = before.find((it) => needs.includes(it.id) && /fail|skipped/.test(it.verdict.outcome));
  const skipped = reason ? skippedByChoice(reason) : missing && skippedFor(missing.id);
  const answer = skipped ? { verdict: skipped, raw: undefined } : await answerOf(scene, check);
  scene.account.say(`${id}: ${answer.verdict.outcome}: ${answer.verdict.found}`);
  return { id, question, ...answer };
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

async function cleanAnyway(account: Account): Promise<readonly Left[]> {
  try {
    return await clean(account);
  } catch (error) {
    if (!(error instanceof AwsCallError)) throw error;
    return [{ what: "everything that has not been removed yet", why: `${error.action}: ${error.code}` }];
  }
}
