/** What one case of planning looks like, in words that read like the decision table. */
import type { Action, Finding, Plan, Wait } from "../../../src/relocation/actions.ts";
import type { Observed, Policy } from "../../../src/relocation/model.ts";
import { nowMs } from "../build.ts";

export interface Case {
  readonly name: string;
  readonly observed: Observed;
  readonly policy?: Policy;
  /** `<kind> <row> <interface> <address>`, with what else the action says behind it. */
  readonly actions?: readonly string[];
  readonly findings?: readonly string[];
  readonly waits?: readonly string[];
}

/** The plan in the words of a case. */
export function tell({ actions, findings, waits }: Plan) {
  return { actions: actions.map(told), findings: findings.map(toldFinding), waits: waits.map(toldWait) };
}

function told(action: Action): string {
  const { kind, row, networkInterfaceId, allocationId } = action;
  const more =
    kind === "move"
      ? ` from ${action.from}`
      : kind === "swap"
        ? ` for ${action.replaces} (${action.replacesAssociation})`
        : kind === "disassociate"
          ? ` (${action.associationId})`
          : kind === "note"
            ? ` ${action.state}`
            : "";
  return `${kind} ${row} ${networkInterfaceId} ${allocationId}${more}`;
}

function toldFinding(finding: Finding): string {
  const { kind, ...detail } = finding;
  return [kind, ...Object.values(detail)].join(" ");
}

function toldWait(wait: Wait): string {
  switch (wait.kind) {
    case "update":
      return `update of ${wait.version}${wait.urgent ? ", urgent" : ""}`;
    case "interface":
      return `interface of ${wait.attachment}${wait.arriving ? ", arriving" : ""}`;
    case "drain":
      return `drain of ${wait.allocationId} for ${wait.untilMs - nowMs} ms`;
  }
}
