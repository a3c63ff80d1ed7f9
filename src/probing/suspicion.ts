/**
 * How much speaks for it that a partner treats one address worse than others: a cumulative sum of log-likelihood
 * ratios (CUSUM; E. S. Page, Continuous inspection schemes, Biometrika 1954) over the rounds of the last hour. Pure.
 *
 * ```
 * a round in which this address                     | adds                        at a slip rate of 2 %, 10 %, 30 %
 * ------------------------------------------------- | --------------------------------------------------------
 * was treated worse than another address of ours    | ln(refused / slip)             3.8    2.2    1.1
 * was accepted                                      | ln((1 - refused) / (1 - slip)) -2.3   -2.2   -1.9
 * neither (no answer, no witness, load)             | nothing
 * ```
 *
 * The sum is taken from each moment at which the difference may have begun until now, and the largest counts; after three
 * rounds in a row that accept the address, what was before has ended. What has lasted for less than `leastMs` does not count
 * yet, however many rounds saw it: a partner's hiccup is no block, nor are two of them around minutes without a round. The slip rate is how often the partner refuses at
 * random: what happened to the other addresses within the hour or since that moment, to the shared pool likewise, or to
 * this one before it, whichever is most. A refusal of another address counts as a slip once that address has been accepted
 * again, and so does one of the shared pool: a partner that has a list of ours alone never accepts that one.
 *
 * A partner with several machines may treat an address worse at one of them alone, which the others' acceptance would
 * outweigh. So the same is reckoned of each of the partner's addresses by itself, and the largest counts: a backend that
 * is sick for everybody is no evidence, since the witnesses are those at that very address.
 */

/**
 * `threshold` from `refused` and the least slip rate: five rounds of a partner that has not slipped, six to eight where
 * the canary has just started. At the threshold a
 * partner that slips at the assumed rate is taken for a block in about one of e^16 = 9 million rounds.
 */
export const suspicion = {
  threshold: 16,
  /** How often a partner refuses an address that it blocks: some of its edges may not know yet. Assumed. */
  refused: 0.9,
  /** Fewer slips are never assumed, whatever was seen. */
  leastSlip: 0.02,
  /** What is assumed before any round was seen, and how many rounds that assumption weighs. */
  assumedSlip: 0.1,
  assumedRounds: 12,
  /** Accepted rounds in a row after which a difference has ended. */
  ended: 3,
  /** Longer than a minute's hiccup, at six rounds a minute too. */
  leastMs: 90_000,
  /** No more of the time between two rounds counts towards it: what nobody saw may have been fine. */
  mostGapMs: 25_000,
  windowMs: 3_600_000,
} as const;

/** The shared pool's rounds are kept under this name: of what happened to it follows how often the partner slips. */
export const sharedPool = "shared";

export interface Compared {
  readonly atMs: number;
  /** Treated worse than a witness; else accepted. */
  readonly worse: boolean;
  /** The partner's address that was asked, where all vantages that leave with this address asked the same one. */
  readonly partnerIp: string | undefined;
}

/** The last hour's rounds, the newest last, by what was treated, and by target. */
export type Records = ReadonlyMap<string, ReadonlyMap<string, readonly Compared[]>>;

/** One round's result about one address (or about the whole pool) at one target. */
export interface Result {
  readonly about: string;
  readonly target: string;
  readonly worse: boolean;
  readonly partnerIp?: string | undefined;
}

/** Returns the records with one more round, without what is older than the window. */
export function record(records: Records, results: readonly Result[], nowMs: number): Records {
  const next = new Map<string, Map<string, readonly Compared[]>>();
  for (const [target, byAbout] of records) {
    const kept = [...byAbout].map(([about, rounds]) => [about, recent(rounds, nowMs)] as const);
    next.set(target, new Map(kept.filter(([, rounds]) => rounds.length > 0)));
  }
  for (const { about, target, worse, partnerIp } of results) {
    const byAbout = next.get(target) ?? new Map<string, readonly Compared[]>();
    next.set(target, byAbout.set(about, [...(byAbout.get(about) ?? []), { atMs: nowMs, worse, partnerIp }]));
  }
  return next;
}

/**
 * Returns the records without an address, whose next state must follow from later rounds alone. Of one that is blocked
 * the last refusals stay of each machine that refuses it steadily: where most machines accept it, they alone keep it from
 * being taken for clean.
 */
export function forget(records: Records, about: string, isBlocked: boolean): Records {
  return new Map(
    [...records].map(([target, byAbout]) => {
      const kept = isBlocked ? lastRefusals(byAbout.get(about) ?? []) : [];
      const others = [...byAbout].filter(([key]) => key !== about);
      return [target, new Map(kept.length > 0 ? [...others, [about, kept] as const] : others)] as const;
    }),
  );
}

/** Returns for each machine of the partner that refused this address in its last rounds two of these refusals. */
function lastRefusals(rounds: readonly Compared[]): readonly Compared[] {
  const machines = new Set(rounds.flatMap(({ partnerIp }) => partnerIp ?? []));
  return [...machines].flatMap((machine) => {
    const last = rounds.filter(({ partnerIp }) => partnerIp === machine).slice(-2);
    return last.length === 2 && last.every(({ worse }) => worse) ? last : [];
  });
}

/** Returns whether a machine of a partner refused this address in its last rounds, within an hour. */
export function isRefusedByOne(records: Records, about: string): boolean {
  return [...records.values()].some((byAbout) => lastRefusals(byAbout.get(about) ?? []).length > 0);
}

/** Returns at which targets there is enough evidence against it. */
export function suspected(records: Records, about: string): string[] {
  return [...records.keys()].filter((target) => evidenceAgainst(records, about, target) >= suspicion.threshold);
}

/** Returns the evidence that this target treats this address worse than others. */
export function evidenceAgainst(records: Records, about: string, target: string): number {
  const byAbout = records.get(target) ?? new Map<string, readonly Compared[]>();
  const refusing = new Set((byAbout.get(about) ?? []).flatMap(({ worse, partnerIp }) => (worse && partnerIp) || []));
  const ofMachines = [...refusing].map((machine) =>
    evidenceIn(
      new Map([...byAbout].map(([key, rounds]) => [key, rounds.filter(({ partnerIp }) => partnerIp === machine)])),
      about,
    ),
  );
  return Math.max(evidenceIn(byAbout, about), ...ofMachines);
}

function evidenceIn(byAbout: ReadonlyMap<string, readonly Compared[]>, about: string): number {
  const rounds = byAbout.get(about) ?? [];
  const others = ended([...byAbout].flatMap(([other, its]) => (other === about || other === sharedPool ? [] : [its])));
  const shared = ended([byAbout.get(sharedPool) ?? []]);
  const [ofOthers, ofShared] = [tally(others), tally(shared)];
  const total = tally(rounds);
  const sinceRound = lastEnd(rounds);
  const watchedMs = watched(rounds);
  const lastedMs = watchedMs[rounds.findLastIndex(({ worse }) => worse)] ?? 0;
  let before = { slips: 0, rounds: 0 };
  let most = 0;
  for (const [index, { atMs, worse }] of rounds.entries()) {
    // The largest sum begins with a refusal.
    const slip = worse
      ? Math.max(
          slipBefore(before, ofOthers),
          slipSince(others, atMs),
          ...(ofShared.slips > 0 ? [slipRate(ofShared), slipSince(shared, atMs)] : []),
        )
      : 1;
    const refusals = total.slips - before.slips;
    const accepted = total.rounds - before.rounds - refusals;
    const { refused } = suspicion;
    const sum = refusals * Math.log(refused / slip) + accepted * Math.log((1 - refused) / (1 - slip));
    const counts =
      before.rounds >= sinceRound && lastedMs - (watchedMs[index] ?? 0) >= suspicion.leastMs && slip < refused;
    if (counts) most = Math.max(most, sum);
    before = { slips: before.slips + (worse ? 1 : 0), rounds: before.rounds + 1 };
  }
  return most;
}

/** Returns for each round how much time had been watched before it. */
function watched(rounds: readonly Compared[]): readonly number[] {
  let sum = 0;
  return rounds.map(({ atMs }, index) => {
    sum += Math.min(atMs - (rounds[index - 1]?.atMs ?? atMs), suspicion.mostGapMs);
    return sum;
  });
}

/** Returns after how many of the rounds the last difference had ended. */
function lastEnd(rounds: readonly Compared[]): number {
  let accepted = 0;
  let end = 0;
  rounds.forEach(({ worse }, index) => {
    accepted = worse ? 0 : accepted + 1;
    if (accepted >= suspicion.ended) end = index + 1;
  });
  return end;
}

interface Tally {
  readonly slips: number;
  readonly rounds: number;
}

function tally(rounds: readonly Compared[]): Tally {
  return { slips: rounds.filter(({ worse }) => worse).length, rounds: rounds.length };
}

/** What happened to others until each was accepted last: what has not ended yet may be a block. */
function ended(others: readonly (readonly Compared[])[]): Compared[] {
  return others.flatMap((rounds) => rounds.slice(0, rounds.findLastIndex(({ worse }) => !worse) + 1));
}

/** A partner that refuses at random for a while does so to the others as well, however quiet the hour before was. */
function slipSince(others: readonly Compared[], sinceMs: number): number {
  const { slips, rounds } = tally(others.filter(({ atMs }) => atMs >= sinceMs));
  return (slips + Math.sqrt(slips)) / (rounds + suspicion.assumedRounds / 2);
}

/** What this address has seen tells of the partner where it slipped, or where there is no other. */
function slipBefore(before: Tally, others: Tally): number {
  if (others.rounds === 0) return slipRate(before);
  return before.slips > 0 ? Math.max(slipRate(others), slipRate(before)) : slipRate(others);
}

/** The observed rate, held up by the assumption, and one standard deviation above: few rounds do not show a rate well. */
function slipRate({ slips, rounds }: Tally): number {
  const { leastSlip, assumedSlip, assumedRounds } = suspicion;
  return Math.max(leastSlip, (slips + Math.sqrt(slips) + assumedSlip * assumedRounds) / (rounds + assumedRounds));
}

function recent(rounds: readonly Compared[], nowMs: number): readonly Compared[] {
  const first = rounds.findIndex(({ atMs }) => nowMs - atMs < suspicion.windowMs);
  return first < 0 ? [] : first === 0 ? rounds : rounds.slice(first);
}
