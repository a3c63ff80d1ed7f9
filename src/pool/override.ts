/** What the operator wants of a pool, read from the `holdfast:override` tags of its addresses (decision 0008). */

const known = ["direct", "fallback", "paused"] as const;

export type Override =
  | { readonly kind: "none" }
  | { readonly kind: (typeof known)[number] }
  /** A value that is none of these, or addresses that contradict each other: nothing is changed until it is corrected. */
  | { readonly kind: "unknown"; readonly text: string };

/** What to do about an override of kind `unknown`. */
export const overrideRemediation =
  "set holdfast:override to direct, fallback or paused, the same on every address of the pool, or remove it";

/**
 * Returns the override that the tags ask for. One tagged address is enough; `paused` on any of them wins, since it only forbids.
 *
 * @param values of the tag on each of the pool's addresses, undefined where it is absent
 */
export function readOverride(values: readonly (string | undefined)[]): Override {
  const said = [...new Set(values.filter((value) => value !== undefined && value !== ""))].sort();
  if (said.includes("paused")) return { kind: "paused" };
  const found = known.find((value) => value === said[0]);
  if (said.length === 0) return { kind: "none" };
  return found && said.length === 1 ? { kind: found } : { kind: "unknown", text: said.join(", ") };
}
