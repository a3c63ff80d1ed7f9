/** What attaching reports, in words: used by its events, its alarm, the command line and the console. Pure. */
import { overrideRemediation } from "../pool/override.ts";
import type { FindingRow, FindingTable } from "../telemetry/finding.ts";
import type { Finding } from "./actions.ts";

/** A finding of a plan, or an update that Lambda refused. */
export type Problem =
  | Finding
  | { readonly kind: "refused"; readonly functionName: string; readonly code: string; readonly reason: string };

/** Returns a row; a guarded function that is not attached keeps the egress that it had. */
function problem<Kind extends Problem["kind"]>(
  text: FindingRow<Extract<Problem, { kind: Kind }>>["text"],
  remediation: FindingRow<Extract<Problem, { kind: Kind }>>["remediation"],
  section = "attach-problem",
): FindingRow<Extract<Problem, { kind: Kind }>> {
  return { severity: "warning", section, text, remediation };
}

export const findingTable: FindingTable<Problem> = {
  "missing-function": problem(
    ({ functionName }) => `the guarded function ${functionName} does not exist in this account and region`,
    () => "correct guarded.functions and deploy",
  ),
  "other-network": problem(
    ({ functionName }) => `the guarded function ${functionName} uses a network that is not the pool's, and keeps it`,
    ({ functionName }) => `remove ${functionName} from guarded.functions`,
  ),
  "published-version": problem(
    ({ functionName, aliases }) =>
      `partners refuse ${functionName}, whose aliases ${aliases.join(", ")} route to published versions: those cannot be attached`,
    ({ functionName }) => `publish ${functionName} once it is attached, and route the aliases to the new version`,
  ),
  "pool-blocked": problem(
    ({ functionName }) => `partners refuse ${functionName}, but also an address of the pool: attaching would not help`,
    () => "see the alarm blocked",
  ),
  "unknown-override": problem(
    ({ functionName, text }) =>
      `partners refuse ${functionName}, but the override is ${JSON.stringify(text)}, which is not a known value`,
    () => overrideRemediation,
  ),
  paused: problem(
    ({ functionName }) => `partners refuse ${functionName}, but the pool is paused`,
    () => "end the pause with holdfast resume; the function is then attached if it is still refused",
    "override-active",
  ),
  refused: problem(
    ({ functionName, code, reason }) => `Lambda refuses to attach ${functionName}: ${code}: ${reason}`,
    ({ functionName }) =>
      `attach the policy AWSLambdaVPCAccessExecutionRole to the execution role of ${functionName}, or fix what AWS names; Holdfast tries again every minute`,
  ),
};
