/** What came of one action, whatever the actuator, and what its run makes of it. Pure but for the work it is given. */
import { AwsCallError } from "../aws/errors.ts";

/**
 *  result    what happened                                     what the run does
 *  done      AWS accepted it                                   verifies, then observes again
 *  conflict  the world had changed, or AWS said so             forces nothing, observes again
 *  retry     AWS failed for a reason that may pass             begins again after a pause, until its deadline
 *  reported  AWS does not take this one action as it is        goes on without it, reports what to do about it
 *  failed    AWS does not let the actuator do this             ends, and reports why
 *
 * None of them gives a message back to the queue: what is left undone is for the next sweep. Only a bug, thrown, does.
 *
 * `unnoted`: the write is done, but the tag that remembers it could not be written. `Made`: what else a write answers.
 */
export type Outcome<Action, Made = unknown> =
  | ({ readonly action: Action; readonly result: "done"; readonly unnoted?: AwsCallError } & Made)
  | { readonly action: Action; readonly result: "conflict"; readonly reason: string }
  | { readonly action: Action; readonly result: "retry" | "reported" | "failed"; readonly error: AwsCallError };

/** An outcome with the time at which it was known. */
export type Timed<AnOutcome> = AnOutcome & { readonly atMs: number };

/** Returns what a failed call means to a run. */
export function meaningOf({ errorClass }: AwsCallError): "conflict" | "retry" | "failed" {
  switch (errorClass) {
    case "conflict":
    case "gone":
      return "conflict";
    case "transient":
    case "throttled":
      return "retry";
    case "denied":
    case "refused":
    case "quota":
    case "invalid":
    case "bug":
      return "failed";
  }
}

/**
 * Carries out an action by what checks, writes and notes it. Never throws for an answer of AWS.
 *
 * @param meaning what a failed call means to the action
 */
export async function carryOut<Action, Made = unknown>(
  action: Action,
  write: () => Promise<Outcome<Action, Made>>,
  meaning: (error: AwsCallError) => ReturnType<typeof meaningOf> | "reported" = meaningOf,
): Promise<Outcome<Action, Made>> {
  try {
    return await write();
  } catch (error) {
    if (!(error instanceof AwsCallError)) throw error;
    const result = meaning(error);
    return result === "conflict" ? { action, result, reason: error.message } : { action, result, error };
  }
}

/** Notes a write that is done: a failure to say so on a tag must not look like a failure of the write. */
export async function noteDone<Action>(action: Action, note: () => Promise<unknown>): Promise<Outcome<Action>> {
  try {
    await note();
    return { action, result: "done" };
  } catch (error) {
    if (!(error instanceof AwsCallError)) throw error;
    return { action, result: "done", unnoted: error };
  }
}
