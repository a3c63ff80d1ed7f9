/** How a pool is, in one word: the same in `holdfast status`, on the console and on the dashboard. Pure. */

/** From the worst on. What may be broken and cannot be seen comes before what is known to be half right. */
export const headlines = ["DOWN", "UNKNOWN", "DEGRADED", "OK"] as const;

export type Headline = (typeof headlines)[number];

/** What each word says. */
export const headlineMeanings: Readonly<Record<Headline, string>> = {
  DOWN: "a function cannot reach a partner, or anything at all",
  UNKNOWN: "nothing recent says whether partners answer",
  DEGRADED: "functions reach their partners, at least with part of their calls, and something needs a person",
  OK: "functions reach their partners, and nothing needs a person",
};

/** Returns the worst of the headlines; of none, that nothing is known. */
export function worstOf(list: readonly Headline[]): Headline {
  return headlines.find((it) => list.includes(it)) ?? "UNKNOWN";
}
