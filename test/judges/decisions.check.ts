import { describe, expect, it } from "vitest";
import type { DecidedAsk } from "../../testing/twin/iam.ts";
import { decide } from "../../testing/twin/iam-policy.ts";
import { examples } from "../deploy/examples.ts";
import { playAttach } from "../deploy/twin-attach.ts";
import { playFallback, playFallbackAndReturn } from "../deploy/twin-fallback.ts";
import { play, relocationSteps } from "../deploy/twin-scenario.ts";
import { playTeardown } from "../deploy/twin-teardown.ts";
import { recordsOf } from "./deployments.ts";
import { type Answer, simulate } from "./simulator.ts";

const stories = {
  relocation: relocationSteps,
  fallback: [playFallback],
  "fallback and return": [playFallbackAndReturn],
  attach: [playAttach],
  teardown: [playTeardown],
};

const played: readonly (readonly [example: string, story: keyof typeof stories])[] = [
  ["smallest", "relocation"],
  ["smallest", "teardown"],
  ["two-zones", "fallback and return"],
  ["two-zones", "teardown"],
  ["existing-network", "fallback"],
  ["existing-network", "attach"],
];

/** Each thing that was asked, once. */
type Decided = ReadonlyMap<string, DecidedAsk>;

async function decidedIn(name: string, story: keyof typeof stories): Promise<Decided> {
  const example = examples.find((it) => it.name === name);
  if (!example) throw new Error(`there is no example ${name}`);
  const decided = new Map<string, DecidedAsk>();
  const onDecision = (it: DecidedAsk) => {
    const { action, resource, context } = it.ask;
    decided.set(JSON.stringify([it.roleName, action, resource, [...context]]), it);
  };
  const problem = await play(example, await recordsOf(name), stories[story], { direct: true, onDecision });
  expect(problem).toBeUndefined();
  return decided;
}

async function disagreement({ roleName, statements, ask, decision }: DecidedAsk): Promise<string | undefined> {
  // The twin answers that a thing is missing where the action alone is allowed; a simulator knows of no world.
  if (ask.missing) return undefined;
  const { action, resource, context } = ask;
  const theirs = await simulate(statements, { action, resource, context: Object.fromEntries(context) });
  const ours: Answer = decision === "allowed" ? "allowed" : "refused";
  return ours === theirs ? undefined : `${roleName} ${action} on ${resource}: twin ${ours}, simulator ${theirs}`;
}

describe("an IAM simulator", () => {
  it("finds an evaluator that takes several values for a match with an operator for one", async () => {
    const Condition = { StringEquals: { "events:source": "holdfast" } };
    const bus = "arn:aws:events:us-east-1:123456789012:event-bus/default";
    const statement = { Effect: "Allow", Action: "events:PutEvents", Resource: bus, Condition } as const;
    const context = new Map([["events:source", ["holdfast", "holdfast"]]]);
    const ask = { action: "events:PutEvents", resource: bus, context };
    const asked = { roleName: "relocate", statements: [statement], ask };
    expect(await disagreement({ ...asked, decision: decide([statement], ask) })).toBeUndefined();
    expect(await disagreement({ ...asked, decision: "allowed" })).toContain("twin allowed, simulator refused");
  });

  it.each(played)("decides as the twin did on every call of roles: %s, %s", async (name, story) => {
    const decided = await decidedIn(name, story);
    expect(decided.size).toBeGreaterThan(20);
    const disagreements = await Promise.all([...decided.values()].map(disagreement));
    expect(disagreements.filter((it) => it !== undefined)).toEqual([]);
  });
});
