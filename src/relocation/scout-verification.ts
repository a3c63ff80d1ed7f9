/** What the scout's tags say: when an address was last tried out and with what verdict, and how often this month. */

/** The `holdfast:verified` tag, written by the canary: `clean@<time>`, or `blocked@<time> <tries>`. */
export interface Verified {
  readonly blocked: boolean;
  readonly atMs: number;
  /** Trials in a row that found the address blocked; 0 when it is clean, or was marked so that a trial can decide. */
  readonly tries: number;
}

/** The `holdfast:verifications` tag, written by relocation: `<month> <associations with the scout>`. */
export interface Tally {
  readonly month: string;
  readonly count: number;
}

export function formatVerified({ blocked, atMs, tries }: Verified): string {
  const at = new Date(atMs).toISOString();
  return blocked ? `blocked@${at} ${tries}` : `clean@${at}`;
}

/** Reads the tag; anything that is not of its form, such as a hand-made edit, counts as absent. */
export function parseVerified(text: string | undefined): Verified | undefined {
  const [, verdict, at = "", tries = "1"] = /^(clean|blocked)@(\S+)(?: (\d{1,3}))?$/.exec(text ?? "") ?? [];
  const atMs = Date.parse(at);
  if (Number.isNaN(atMs)) return undefined;
  return { blocked: verdict === "blocked", atMs, tries: verdict === "blocked" ? Number(tries) : 0 };
}

export function formatTally({ month, count }: Tally): string {
  return `${month} ${count}`;
}

export function parseTally(text: string | undefined): Tally | undefined {
  const [, month, count] = /^(\d{4}-\d\d) (\d{1,6})$/.exec(text ?? "") ?? [];
  return month === undefined ? undefined : { month, count: Number(count) };
}

/** The month that AWS bills by, in UTC. */
export function monthOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 7);
}

/** The tally with one more association. */
export function counted(tally: Tally | undefined, nowMs: number): Tally {
  const month = monthOf(nowMs);
  return { month, count: tally?.month === month ? tally.count + 1 : 1 };
}
