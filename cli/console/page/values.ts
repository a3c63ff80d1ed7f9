/** Values of charts in words. Pure. */
import type { SeriesView, StateView } from "../model.ts";

export function shown(value: number | null | undefined, unit: SeriesView["unit"]): string {
  if (value === undefined || value === null) return "–";
  if (unit === "%") return `${round(value * 100, 1)} %`;
  if (unit === "USD") return `$${value.toFixed(2)}`;
  return unit === "" ? String(round(value, 2)) : `${round(value, 1)} ${unit}`;
}

function round(value: number, digits: number): number {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}

/** Returns the least and the greatest, such as `0–3`. */
export function rangeOf({ values, unit }: Pick<SeriesView, "values" | "unit">): string {
  if (values.length === 0) return "";
  const least = shown(Math.min(...values), unit);
  const greatest = shown(Math.max(...values), unit);
  return least === greatest ? least : `${least} to ${greatest}`;
}

export function stateAt(states: readonly StateView[], value: number): StateView | undefined {
  return states.findLast(({ from }) => value >= from);
}

/** A time in which a state lasted. */
export interface Run {
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly state: StateView;
}

const minuteSeconds = 60;

/** Returns the stretches of equal state. Each value holds for its minute; between minutes without one there is a gap. */
export function runsOf({ seconds, values, states }: SeriesView): Run[] {
  const runs: Run[] = [];
  for (const [index, fromSeconds] of seconds.entries()) {
    const state = stateAt(states, values[index] ?? 0);
    const before = runs.at(-1);
    if (!state) continue;
    const toSeconds = fromSeconds + minuteSeconds;
    if (before && before.state === state && fromSeconds <= before.toSeconds) {
      runs[runs.length - 1] = { ...before, toSeconds };
    } else runs.push({ fromSeconds, toSeconds, state });
  }
  return runs;
}
