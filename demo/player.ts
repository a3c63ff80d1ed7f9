/** Lets virtual time pass at a chosen speed while the real clock runs, and tells when a condition holds. */
import type { VirtualClock } from "../testing/twin/clock.ts";

export interface Player {
  /** Virtual seconds per second; 0 stands still. */
  speed: number;
  /** Waits until the condition holds, or as much virtual time has passed; answers whether it held. */
  pass(isDone: () => boolean, limitMs: number): Promise<boolean>;
  /** For ever. What still waits is never answered. */
  stop(): void;
}

/** Between two steps; short, so that what is seen moves evenly. */
const stepMs = 40;
/** A step that took long is not made up for: the demo runs slower, and never stalls. */
const longestStepMs = 100;

interface Wait {
  readonly isDone: () => boolean;
  readonly untilMs: number;
  readonly answer: (held: boolean) => void;
}

export function startPlayer(clock: VirtualClock, speed: number): Player {
  let waits: Wait[] = [];
  let lastMs = performance.now();
  let stopped = false;

  const player: Player = {
    speed,
    pass: (isDone, limitMs) =>
      new Promise((answer) => {
        waits.push({ isDone, untilMs: clock.now() + limitMs, answer });
      }),
    stop() {
      stopped = true;
    },
  };

  async function step(): Promise<void> {
    const nowMs = performance.now();
    const elapsedMs = Math.min(longestStepMs, nowMs - lastMs);
    lastMs = nowMs;
    if (player.speed > 0) await clock.advance(elapsedMs * player.speed);
    if (stopped) return;
    const ended = waits.filter(({ isDone, untilMs }) => clock.now() >= untilMs || isDone());
    waits = waits.filter((wait) => !ended.includes(wait));
    for (const { isDone, answer } of ended) answer(isDone());
    setTimeout(step, stepMs);
  }

  setTimeout(step, stepMs);
  return player;
}
