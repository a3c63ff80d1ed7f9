/** Success is observed, never assumed: what AWS accepted to attach must show in the pool's network. Pure. */
import type { Observed } from "./model.ts";

/** Returns the names of the functions that an earlier pass attached and that are shown outside every network. */
export function unverifiedOf({ functions }: Observed, accepted: readonly string[]): string[] {
  return functions
    .filter(({ network, functionName }) => network === "none" && accepted.includes(functionName))
    .map(({ functionName }) => functionName);
}
