/** What one case of planning looks like, in words that read like the decision table. */
import type { Action, Wait } from "../../../src/relocation/actions.ts";
import type { Observed, Policy } from "../../../src/relocation/model.ts";
import { inOrder, type PlanCase, teller } from "../../plan-case.ts";
import { nowMs } from "../build.ts";

export type Case = PlanCase<Observed, Policy>;

export const tell = teller({ action: textOf, finding: inOrder, wait: textOfWait });

function textOf(action: Action): string {
  const { kind, row, networkInterfaceId, allocationId } = action;
  const more =
    kind === "move"
      ? ` from ${action.from}${action.cutsOff ? ` cuts off ${action.cutsOff.join()}` : ""}`
      : kind === "swap"
        ? ` for ${action.replaces} (${action.replacesAssociation})`
        : kind === "disassociate"
          ? ` (${action.associationId})`
          : kind === "note"
            ? ` ${action.state}`
            : "";
  const from = kind !== "move" && "from" in action ? ` from ${action.from}` : "";
  return `${kind} ${row} ${networkInterfaceId} ${allocationId}${more}${from}`;
}

function textOfWait(wait: Wait): string {
  switch (wait.kind) {
    case "update":
      return `update of ${wait.version}${wait.urgent ? ", urgent" : ""}`;
    case "interface":
      return `interface of ${wait.attachment}${wait.arriving ? ", arriving" : ""}`;
    case "proof":
      return "proof";
    case "refusal":
      return `refusal for ${wait.untilMs - nowMs} ms`;
    case "drain":
      return `drain of ${wait.allocationId} for ${wait.untilMs - nowMs} ms`;
  }
}
