/** What is asked of the pool: by the operator, by the alarm, or by neither. */
import type { Finding, Wait } from "./actions.ts";
import { lastFlipMs } from "./history.ts";
import type { Observed, Policy } from "./model.ts";

export type Demand =
  /** Nothing may be written: paused, or an override that cannot be understood. */
  | { readonly kind: "nothing" }
  /** Nothing follows from what is seen; what is broken is repaired, what works stays. */
  | { readonly kind: "stay"; readonly waits: readonly Wait[] }
  | { readonly kind: "fallback"; readonly episode: string }
  /** The way back: step by step, or at once when the operator says so. */
  | { readonly kind: "direct"; readonly atOnce: boolean };

/** The override wins over the alarm. */
export function demandOf(observed: Observed, policy: Policy, nowMs: number): Demand {
  const { override, alarm } = observed;
  switch (override.kind) {
    case "paused":
    case "unknown":
      return { kind: "nothing" };
    case "direct":
      return { kind: "direct", atOnce: true };
    case "fallback":
      return { kind: "fallback", episode: episodeName("override", lastFlipMs(observed.routeTables, "direct") ?? 0) };
    case "none":
  }
  if (alarm.state === "unknown") return { kind: "stay", waits: [] };
  if (alarm.state === "quiet") return { kind: "direct", atOnce: false };
  const untilMs = swapUntilMs(observed, alarm.sinceMs, policy);
  const isDirect = observed.routeTables.every(({ route }) => route?.kind !== "nat");
  if (isDirect && nowMs < untilMs) return { kind: "stay", waits: [{ kind: "swap", untilMs }] };
  return { kind: "fallback", episode: episodeName("alarm", alarm.sinceMs) };
}

export function episodeName(cause: "alarm" | "override" | "standby", sinceMs: number): string {
  return `${cause} ${new Date(sinceMs).toISOString()}`;
}

/**
 * Until when a block may be cured by a clean spare: not at all where a blocked address serves and none is left, or where a
 * target keeps out the whole pool.
 */
function swapUntilMs({ egress, poolRefused }: Observed, raisedMs: number, { swapMs }: Policy): number {
  if (poolRefused) return raisedMs;
  const serving = egress.filter(({ servesSubnetId }) => servesSubnetId !== undefined);
  const hasSpare = egress.some(({ spare, blocked }) => spare && !blocked);
  return serving.some(({ blocked }) => blocked) && !hasSpare ? raisedMs : raisedMs + swapMs;
}

export function overrideFindings({ override }: Observed): Finding[] {
  if (override.kind === "none") return [];
  if (override.kind === "unknown") return [{ kind: "unknown-override", text: override.text }];
  return [{ kind: "override", value: override.kind }];
}
