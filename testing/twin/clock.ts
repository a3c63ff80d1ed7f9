/**
 * A virtual clock: time passes only when nothing else can happen.
 *
 * All code that runs in the twin waits through `sleep`, so that a simulated day takes milliseconds and two runs
 * with the same seed do the same things in the same order. Timers due at the same instant fire in the order in
 * which they were set.
 */
export interface Timer {
  readonly atMs: number;
  cancel(): void;
}

/**
 * A timer set for longer than this stands for something that will happen; a shorter one for work that is under way: an
 * invocation of Holdfast lasts 90 s at most, and what it leaves in a queue comes back after 95 s.
 */
const underWayMs = 100_000;

class Entry implements Timer {
  cancelled = false;

  constructor(
    public atMs: number,
    readonly sequence: number,
    readonly fire: () => void,
    /** It comes again and again, or is part of what does. */
    readonly regular: boolean,
  ) {}

  cancel(): void {
    this.cancelled = true;
  }
}

/**
 * Calls back when every promise that can go on without time passing has gone on. `setImmediate` waits for a turn of the
 * event loop, so for the machine too: HTTP, files. Where nothing waits for it, `process.nextTick` is enough and cheaper.
 */
export type Settle = (goOn: () => void) => void;

export class VirtualClock {
  #nowMs: number;
  #sequence = 0;
  #lastEventMs = Number.NEGATIVE_INFINITY;
  readonly #heap: Entry[] = [];
  readonly #settle: Settle;

  constructor(startMs: number = Date.UTC(2026, 0, 1), settle: Settle = setImmediate) {
    this.#nowMs = startMs;
    this.#settle = settle;
  }

  /** Milliseconds since the epoch, virtual. An arrow, so that it can be handed on as a function. */
  readonly now = (): number => this.#nowMs;

  /** Resolves after `ms` of virtual time. An arrow, so that it can be handed on as a function. */
  readonly sleep = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      this.after(ms, resolve);
    });

  /** Runs `fire` after `ms` of virtual time (never at once: 0 means "after what is already due now"). */
  after(ms: number, fire: () => void): Timer {
    return this.#add(ms, fire, ms <= underWayMs);
  }

  #add(ms: number, fire: () => void, regular: boolean): Timer {
    const entry = new Entry(this.#nowMs + Math.max(0, ms), this.#sequence++, fire, regular);
    push(this.#heap, entry);
    return entry;
  }

  /** Runs `fire` every `ms`, first after `firstMs`, until cancelled. */
  every(ms: number, fire: () => void, firstMs: number = ms): Timer {
    let current: Timer;
    const tick = () => {
      current = this.#add(ms, tick, true);
      fire();
    };
    current = this.#add(firstMs, tick, true);
    return {
      get atMs() {
        return current.atMs;
      },
      cancel: () => current.cancel(),
    };
  }

  /** Lets time pass until `ms` from now. */
  async advance(ms: number): Promise<void> {
    await this.runUntil(() => false, ms);
  }

  /**
   * Lets time pass until `done()` holds or `limitMs` have gone by.
   * Returns whether `done()` held.
   */
  async runUntil(done: () => boolean, limitMs: number): Promise<boolean> {
    const deadlineMs = this.#nowMs + limitMs;
    for (;;) {
      await new Promise<void>((goOn) => this.#settle(goOn));
      if (done()) return true;
      const next = this.#next();
      if (!next || next.atMs > deadlineMs) {
        this.#nowMs = deadlineMs;
        return false;
      }
      pop(this.#heap);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      if (!next.regular) this.#lastEventMs = this.#nowMs;
      next.fire();
    }
  }

  /** Awaits a promise while letting time pass; fails when it is still pending after `limitMs`. */
  async run<T>(promise: Promise<T>, limitMs = 24 * 3_600_000): Promise<T> {
    let finished = false;
    const end = () => {
      finished = true;
    };
    promise.then(end, end);
    if (!(await this.runUntil(() => finished, limitMs))) {
      throw new Error(`still pending after ${limitMs} ms of virtual time`);
    }
    return promise;
  }

  /** When the last timer fired that was set for something that happens once, and not soon. */
  get lastEventMs(): number {
    return this.#lastEventMs;
  }

  /** When the next such timer is due; infinite: there is none. */
  nextEventMs(): number {
    return Math.min(...this.#heap.filter((it) => !it.cancelled && !it.regular).map(({ atMs }) => atMs));
  }

  /**
   * Goes on `ms` later, as if what happens regularly had happened in between: regular timers and those of work under
   * way move along; all others stay where they are, and none of these may be due before.
   */
  leap(ms: number): void {
    const entries = this.#heap.splice(0).filter(({ cancelled }) => !cancelled);
    for (const it of entries) if (it.regular) it.atMs += ms;
    this.#nowMs += ms;
    for (const it of entries) push(this.#heap, it);
  }

  #next(): Entry | undefined {
    while (this.#heap[0]?.cancelled) pop(this.#heap);
    return this.#heap[0];
  }
}

function before(a: Entry, b: Entry): boolean {
  return a.atMs !== b.atMs ? a.atMs < b.atMs : a.sequence < b.sequence;
}

function push(heap: Entry[], entry: Entry): void {
  let index = heap.push(entry) - 1;
  while (index > 0) {
    const parent = (index - 1) >> 1;
    const above = heap[parent] as Entry;
    if (before(above, entry)) break;
    heap[index] = above;
    index = parent;
  }
  heap[index] = entry;
}

function pop(heap: Entry[]): Entry | undefined {
  const top = heap[0];
  const last = heap.pop();
  if (top === undefined || last === undefined || heap.length === 0) return top;
  let index = 0;
  for (;;) {
    let child = 2 * index + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && before(heap[child + 1] as Entry, heap[child] as Entry)) child++;
    const below = heap[child] as Entry;
    if (before(last, below)) break;
    heap[index] = below;
    index = child;
  }
  heap[index] = last;
  return top;
}
