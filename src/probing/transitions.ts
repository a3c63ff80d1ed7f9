/** When something counts as changed: in M of the last N rounds, so that one odd answer changes nothing. Pure. */

/** `atLeast` is more than half of `of`, so that two opposite findings can never both hold. */
export interface Threshold {
  readonly atLeast: number;
  readonly of: number;
}

/** What the last rounds said of each thing: bad, good, or (undefined) nothing. The newest last. */
export type Histories = ReadonlyMap<string, readonly (boolean | undefined)[]>;

/** The histories with one more round. A thing of which the last rounds said nothing is forgotten. */
export function remember(histories: Histories, evidence: ReadonlyMap<string, boolean>, of: number): Histories {
  const next = new Map<string, readonly (boolean | undefined)[]>();
  for (const key of new Set([...histories.keys(), ...evidence.keys()])) {
    const recent = [...(histories.get(key) ?? []), evidence.get(key)].slice(-of);
    if (recent.some((it) => it !== undefined)) next.set(key, recent);
  }
  return next;
}

/** Whether a thing is bad now, or undefined until enough rounds agree. */
export function agreed(histories: Histories, key: string, { atLeast }: Threshold): boolean | undefined {
  const recent = histories.get(key) ?? [];
  return [true, false].find((bad) => recent.filter((it) => it === bad).length >= atLeast);
}

/** Until enough rounds agree a thing stays what it was: silence and doubt change nothing. */
export function isBad(histories: Histories, key: string, was: boolean, threshold: Threshold): boolean {
  return agreed(histories, key, threshold) ?? was;
}
