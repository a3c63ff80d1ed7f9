/** How available each partner was, counted from the rounds that the canary has logged. Pure. */
import { isKeptOut, type Round } from "../support/canary-log.ts";
import type { BarView, PartnerAvailability } from "./model.ts";

/** What one minute's probes of one partner got. */
export interface Count {
  readonly pool: string;
  readonly partner: string;
  readonly minuteMs: number;
  readonly asked: number;
  readonly accepted: number;
  readonly cutOff: number;
}

const minuteMs = 60_000;
const hour = { barMs: minuteMs, bars: 60 };
const day = { barMs: 30 * minuteMs, bars: 48 };

/** How far back the bars reach. */
export const availabilityMs = day.barMs * day.bars;

export function minuteOf(atMs: number): number {
  return Math.floor(atMs / minuteMs) * minuteMs;
}

/**
 * Counts the rounds by the minute. What a vantage of the pool got counts. A zone without functions has no egress and needs
 * none, so a vantage without egress counts only where no vantage of the round has any.
 */
export function countRounds(rounds: readonly Round[]): Count[] {
  const counts = new Map<string, Count>();
  for (const { pool, atMs, verdicts } of rounds) {
    const own = verdicts.filter(({ vantage }) => vantage !== "shared" && vantage !== "scout");
    const leaving = own.filter(({ verdict }) => verdict !== "no-egress");
    const minuteMs = minuteOf(atMs);
    for (const verdict of leaving.length > 0 ? leaving : own) {
      const partner = verdict.target;
      const key = JSON.stringify([pool, partner, minuteMs]);
      const { asked, accepted, cutOff } = counts.get(key) ?? { asked: 0, accepted: 0, cutOff: 0 };
      counts.set(key, {
        ...{ pool, partner, minuteMs, asked: asked + 1 },
        accepted: accepted + (isAccepted(verdict) ? 1 : 0),
        cutOff: cutOff + (verdict.verdict === "no-egress" ? 1 : 0),
      });
    }
  }
  return [...counts.values()];
}

/** An application's own 401 or 403 is an answer of the partner: it has let the address in. */
function isAccepted(verdict: Round["verdicts"][number]): boolean {
  return (verdict.verdict === "ok" || verdict.verdict === "unauthorized") && !isKeptOut(verdict);
}

/** Returns a partner's bars. What was logged before any vantage had egress is of a pool that had no functions yet. */
export function availabilityOf(counts: readonly Count[], name: string, nowMs: number): PartnerAvailability {
  const own = counts.filter(({ partner }) => partner === name);
  const firstMs = Math.min(...own.filter(({ asked, cutOff }) => cutOff < asked).map(({ minuteMs }) => minuteMs));
  const since = own.filter(({ minuteMs }) => minuteMs >= firstMs);
  return { name, hour: barsOf(since, hour, nowMs), day: barsOf(since, day, nowMs) };
}

/** The last bar is the one that the present is in. */
function barsOf(counts: readonly Count[], { barMs, bars }: typeof hour, nowMs: number): BarView[] {
  const endMs = Math.floor(nowMs / barMs) * barMs + barMs;
  return Array.from({ length: bars }, (_, index) => {
    const fromMs = endMs - (bars - index) * barMs;
    const within = counts.filter((it) => it.minuteMs >= fromMs && it.minuteMs < fromMs + barMs);
    const sum = (part: "asked" | "accepted" | "cutOff") => within.reduce((total, count) => total + count[part], 0);
    return { fromMs, toMs: fromMs + barMs, asked: sum("asked"), accepted: sum("accepted"), cutOff: sum("cutOff") };
  });
}
