/** What the guard costs a warm call: beside the plain recipe (test once, remember in a flag) and no guard at all. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { withEgressGuard } from "../../src/guard/guard.ts";
import { takeTurns } from "./statistics.ts";

export interface GuardTimes {
  readonly unit: "nanoseconds per warm call, median";
  readonly times: Readonly<Record<"unguarded" | "recipe" | "guarded", number>>;
  /** What the guard adds to an unguarded call, in nanoseconds. */
  readonly addedNs: number;
}

const calls = 200_000;
const rounds = 21;
const warmUpRounds = 5;

/** The real effects, but for the line of metrics that a test writes. */
const silent = { exit: process.exit, now: Date.now, uptime: () => 0, random: Math.random, write: () => {} };

type Handler = (event: number, context: object) => Promise<number>;

/** Measures the three handlers in turns, all past their first call. */
export async function benchGuard(): Promise<GuardTimes> {
  const server = createServer((_, response) => response.end("ok"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const target = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const unguarded: Handler = async (event) => event + 1;
  const guarded: Handler = withEgressGuard(unguarded, { url: target }, silent);
  const recipe = plainRecipe(unguarded, target);
  await Promise.all([guarded(0, {}), recipe(0, {})]);
  server.close();
  const times = await takeTurns(
    { unguarded: timer(unguarded), recipe: timer(recipe), guarded: timer(guarded) },
    rounds,
    warmUpRounds,
  );
  return { unit: "nanoseconds per warm call, median", times, addedNs: times.guarded - times.unguarded };
}

/** The recipe as it is usually written. */
function plainRecipe(handler: Handler, url: string): Handler {
  let tested = false;
  return async (event, context) => {
    if (!tested) {
      const response = await fetch(url, { method: "OPTIONS" });
      if (response.status === 403) process.exit(1);
      tested = true;
    }
    return handler(event, context);
  };
}

function timer(handler: Handler): () => Promise<number> {
  const context = {};
  return async () => {
    const start = performance.now();
    for (let call = 0; call < calls; call++) await handler(call, context);
    return ((performance.now() - start) * 1e6) / calls;
  };
}
