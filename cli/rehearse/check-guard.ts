/** Whether a process that exits, as the guard ends one, is followed by one with another public address; outside every VPC. */
import { check, type Verdict } from "./check.ts";
import type { Process } from "./function-code.ts";
import type { Scene } from "./scene.ts";

/** One exit, and who answered before and after it. */
interface Trial {
  readonly before: Process;
  /** What Lambda answered to the call in which the process ended. */
  readonly exit: string;
  readonly after: Process;
}

interface Seen {
  readonly trials: readonly Trial[];
}

const trials = 10;

export const guardCheck = check<Seen>({
  id: "guard",
  question: "Has a function outside a VPC another public address after its process has exited, as the guard ends it?",
  needs: [],
  makes: "a function outside the VPC and its role",
  seconds: 40,
  observe: exitTenTimes,
  judge: judgeGuard,
});

async function exitTenTimes({ account, unattached, askProcess, exitProcess }: Scene): Promise<Seen> {
  const name = await unattached();
  account.say(
    `ending the process of a function outside the VPC ${trials} times, and asking by which address it leaves`,
  );
  const seen: Trial[] = [];
  for (let trial = 0; trial < trials; trial++) {
    const before = await askProcess(name);
    const exit = await exitProcess(name);
    seen.push({ before, exit, after: await askProcess(name) });
  }
  return { trials: seen };
}

/** Between two trials nobody exits: what changes there changes by itself. Pure. */
export function judgeGuard({ trials: seen }: Seen): Verdict {
  const quiet = seen.slice(1).map(({ before }, index) => [seen[index]?.after, before] as const);
  const isOther = (one: Process | undefined, other: Process) =>
    one?.address !== undefined && other.address !== undefined && one.address !== other.address;
  const ended = seen.filter(({ before, after }) => before.startedMs !== after.startedMs).length;
  const kept = seen.filter(({ before, after }) => before.sandbox === after.sandbox).length;
  const changed = seen.filter(({ before, after }) => isOther(before, after)).length;
  const byItself = quiet.filter(([one, other]) => isOther(one, other)).length;
  const found = `the address changed in ${changed} of ${seen.length} exits, and in ${byItself} of ${quiet.length} times without one; a file in /tmp outlived ${kept}`;
  if (seen.every(({ before, after }) => before.address === undefined || after.address === undefined)) {
    return {
      outcome: "skipped",
      found: `the echo gave no address to a function outside the VPC (${seen[0]?.before.error ?? "no answer"})`,
      meaning: "this was not found out",
      remediation: "run it again, with another --echo if it is the same",
    };
  }
  if (ended < seen.length) {
    return {
      outcome: "differs",
      found: `another process answered after ${ended} of ${seen.length} exits (${seen[0]?.exit}); ${found}`,
      meaning: "the guard's exit does not always end the environment's process: a refused address may stay in use",
      remediation: "do not rely on the guard here: attach the function to a pool, and tell the maintainers",
    };
  }
  if (changed <= byItself) {
    return {
      outcome: "differs",
      found,
      meaning:
        changed === 0
          ? "the guard's exits only delay calls: the next process leaves by the same address, which the partner refuses again"
          : "addresses change as often without an exit: the guard's exits delay calls, and bring no other address",
      remediation:
        "set maxExits: 0 where the guard is worn, and attach functions that partners refuse to a pool (policy attach)",
    };
  }
  return { outcome: "pass", found };
}
