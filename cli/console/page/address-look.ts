import type { AddressView } from "../model.ts";

/** Returns sign, word and style of an address's state: none depends on colour only. Pure. */
export function lookOf({ state, blocked }: AddressView): { sign: string; says: string; kind: string } {
  if (state === "suspect") return { sign: "?", says: "blocked, suspect", kind: "bad" };
  if (blocked) return { sign: "✕", says: "blocked", kind: "bad" };
  switch (state) {
    case "serving":
      return { sign: "✓", says: "serving", kind: "good" };
    case "arriving":
      return { sign: "→", says: "ready", kind: "good" };
    case "draining":
      return { sign: "◔", says: "draining", kind: "plain" };
    case "spare":
      return { sign: "○", says: "spare", kind: "plain" };
    case "standby":
      return { sign: "◇", says: "for fallback", kind: "fallback" };
    case "on NAT":
      return { sign: "✓", says: "on NAT", kind: "good" };
    case "elsewhere":
      return { sign: "!", says: "elsewhere", kind: "bad" };
  }
}
