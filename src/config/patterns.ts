/**
 * Patterns of the operator's rules. A regular expression can run practically for ever on some texts, and no static
 * check finds all such patterns. V8 stops a pattern that runs under a script with a timeout (node:vm). So each pattern
 * is tried before it is deployed, and runs with the same limit at run time.
 */
import { createContext, Script } from "node:vm";
import { readBytes } from "./target-rules.ts";

/**
 * Limit for the operator's patterns on one answer, in wall time: a harmless pattern takes microseconds on 4 KiB, but a
 * small function may have to wait for its share of a processor.
 */
const limitMs = 250;

const sandbox: { run: (() => unknown) | undefined } = { run: undefined };
const context = createContext(sandbox);
const script = new Script("run()");

/** A pattern ran out of time. */
export class PatternTimeout extends Error {
  override readonly name = "PatternTimeout";
}

/**
 * Runs `work`, which may use a pattern, and stops it at the limit (250 ms). Costs about 25 µs.
 * @throws PatternTimeout
 */
export function withinTime<Result>(work: () => Result): Result {
  sandbox.run = work;
  try {
    return script.runInContext(context, { timeout: limitMs }) as Result;
  } catch (error) {
    // The error is made in the other context, whose `Error` is not ours.
    const timedOut = (error as { code?: unknown } | undefined)?.code === "ERR_SCRIPT_EXECUTION_TIMEOUT";
    throw timedOut ? new PatternTimeout(`a pattern takes longer than ${limitMs} ms`) : error;
  } finally {
    sandbox.run = undefined;
  }
}

/** The most that a rule reads, less room for an ending on which the match fails. */
const trialLength = readBytes - 96;
const namedCharacters = 40;
const pairedCharacters = 8;

/** Returns why a text is no regular expression, or undefined. */
export function syntaxProblem(source: string): string | undefined {
  try {
    new RegExp(source);
    return undefined;
  } catch {
    return "must be a valid regular expression: escape characters such as ( or [ with a backslash";
  }
}

/**
 * Returns what is wrong with a pattern, or undefined. It may take a second, so it is for a check before deployment. The
 * pattern is tried on texts that drive backtracking: long runs of each character, and pair of characters, that it
 * names.
 */
export function patternProblem(source: string): string | undefined {
  const problem = syntaxProblem(source);
  if (problem) return problem;
  const pattern = new RegExp(source, "i");
  if (!trials(source).some((text) => isStopped(pattern, text))) return undefined;
  return "takes too long on some texts: avoid repetition within repetition, such as (a+)+, and alternatives that overlap";
}

/**
 * Returns whether the pattern exceeds the limit three times: a machine that stalls can stop a harmless pattern, but
 * hardly that often.
 */
function isStopped(pattern: RegExp, text: string): boolean {
  const attempt = () => {
    try {
      withinTime(() => pattern.test(text));
      return false;
    } catch (error) {
      if (error instanceof PatternTimeout) return true;
      throw error;
    }
  };
  return attempt() && attempt() && attempt();
}

function trials(source: string): string[] {
  const named = source.replace(/[\\^$|?*+()[\]{}]/g, "").slice(0, namedCharacters);
  const characters = [...new Set([..."a0 -/", ...named])];
  const first = [...new Set([...named, ..."a0"])].slice(0, pairedCharacters);
  const units = [...characters, ...first.flatMap((one) => first.map((two) => one + two))];
  return units.map((unit) => `${unit.repeat(trialLength / unit.length)}\u0000`);
}
