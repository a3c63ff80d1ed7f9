/** Plays a situation to the comparison and to the rule before it, minute by minute, from one seed. */
import { compareRound, nothingCompared, poolItself } from "../../../src/probing/comparison.ts";
import type { Reading, Vantage } from "../../../src/probing/confirm.ts";
import { suspected } from "../../../src/probing/suspicion.ts";
import { judge } from "../../../src/probing/verdict.ts";
import { allVantages, type Situation, startMinute, type VantageId } from "../../../testing/partners/situation.ts";
import { OldRule } from "./old-rule.ts";

export const addresses = { a: "198.51.100.1", b: "198.51.100.2", scout: "198.51.100.3", shared: "192.0.2.9" } as const;

export interface Played {
  /** Rounds from the start of a difference until the address of zone `a` was marked; undefined: never. */
  readonly found: number | undefined;
  readonly foundBefore: number | undefined;
  /** Marks of any address: an address counts again once it has been unmarked. */
  readonly marks: number;
  readonly marksBefore: number;
  /** Rounds until the pool itself counted as refused. */
  readonly poolFound: number | undefined;
}

/** The canary's execution environment lives for hours; here it forgets everything so often. */
const coldStartMinutes = 360;
const minuteMs = 60_000;

export function play(
  { ask, vantages = allVantages, minutes = 720 }: Situation,
  fromMinute = startMinute,
  seed = 20_261,
): Played {
  const random = mulberry32(seed);
  let state = nothingCompared;
  let old = new OldRule();
  const marks = new Marks();
  const marksBefore = new Marks();
  let poolFound: number | undefined;
  for (let minute = 0; minute < minutes; minute++) {
    if (minute > 0 && minute % coldStartMinutes === 0) {
      state = nothingCompared;
      old = new OldRule();
    }
    const readings = vantages.map((id) => readingOf(id, ask({ from: id, minute, chance: random() })));
    state = compareRound(state, readings, minute * minuteMs).comparison;
    const isMarked = (ip: string) => suspected(state.addresses, ip).length > 0;
    marks.note(minute, Object.values(addresses).filter(isMarked));
    marksBefore.note(minute, old.note(readings));
    if (suspected(state.pool, poolItself).length > 0) poolFound ??= minute - fromMinute + 1;
  }
  const found = ({ firstMinute }: Marks) => {
    const first = firstMinute.get(addresses.a);
    return first === undefined ? undefined : first - fromMinute + 1;
  };
  return {
    found: found(marks),
    foundBefore: found(marksBefore),
    marks: marks.count,
    marksBefore: marksBefore.count,
    poolFound,
  };
}

class Marks {
  readonly firstMinute = new Map<string, number>();
  count = 0;
  #now: ReadonlySet<string> = new Set();

  note(minute: number, marked: readonly string[]): void {
    for (const ip of new Set(marked)) {
      if (!this.#now.has(ip)) this.count++;
      if (!this.firstMinute.has(ip)) this.firstMinute.set(ip, minute);
    }
    this.#now = new Set(marked);
  }
}

function readingOf(id: VantageId, given: ReturnType<Situation["ask"]>): Reading {
  const { answer, partnerIp, host, withoutEcho, address } = "kind" in given ? { answer: given } : given;
  const kind = id === "a" || id === "b" ? "serving" : id;
  const vantage: Vantage = { id, kind, address: withoutEcho ? undefined : addresses[address ?? id] };
  const own = { ...(partnerIp ? { partnerIp } : {}), ...(host ? { host } : {}) };
  return { vantage, target: "partner", verdict: judge(answer), answer, ...own };
}

/** A small seeded generator, so that each run gives the same figures. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
