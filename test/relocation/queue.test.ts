import { describe, expect, it } from "vitest";
import type { Scene } from "../../testing/deployment/relocation-scene.ts";
import { currentInvocation, type Handler } from "../../testing/twin/lambda-invocation.ts";
import { begin, finalState, restMs, stories } from "./stories.ts";

const minuteMs = 60_000;
const functionName = "holdfast-production-relocate";
const subnetChange = stories[1] as (typeof stories)[number];

/** A pool at rest, whose function can be made to fail. */
async function open() {
  let failure: (() => unknown) | undefined;
  let failures = 0;
  const around = (name: string, handler: Handler): Handler => {
    if (name !== functionName) return handler;
    return (event, context) => {
      if (!failure) return handler(event, context);
      failures++;
      return failure();
    };
  };
  const scene = await begin(subnetChange, { around });
  return {
    scene,
    failures: () => failures,
    /** Lets the function fail until it has done so often enough. */
    async fail(how: () => unknown, times: number) {
      failure = how;
      await scene.region.clock.runUntil(() => failures >= times, 60 * minuteMs);
      failure = undefined;
    },
  };
}

const inQueue = ({ path }: Scene, name: string) => {
  const { visible, inFlight } = path.sqs.queueByName(name).counts();
  return visible + inFlight;
};

/** The pool is healed within this time, and nothing is left of what was wrong. */
async function expectHealed(scene: Scene, withinMs: number): Promise<void> {
  await scene.pass(withinMs);
  expect(scene.openNow("orders")).toBe(true);
  await scene.pass(restMs);
  expect(finalState(scene).filter((it) => !it.startsWith("spare"))).toHaveLength(1);
  expect(inQueue(scene, scene.queueName)).toBeLessThanOrEqual(1);
  expect(inQueue(scene, scene.deadLetterQueueName)).toBe(0);
}

const crash = () => currentInvocation()?.kill();
const hang = () => new Promise(() => {});

describe("a message is no dead letter, and the pool is healed a visibility timeout later at the latest,", () => {
  it("after an hour in which Lambda throttles the function", async () => {
    const { scene } = await open();
    await scene.operator("lambda", "PutFunctionConcurrency", {
      FunctionName: functionName,
      ReservedConcurrentExecutions: 0,
    });
    await subnetChange.change(scene);
    await scene.pass(60 * minuteMs);
    expect(scene.openNow("orders")).toBe(false);
    expect(inQueue(scene, scene.queueName)).toBeGreaterThan(30);
    await scene.operator("lambda", "DeleteFunctionConcurrency", { FunctionName: functionName });
    await expectHealed(scene, 2 * minuteMs);
  });

  it.each([
    ["ten crashes in a row", crash, 10],
    ["two timeouts in a row", hang, 2],
  ])("after %s", async (_, how, times) => {
    const { scene, fail } = await open();
    const [change] = await Promise.all([fail(how, times), subnetChange.change(scene)]);
    expect(change).toBeUndefined();
    await expectHealed(scene, 2 * minuteMs);
  });
});

/** Lets each invocation begin a second time while it runs. */
function twice(handler: Handler, { region }: Scene): Handler {
  return async (event, context) => {
    const again = region.clock.sleep(400).then(() => handler(event, context));
    const answer = await handler(event, context);
    await again;
    return answer;
  };
}

/** A message that Lambda gives to a function that was throttled may come again while its run lasts (decision 0005). */
describe.each(stories)("two runs of a pool at once: $name", (story) => {
  async function play(scene: Scene) {
    const beforeMs = scene.path.egress.totalGapMs();
    await story.change(scene);
    await scene.pass(restMs);
    const shape = finalState(scene).map((it) => it.split(" ").length);
    return { shape, open: scene.openNow("orders"), gapMs: scene.path.egress.totalGapMs() - beforeMs };
  }

  it("end as one does, with no more time without egress than another look takes", async () => {
    const alone = await play(await begin(story));
    let doubled: Scene | undefined;
    const around = (name: string, handler: Handler): Handler => {
      return (event, context) => (doubled && name === functionName ? twice(handler, doubled) : handler)(event, context);
    };
    doubled = await begin(story, { around });
    const both = await play(doubled);
    expect(both).toMatchObject({ shape: alone.shape, open: true });
    expect(both.gapMs).toBeLessThanOrEqual(alone.gapMs + 500);
  });
});
