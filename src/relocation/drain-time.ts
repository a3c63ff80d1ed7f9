/**
 * How long an address stays on an interface that no live version uses any more. Pure.
 *
 * A call that began before the change goes on in its old environment, for as long as the function's `Timeout` lets it (Lambda
 * developer guide, "Configure Lambda function timeout"). Its interface keeps its address until then, unless the operator has
 * set `schedule.drainSeconds`, or another interface needs the address and there is no spare.
 */
import { functionNameIn } from "../aws/identifiers.ts";
import type { CallTimes, Observed, Policy } from "./model.ts";

/** For members whose calls are short: connections that end a moment after their call. Assumed. */
const leastMs = 60_000;

/** The live version whose calls may take longest. */
interface LongestCall {
  readonly functionName: string;
  readonly timeoutSeconds: number;
}

type Members = Pick<Observed, "members" | "callTimes">;

/**
 * Returns the longest call of each member, and those of before that may still run: a member's timeout can be shortened,
 * or the member deleted, by the deployment that leaves the interface.
 */
export function callTimesAfter(before: CallTimes, members: Observed["members"], nowMs: number): CallTimes {
  const now = new Map(
    members.map(({ functionArn, liveVersions }) => {
      const timeoutSeconds = Math.max(0, ...liveVersions.map((it) => it.timeoutSeconds));
      return [functionArn, { timeoutSeconds, untilMs: Number.POSITIVE_INFINITY }] as const;
    }),
  );
  const former = [...before].flatMap(([functionArn, { timeoutSeconds, untilMs }]) => {
    const isLonger = timeoutSeconds > (now.get(functionArn)?.timeoutSeconds ?? 0);
    const endMs = Math.min(untilMs, nowMs + timeoutSeconds * 1000);
    return isLonger && endMs > nowMs ? [[functionArn, { timeoutSeconds, untilMs: endMs }] as const] : [];
  });
  return new Map([...now, ...former]);
}

/** Returns undefined when there is no member. */
export function longestCall({ members, callTimes }: Members): LongestCall | undefined {
  const live = members.flatMap(({ functionArn, liveVersions }) =>
    liveVersions.map(({ timeoutSeconds }) => ({ functionName: functionNameIn(functionArn), timeoutSeconds })),
  );
  const former = [...callTimes].map(([functionArn, { timeoutSeconds }]) => ({
    functionName: functionNameIn(functionArn),
    timeoutSeconds,
  }));
  return [...live, ...former].reduce<LongestCall | undefined>(
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
