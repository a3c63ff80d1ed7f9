/**
 * How long an address stays on an interface that no live version uses any more. Pure.
 *
 * A call that began before the change goes on in its old environment, for as long as the function's `Timeout` lets it (Lambda
 * developer guide, "Configure Lambda function timeout"). Its interface keeps its address until then, unless the operator has
 * set `schedule.drainSeconds`, or another interface needs the address and there is no spare.
 */
import { functionNameIn } from "../aws/identifiers.ts";
import type { Observed, Policy } from "./model.ts";

/** For members whose calls are short: connections that end a moment after their call. Assumed. */
const leastMs = 60_000;

/** The live version whose calls may take longest. */
interface LongestCall {
  readonly functionName: string;
  readonly timeoutSeconds: number;
}

type Members = Pick<Observed, "members">;

/** Returns undefined when there is no member. */
export function longestCall({ members }: Members): LongestCall | undefined {
  const calls = members.flatMap(({ functionArn, liveVersions }) =>
    liveVersions.map(({ timeoutSeconds }) => ({ functionName: functionNameIn(functionArn), timeoutSeconds })),
  );
  return calls.reduce<LongestCall | undefined>(
    (longest, it) => (longest && longest.timeoutSeconds >= it.timeoutSeconds ? longest : it),
    undefined,
  );
}

/** Returns the drain time in milliseconds. */
export function drainTimeMs(observed: Members, { drainMs }: Pick<Policy, "drainMs">): number {
  if (drainMs !== "longest call") return drainMs;
  return Math.max(leastMs, (longestCall(observed)?.timeoutSeconds ?? 0) * 1000);
}

/** Returns why it is as long as it is, as a clause. */
export function drainReason(observed: Members, { drainMs }: Pick<Policy, "drainMs">): string {
  const longest = longestCall(observed);
  const call = longest && `a call of ${longest.functionName} may take ${longest.timeoutSeconds} s`;
  if (drainMs === "longest call") return call ?? "no member has calls";
  const isShorter = longest !== undefined && longest.timeoutSeconds * 1000 > drainMs;
  return `schedule.drainSeconds is ${drainMs / 1000}${isShorter ? `, though ${call}` : ""}`;
}
