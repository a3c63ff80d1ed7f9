/** The rows of the table above `plan`, and what forbids them. */
import { guarded, period, refused, world } from "../build.ts";
import type { Case } from "./case.ts";

const refusedOne = guarded("labels", { periods: refused });

export const table: readonly Case[] = [
  { name: "1: accepted everywhere", observed: world([guarded("labels", { periods: [period(0, 20, 0)] })]) },
  { name: "1: nothing reported", observed: world([guarded("labels")]) },
  {
    name: "2: not there",
    observed: world([], { missing: ["labels"] }),
    findings: ["missing-function labels"],
  },
  { name: "3: refused", observed: world([refusedOne]), actions: ["attach 3 labels for 18 of 18"] },
  {
    name: "3: one of two refused",
    observed: world([refusedOne, guarded("stamps", { periods: [period(0, 20, 4)] })]),
    actions: ["attach 3 labels for 18 of 18"],
  },
  {
    name: "3: refused, with aliases that no update reaches",
    observed: world([{ ...refusedOne, publishedAliases: ["live"] }]),
    actions: ["attach 3 labels for 18 of 18"],
    findings: ["published-version labels live"],
  },
  {
    name: "4: refused, being updated; another is not",
    observed: world([{ ...refusedOne, changing: true }, guarded("stamps", { periods: refused })]),
    actions: ["attach 3 stamps for 18 of 18"],
    waits: ["update labels"],
  },
  { name: "4: accepted, being updated", observed: world([guarded("labels", { changing: true })]) },
  {
    name: "5: refused, and the pool's addresses too",
    observed: world([refusedOne], { poolBlocked: true }),
    findings: ["pool-blocked labels"],
  },
  { name: "5: the pool's addresses alone are refused", observed: world([guarded("labels")], { poolBlocked: true }) },
  {
    name: "6: refused, the pool paused",
    observed: world([refusedOne], { override: { kind: "paused" } }),
    findings: ["paused labels"],
  },
  {
    name: "6: refused, an override that nobody knows",
    observed: world([refusedOne], { override: { kind: "unknown", text: "pausd" } }),
    findings: ["unknown-override labels pausd"],
  },
  { name: "6: accepted, the pool paused", observed: world([guarded("labels")], { override: { kind: "paused" } }) },
  ...(["direct", "fallback"] as const).map((kind) => ({
    name: `3: refused, the pool overridden to be ${kind}`,
    observed: world([refusedOne], { override: { kind } }),
    actions: ["attach 3 labels for 18 of 18"],
  })),
  { name: "7: in the pool's network, refused", observed: world([{ ...refusedOne, network: "pool" }]) },
  {
    name: "7: in the pool's network, refused by way of a published version",
    observed: world([{ ...refusedOne, network: "pool", publishedAliases: ["live", "canary"] }]),
    findings: ["published-version labels live,canary"],
  },
  {
    name: "8: in another network, refused",
    observed: world([{ ...refusedOne, network: "other", publishedAliases: ["live"] }]),
    findings: ["other-network labels"],
  },
  {
    name: "8: in another network, accepted",
    observed: world([guarded("labels", { network: "other" })]),
    findings: ["other-network labels"],
  },
];
