/** From when on to look: so long ago, or a moment in UTC. Pure. */
export type Since = { readonly agoMs: number } | { readonly atMs: number };

const hourMs = 3_600_000;
const unitMs: Readonly<Record<string, number>> = { h: hourMs, d: 24 * hourMs };

/** Returns what `36h`, `7d`, `2026-11-27` or `2026-11-27T08:00Z` means; undefined for anything else. */
export function parseSince(text: string): Since | undefined {
  const [, count, unit] = /^([1-9]\d{0,4})([hd])$/.exec(text) ?? [];
  if (count && unit) return { agoMs: Number(count) * (unitMs[unit] ?? 0) };
  const [, date, time = "T00:00"] = /^(\d{4}-\d\d-\d\d)(T\d\d:\d\d(?::\d\d)?)?Z?$/.exec(text) ?? [];
  const atMs = Date.parse(`${date}${time}Z`);
  return Number.isNaN(atMs) ? undefined : { atMs };
}
