/** What Holdfast assumes of AWS, and what of it a rehearsal has found out. Pure. */
import type { PastRehearsal } from "./read.ts";

/** By the names in docs/first-deployment.md: those of checks, then those of what only a deployment shows. */
export const assumptions: readonly string[] = [
  "account",
  "role",
  "interface",
  "association",
  "egress",
  "swap",
  "shared",
  "tags",
  "events",
  "update",
  "deletion",
  "nat",
  "guard",
  "healing",
  "pending",
  "metrics",
  "ingress",
  "provider",
  "removal",
];

/** Something that is not as assumed. */
export interface Deviation {
  readonly name: string;
  readonly found: string;
}

export interface Standing {
  readonly confirmed: readonly string[];
  readonly differs: readonly Deviation[];
  readonly fails: readonly Deviation[];
  /** What nobody has found out in this account and region. */
  readonly unchecked: readonly string[];
}

/** @param region where the question is asked: a rehearsal elsewhere says nothing about it */
export function standingAfter(rehearsal: PastRehearsal | undefined, region: string): Standing {
  const checks = rehearsal?.region === region ? rehearsal.checks : [];
  const having = (outcome: string) =>
    checks
      .filter(({ verdict }) => verdict.outcome === outcome)
      .map(({ id, verdict }) => ({ name: id, found: verdict.found }));
  const [confirmed, differs, fails] = [having("pass"), having("differs"), having("fail")];
  const answered = new Set([...confirmed, ...differs, ...fails].map(({ name }) => name));
  return {
    confirmed: confirmed.map(({ name }) => name),
    differs,
    fails,
    unchecked: assumptions.filter((name) => !answered.has(name)),
  };
}
