import { beforeAll, describe, expect, it } from "vitest";
import { changePattern } from "../../src/relocation/event-pattern.ts";
import { compilePattern } from "../../testing/twin/pattern.ts";
import { InvalidPattern } from "../../testing/twin/pattern-operators.ts";
import { deployments, recordsOf } from "./deployments.ts";
import { events, type Json, mutations, type Pair, recordedEvents } from "./events.ts";
import { judge, type Verdict } from "./ruler.ts";

function twinsVerdict({ pattern, event }: Pair): Verdict {
  try {
    return compilePattern(pattern)(event) ? "matches" : "does not match";
  } catch (error) {
    if (error instanceof InvalidPattern) return "refused";
    throw error;
  }
}

/** The pairs on which the twin and AWS's matcher do not agree, as text. */
function disagreements(pairs: readonly Pair[], verdicts: readonly Verdict[] = judge(pairs)): string[] {
  return pairs.flatMap((pair, index) => {
    const twins = twinsVerdict(pair);
    const { pattern, event } = pair;
    const text = `${JSON.stringify(pattern)} on ${JSON.stringify(event)}: twin ${twins}, AWS ${verdicts[index]}`;
    return twins === verdicts[index] ? [] : [text];
  });
}

/** Recorded changes of interfaces that a pattern does not let through. */
function missedBy(pattern: Json): string[] {
  const changes = [...recordedEvents].filter(([name]) => announced.includes(name));
  const verdicts = judge(changes.map(([, event]) => ({ pattern, event })));
  return changes.flatMap(([name], index) => (verdicts[index] === "matches" ? [] : [name]));
}

/** Recorded calls that can change which interfaces a pool has; the user's interface was made with `groupSet: {}`. */
const announced = [
  "ec2-create-network-interface-by-user",
  "ec2-delete-network-interface-by-user",
  "lambda-create-function-no-vpc",
  "lambda-delete-function",
  "lambda-update-function-code-publish",
  "lambda-update-function-configuration-layers",
  "lambda-update-function-configuration-plain-name",
];

describe("AWS's own matcher", () => {
  let patterns: Json[];
  beforeAll(async () => {
    const texts = new Set<string>();
    for (const { name } of deployments) {
      for (const { type, inputs } of await recordsOf(name)) {
        if (type === "aws:cloudwatch/eventRule:EventRule") texts.add(String(inputs["eventPattern"]));
      }
    }
    patterns = [...texts].map((text) => JSON.parse(text));
  });

  it("accepts every deployed pattern", () => {
    expect(patterns.length).toBeGreaterThan(2);
    expect(judge(patterns.map((pattern) => ({ pattern, event: {} })))).not.toContain("refused");
  });

  it("agrees with the twin on every deployed pattern and every event", () => {
    const pairs = patterns.flatMap((pattern) => events.map((event) => ({ pattern, event })));
    const verdicts = judge(pairs);
    expect(disagreements(pairs, verdicts)).toEqual([]);
    expect(verdicts.filter((it) => it === "matches").length).toBeGreaterThan(10);
  });

  it("agrees with the twin on mutations of both", () => {
    const all = patterns.flatMap((pattern) => events.map((event) => ({ pattern, event })));
    const pairs = mutations(
      all.filter((pair) => twinsVerdict(pair) === "matches"),
      5000,
      1,
    );
    const verdicts = judge(pairs);
    expect(disagreements(pairs, verdicts).slice(0, 5)).toEqual([]);
    expect(verdicts.filter((it) => it === "matches").length).toBeGreaterThan(1000);
  });

  it("lets through every recorded change of interfaces, and nothing that failed or is about something else", () => {
    expect(missedBy(changePattern)).toEqual([]);
    const others = [...recordedEvents].filter(([name]) => !announced.includes(name));
    const verdicts = judge(others.map(([, event]) => ({ pattern: changePattern, event })));
    expect(others.filter((_, index) => verdicts[index] === "matches").map(([name]) => name)).toEqual([]);
  });

  it("finds a pattern that misses interfaces with an empty groupSet, calls by unversioned names, or that is no pattern", () => {
    const { detail, ...rest } = changePattern;
    const groups = { groupSet: { items: { groupId: [{ exists: true }] } } };
    const onGroups = {
      ...rest,
      detail: { ...detail, $or: [{ requestParameters: groups }, { source: ["aws.lambda"] }] },
    };
    expect(missedBy(onGroups)).toContain("ec2-create-network-interface-by-user");
    expect(missedBy({ ...rest, detail: { ...detail, eventName: ["CreateNetworkInterface"] } })).toHaveLength(6);
    expect(judge([{ pattern: { source: "aws.ec2" }, event: {} }])).toEqual(["refused"]);
  });

  it("finds a matcher that takes a field for absent because one of several objects lacks it", () => {
    const pair = { pattern: { a: { b: [{ exists: false }] } }, event: { a: [{ c: 1 }, { b: 1 }] } };
    expect(disagreements([pair], ["matches"])).toHaveLength(1);
    expect(disagreements([pair])).toEqual([]);
  });
});
