/** What came of a run's writes to gateways and routes. Pure. */
import { type DoneWrite, type WriteKinds, type Writes, writesIn } from "../actuator/writes.ts";
import type { Observed } from "./model.ts";
import type { Run, TimedOutcome } from "./pass.ts";

/** How long before its failure is known a gateway may have been created: the SDK's attempts take some 20 s. */
const attemptsMs = 60_000;

export type Done = DoneWrite<TimedOutcome>;

/** @param before what the run before left open */
export function writesOf({ passes, endedMs }: Run, before: readonly TimedOutcome[]): Writes<TimedOutcome, Done> {
  return writesIn(passes, before, endedMs, kinds);
}

const kinds: WriteKinds<Observed, TimedOutcome, Done> = {
  subjectOf({ action }) {
    switch (action.kind) {
      // One at a time.
      case "create":
        return action.kind;
      case "delete":
        return `${action.kind} ${action.natGatewayId}`;
      case "route":
        return `${action.kind} ${action.routeTableId}`;
      case "note":
      case "remember":
        return undefined;
    }
  },
  shownBy({ action, atMs }, { natGateways, routeTables }) {
    switch (action.kind) {
      case "create": {
        const made = natGateways.find((it) => it.episode === action.episode && it.createdMs > atMs - attemptsMs);
        return made && { action, result: "done", atMs, natGatewayId: made.natGatewayId };
      }
      case "delete": {
        const state = natGateways.find((it) => it.natGatewayId === action.natGatewayId)?.state ?? "deleted";
        return state === "deleting" || state === "deleted" ? { action, result: "done", atMs } : undefined;
      }
      case "route": {
        const route = routeTables.find((it) => it.routeTableId === action.routeTableId)?.route;
        const isNow =
          action.to.kind === "nat"
            ? route?.kind === "nat" && route.natGatewayId === action.to.natGatewayId
            : route?.kind === "internet";
        return isNow ? { action, result: "done", atMs } : undefined;
      }
      case "note":
      case "remember":
        return undefined;
    }
  },
};
