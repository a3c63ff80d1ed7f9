/** What all benchmarks share: medians of runs that take turns, so that a busy machine slows all of them alike. */

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** Medians by name, of `rounds` rounds in each of which every measurement is taken once; the first rounds are dropped. */
export async function takeTurns<Name extends string>(
  measure: Readonly<Record<Name, () => number | Promise<number>>>,
  rounds: number,
  warmUpRounds: number,
): Promise<Record<Name, number>> {
  const names = Object.keys(measure) as Name[];
  const taken = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (let round = -warmUpRounds; round < rounds; round++) {
    for (const name of names) {
      const value = await measure[name]();
      if (round >= 0) taken.get(name)?.push(value);
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(taken.get(name) ?? [])])) as Record<Name, number>;
}
