/** How long the invocations of one function take, for tests of what AWS never answers. */
import type { Handler } from "../testing/twin/lambda-invocation.ts";

export interface InvocationDurations {
  /** What a region is opened with. */
  readonly around: (name: string, handler: Handler) => Handler;
  /** When each invocation that has ended did so, in milliseconds from its begin. */
  readonly endedAfterMs: number[];
  /** How many have begun. */
  readonly begun: () => number;
}

export function invocationDurations(functionName: string): InvocationDurations {
  const endedAfterMs: number[] = [];
  let begun = 0;
  const around = (name: string, handler: Handler): Handler => {
    if (name !== functionName) return handler;
    return async (event, context) => {
      begun++;
      const atBeginMs = context.getRemainingTimeInMillis();
      const answer = await handler(event, context);
      endedAfterMs.push(atBeginMs - context.getRemainingTimeInMillis());
      return answer;
    };
  };
  return { around, endedAfterMs, begun: () => begun };
}
