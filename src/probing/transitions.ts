/** When something counts as changed: in M of the last N rounds, so that one odd answer changes nothing. Pure. */

/**
 * Rounds that must agree before an address, a target or a vantage counts as changed. More than half of the remembered
 * ones, so that two opposite findings can never both hold (decision 0007).
 */
export const agreement = { atLeast: 3, of: 5 } as const;

/** What the last rounds said of each thing: bad, good, or (undefined) nothing. The newest last. */
export type Histories = ReadonlyMap<string, readonly (boolean | undefined)[]>;

/** Returns the histories with one more round. A thing of which the last rounds said nothing is forgotten. */
export function remember(histories: Histories, evidence: ReadonlyMap<string, boolean>): Histories {
  const next = new Map<string, readonly (boolean | undefined)[]>();
  for (const key of new Set([...histories.keys(), ...evidence.keys()])) {
    const recent = [...(histories.get(key) ?? []), evidence.get(key)].slice(-agreement.of);
    if (recent.some((it) => it !== undefined)) next.set(key, recent);
  }
  return next;
}

/** Returns whether a thing is bad now, or undefined until enough rounds agree. */
export function agreed(histories: Histories, key: string): boolean | undefined {
  const recent = histories.get(key) ?? [];
  return [true, false].find((bad) => recent.filter((it) => it === bad).length >= agreement.atLeast);
}

/** Until enough rounds agree a thing stays what it was: silence and doubt change nothing. */
export function isBad(histories: Histories, key: string, was: boolean): boolean {
  return agreed(histories, key) ?? was;
}
