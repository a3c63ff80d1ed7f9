/** How fast the region's time passes by itself: slowly while there is something new to read or to see, and fast while all wait. */

/** Virtual seconds per second. */
const slow = 6;
const fast = 120;
/** Real time that a look at the picture takes, and what each character that is read adds; together at most so much. Assumed. */
const lookMs = 1_200;
const characterMs = 28;
const longestMs = 8_000;

export interface Pace {
  /** There is a text to read. */
  show(text: string, nowMs: number): void;
  /** Virtual seconds per second at this moment. */
  at(nowMs: number): number;
}

export function createPace(): Pace {
  let readUntilMs = 0;
  return {
    show(text, nowMs) {
      const needs = lookMs + text.length * characterMs;
      readUntilMs = Math.min(nowMs + longestMs, Math.max(nowMs, readUntilMs) + needs);
    },
    at: (nowMs) => (nowMs < readUntilMs ? slow : fast),
  };
}
