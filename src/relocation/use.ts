/** The `holdfast:use` tag: `<state> <subnet> <since>`, written at each transition and overwritten by the next. */
import type { SubnetId } from "../aws/identifiers.ts";
import type { Use } from "./model.ts";

const states: readonly Use["state"][] = ["serving", "draining", "scouting"];

export function formatUse(use: Use): string {
  return `${use.state} ${use.subnetId} ${new Date(use.sinceMs).toISOString()}`;
}

/** Reads the tag; anything that is not of its form, such as a hand-made edit, counts as absent. */
export function parseUse(text: string | undefined): Use | undefined {
  const [state, subnetId, since] = text?.split(" ") ?? [];
  const sinceMs = Date.parse(since ?? "");
  const known = states.find((it) => it === state);
  if (!known || !subnetId || Number.isNaN(sinceMs)) return undefined;
  return { state: known, subnetId: subnetId as SubnetId, sinceMs };
}
