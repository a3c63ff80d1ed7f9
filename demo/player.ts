/** Lets virtual time pass while the real clock runs, until a condition holds. */
import type { VirtualClock } from "../testing/twin/clock.ts";

export interface Player {
  /** Waits until the condition holds or this much virtual time has passed; returns whether it held. */
  pass(isDone: () => boolean, limitMs: number): Promise<boolean>;
  /** Stops for good. Pending calls of `pass` never resolve. */
  stop(): void;
}

/** Between two steps; short, so that the page moves evenly. */
const stepMs = 40;
/** The demo does not catch up after a long step: it runs slower, and never stalls. */
const longestStepMs = 100;

interface Wait {
  readonly isDone: () => boolean;
  readonly untilMs: number;
  readonly resolve: (held: boolean) => void;
}

/** @param speedOf returns the virtual seconds per second; 0: paused */
export function startPlayer(clock: VirtualClock, speedOf: () => number): Player {
  let waits: Wait[] = [];
  let lastMs = performance.now();
  let stopped = false;

  async function step(): Promise<void> {
    const nowMs = performance.now();
    const elapsedMs = Math.min(longestStepMs, nowMs - lastMs);
    lastMs = nowMs;
    const speed = speedOf();
    if (speed > 0) await clock.advance(elapsedMs * speed);
    if (stopped) return;
    const ended = waits.filter(({ isDone, untilMs }) => clock.now() >= untilMs || isDone());
    waits = waits.filter((wait) => !ended.includes(wait));
    for (const { isDone, resolve } of ended) resolve(isDone());
    setTimeout(step, stepMs);
  }

  setTimeout(step, stepMs);
  return {
    pass: (isDone, limitMs) =>
      new Promise((resolve) => {
        waits.push({ isDone, untilMs: clock.now() + limitMs, resolve });
      }),
    stop() {
      stopped = true;
    },
  };
}
