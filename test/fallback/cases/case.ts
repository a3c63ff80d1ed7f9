/** What one case of planning looks like, in words that read like the decision table. */
import type { Action, Finding, Plan, Wait } from "../../../src/fallback/actions.ts";
import type { Observed, Policy } from "../../../src/fallback/model.ts";
import { minuteMs, nowMs } from "../build.ts";

export interface Case {
  readonly name: string;
  readonly observed: Observed;
  readonly policy?: Policy;
  /** `<kind> <row> <what>`, with where a route will lead. */
  readonly actions?: readonly string[];
  readonly findings?: readonly string[];
  readonly waits?: readonly string[];
}

/** The plan in the words of a case. */
export function tell({ actions, findings, waits }: Plan) {
  return { actions: actions.map(told), findings: findings.map(toldFinding), waits: waits.map(toldWait) };
}

function told(action: Action): string {
  const { kind, row } = action;
  switch (action.kind) {
    case "create":
      return `${kind} ${row} with ${action.allocationId} for ${action.episode}`;
    case "delete":
      return `${kind} ${row} ${action.natGatewayId}`;
    case "note":
      return `${kind} ${row} ${action.routeTableId} ${action.flips.at(-1)?.direction}`;
    case "route":
      return `${kind} ${row} ${action.routeTableId} to ${action.to.kind === "nat" ? action.to.natGatewayId : action.to.gatewayId}`;
  }
}

function toldFinding({ kind, ...detail }: Finding): string {
  return [kind, ...Object.values(detail).map((it) => (typeof it === "number" && it > 1e9 ? minutesAgo(it) : it))].join(
    " ",
  );
}

function toldWait(wait: Wait): string {
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
