/** What one case of planning looks like, in words that read like the decision table. */
import type { Action, Finding, Wait } from "../../../src/fallback/actions.ts";
import type { Observed, Policy } from "../../../src/fallback/model.ts";
import { inOrder, type PlanCase, teller } from "../../plan-case.ts";
import { minuteMs, nowMs } from "../build.ts";

export type Case = PlanCase<Observed, Policy>;

export const tell = teller({ action: textOf, finding: textOfFinding, wait: textOfWait });

function textOf(action: Action): string {
  const { kind, row } = action;
  switch (action.kind) {
    case "create":
      return `${kind} ${row} with ${action.allocationId} for ${action.episode}`;
    case "delete":
      return `${kind} ${row} ${action.natGatewayId}`;
    case "remember":
      return `${kind} ${row} ${action.routeTableId} ${action.text}`;
    case "note":
      return `${kind} ${row} ${action.routeTableId} ${action.flips.at(-1)?.direction}`;
    case "route":
      return `${kind} ${row} ${action.routeTableId} to ${action.to.kind === "nat" ? action.to.natGatewayId : action.to.gatewayId}`;
  }
}

/** Points in time are given as what has passed since. */
function textOfFinding(finding: Finding): string {
  return inOrder(finding, (it) => (typeof it === "number" && it > 1e9 ? minutesAgo(it) : it));
}

function textOfWait(wait: Wait): string {
  switch (wait.kind) {
    case "gateway":
      return `gateway ${wait.natGatewayId} ${wait.state}`;
    case "clean-rounds":
      return `clean-rounds ${wait.routeTableId}`;
    default:
      return `${wait.kind} for ${(wait.untilMs - nowMs) / minuteMs} min`;
  }
}

function minutesAgo(ms: number): string {
  return `${(nowMs - ms) / minuteMs} min ago`;
}
