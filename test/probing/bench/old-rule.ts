/** The rule before the comparison: a known refusal here and acceptance elsewhere, in three of the last five rounds. */
import type { Reading } from "../../../src/probing/confirm.ts";

const agreement = { atLeast: 3, of: 5 };
const neverCurable = ["rate", "client", "legal"];
const wide = ["network", "country", "challenge"];

/** Returns, round by round, which addresses the old rule would have marked by then. */
export class OldRule {
  readonly #rounds = new Map<string, (boolean | undefined)[]>();

  note(readings: readonly Reading[]): readonly string[] {
    const seen = new Map<string, boolean>();
    for (const reading of readings) {
      const { vantage, target } = reading;
      if (vantage.kind === "shared" || !vantage.address) continue;
      const others = readings.filter((it) => it.target === target && it.vantage.id !== vantage.id);
      const said = isBlocked(reading, others) ? true : isAccepted(reading) ? false : undefined;
      if (said !== undefined) seen.set(`${vantage.address} ${target}`, said);
    }
    for (const key of new Set([...this.#rounds.keys(), ...seen.keys()])) {
      this.#rounds.set(key, [...(this.#rounds.get(key) ?? []), seen.get(key)].slice(-agreement.of));
    }
    const bad = [...this.#rounds].filter(([, all]) => all.filter((it) => it === true).length >= agreement.atLeast);
    return bad.map(([key]) => key.split(" ")[0] ?? "");
  }
}

function isBlocked({ verdict, vantage }: Reading, others: readonly Reading[]): boolean {
  if (verdict.kind !== "blocked" || neverCurable.includes(verdict.scope)) return false;
  if (others.some((it) => isAccepted(it) && it.vantage.address === vantage.address)) return false;
  return others.some((it) => {
    if (it.vantage.kind === "shared") return it.verdict.kind === "ok" && !wide.includes(verdict.scope);
    return it.vantage.address !== undefined && isAccepted(it);
  });
}

const isAccepted = ({ verdict: { kind } }: Reading): boolean => kind === "ok" || kind === "unauthorized";
