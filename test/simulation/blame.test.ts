import { describe, expect, it } from "vitest";
import { problemOf } from "../../testing/simulation/invariants-partners.ts";
import type { Asked } from "../../testing/simulation/truth-partners.ts";

const minuteMs = 60_000;
const nowMs = 10 * minuteMs;
const marked = "198.51.100.1";
const letIn = { letIn: true, reached: true };
const refused = { letIn: false, reached: false };
const worse = { ...refused, worse: true, meant: true };
const shared = { by: "shared", sourceIp: "203.0.113.10" } as const;

/** Three rounds, a minute apart, in each of which the partner answers these requests. */
function threeRounds(...requests: readonly Partial<Asked>[]): Asked[] {
  return [2, 1, 0].flatMap((minutesAgo) =>
    requests.map((request) => ({
      atMs: nowMs - minutesAgo * minuteMs,
      sourceIp: "198.51.100.2",
      by: "own" as const,
      subnetId: "subnet-a",
      partnerIp: "203.0.113.80",
      worse: false,
      meant: false,
      silent: false,
      ...letIn,
      ...request,
    })),
  );
}

describe("blaming an address that the partner treats worse", () => {
  it.each([
    ["while another address is let in", [{}]],
    ["while another is refused for a cause of its own and the shared pool is let in", [worse, { ...shared }]],
    ["while the application refuses everybody else", [{ letIn: false }, { ...shared, letIn: false }]],
  ])("is right %s", (_, others) => {
    expect(problemOf(threeRounds({ ...worse, sourceIp: marked }, ...others), marked, nowMs)).toBeUndefined();
  });

  it.each([
    ["while everybody is refused", [refused, { ...shared, ...refused }]],
    ["where a NAT gateway's address alone is let in", [{ by: "other" }]],
  ] as const)("is wrong %s", (_, others) => {
    const problem = problemOf(threeRounds({ ...worse, sourceIp: marked }, ...others), marked, nowMs);
    expect(problem).toContain("no other address");
  });

  it("is wrong where no rule of the partner means it", () => {
    const problem = problemOf(threeRounds({ ...refused, sourceIp: marked }, {}), marked, nowMs);
    expect(problem).toContain("did not treat it worse");
  });
});
