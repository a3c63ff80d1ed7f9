import { describe, expect, it } from "vitest";
import { availabilityOf, countRounds } from "../../../cli/console/availability.ts";
import type { Round } from "../../../cli/support/canary-log.ts";

const nowMs = Date.parse("2026-03-02T14:30:30Z");
const minuteMs = 60_000;

type Verdict = Round["verdicts"][number];

const verdict = (vantage: string, kind: string, finding: Verdict["finding"] = "accepted"): Verdict => {
  return { vantage, target: "bank", verdict: kind, finding };
};

const lastMinute = (verdicts: readonly Verdict[]) => {
  const counts = countRounds([
    { pool: "payments", atMs: nowMs - 40 * minuteMs, verdicts: [verdict("zone-1", "ok")] },
    { pool: "payments", atMs: nowMs - minuteMs, verdicts },
  ]);
  const { hour, day } = availabilityOf(counts, "bank", nowMs);
  return { minute: hour.at(-2), halfHour: day.at(-1), before: day.at(-2) };
};

describe("a partner's availability", () => {
  it.each([
    ["an answer", [verdict("zone-1", "ok")], { asked: 1, accepted: 1, cutOff: 0 }],
    ["an application's own 401", [verdict("zone-1", "unauthorized")], { asked: 1, accepted: 1, cutOff: 0 }],
    ["a block", [verdict("zone-1", "blocked", "accepted-elsewhere")], { asked: 1, accepted: 0, cutOff: 0 }],
    ["a refusal that only the comparison shows", [verdict("zone-1", "unauthorized", "refused-pool")], { accepted: 0 }],
    ["silence", [verdict("zone-1", "unreachable")], { asked: 1, accepted: 0, cutOff: 0 }],
    ["one zone of two refused", [verdict("zone-1", "ok"), verdict("zone-2", "blocked")], { asked: 2, accepted: 1 }],
    ["a zone without functions", [verdict("zone-1", "ok"), verdict("zone-2", "no-egress")], { asked: 1, accepted: 1 }],
    ["a pool that is cut off", [verdict("zone-1", "no-egress")], { asked: 1, accepted: 0, cutOff: 1 }],
    ["the scout and the shared pool", [verdict("scout", "ok"), verdict("shared", "ok")], { asked: 0, accepted: 0 }],
  ])("counts %s", (_, verdicts, expected) => {
    expect(lastMinute(verdicts).minute).toMatchObject(expected);
  });

  it("has a bar for each of 60 minutes and 48 half hours, the last of which are not over", () => {
    const { minute, halfHour, before } = lastMinute([verdict("zone-1", "ok")]);
    const { hour, day } = availabilityOf([], "bank", nowMs);
    expect([hour.length, day.length]).toEqual([60, 48]);
    expect(hour.at(-1)).toMatchObject({ fromMs: nowMs - 30_000, toMs: nowMs + 30_000, asked: 0 });
    expect(minute?.toMs).toBe(hour.at(-1)?.fromMs);
    // 14:29 is of the half hour from 14:00 on.
    expect([halfHour?.asked, before?.asked]).toEqual([0, 1]);
  });

  it("begins with the first egress: before, the pool had no functions", () => {
    const round = (minutesAgo: number, kind: string) => {
      return { pool: "payments", atMs: nowMs - minutesAgo * minuteMs, verdicts: [verdict("zone-1", kind)] };
    };
    const asked = (...rounds: readonly Round[]) =>
      availabilityOf(countRounds(rounds), "bank", nowMs).hour.reduce((sum, bar) => sum + bar.asked, 0);
    expect(asked(round(9, "no-egress"))).toBe(0);
    expect(asked(round(9, "no-egress"), round(8, "ok"), round(7, "no-egress"))).toBe(2);
  });
});
