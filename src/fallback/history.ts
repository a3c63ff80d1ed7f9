/** The pool's way between direct and fallback, from what its route tables' tags remember. */
import type { Direction, Flip, RouteTable } from "./model.ts";

const dayMs = 86_400_000;
/** Flips that one tag keeps: its value holds 256 characters (EC2 user guide, "Tag restrictions"), a flip 29 at most. */
const keptFlips = 8;

/** Reads the tag; what is not of its form, such as a hand-made edit, counts as absent. */
export function parseFlips(text: string | undefined): Flip[] {
  return (text ?? "").split(" ").flatMap((part) => {
    const [direction, at] = part.split("@");
    const atMs = Date.parse(at ?? "");
    return (direction === "direct" || direction === "fallback") && !Number.isNaN(atMs) ? [{ direction, atMs }] : [];
  });
}

export function formatFlips(flips: readonly Flip[]): string {
  return flips.map(({ direction, atMs }) => `${direction}@${isoSeconds(atMs)}`).join(" ");
}

function isoSeconds(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** The flips with one more. To the second, as the tag keeps them. */
export function withFlip(flips: readonly Flip[], direction: Direction, nowMs: number): Flip[] {
  return [...flips, { direction, atMs: Math.floor(nowMs / 1000) * 1000 }].slice(-keptFlips);
}

/**
 * When the pool as a whole changed its direction: the tables' flips merged, each that differs from the one before.
 * Tables that enter fallback together are one flip; one table that returns and is put back is two.
 */
export function poolFlips(tables: readonly RouteTable[]): Flip[] {
  return tables
    .flatMap(({ flips }) => flips)
    .sort((a, b) => a.atMs - b.atMs || (a.direction < b.direction ? -1 : 1))
    .filter((flip, index, all) => flip.direction !== (all[index - 1]?.direction ?? "direct"));
}

export function flipsOfTheDay(flips: readonly Flip[], nowMs: number): Flip[] {
  return flips.filter(({ atMs }) => atMs > nowMs - dayMs);
}

/** Returns of the last day after which the pool had to go back into fallback. */
export function failedReturns(flips: readonly Flip[], nowMs: number): number {
  const recent = flipsOfTheDay(flips, nowMs);
  return recent.filter((flip, index) => flip.direction === "fallback" && index > 0).length;
}

/** When any table last went into a direction; undefined when none is known to have. */
export function lastFlipMs(tables: readonly RouteTable[], direction: Direction): number | undefined {
  const times = tables.flatMap(({ flips }) => flips.filter((it) => it.direction === direction).map(({ atMs }) => atMs));
  return times.length > 0 ? Math.max(...times) : undefined;
}

/** Since when the pool has not been wholly direct; undefined when it is, or when no tag says so yet. */
export function activeSinceMs(tables: readonly RouteTable[]): number | undefined {
  const last = tables.filter(({ route }) => route?.kind === "nat").flatMap(({ flips }) => flips.at(-1) ?? []);
  const times = last.filter(({ direction }) => direction === "fallback").map(({ atMs }) => atMs);
  return times.length > 0 ? Math.min(...times) : undefined;
}
