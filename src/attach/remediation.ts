/** What the person on call can do about each finding. Pure. */
import type { Finding } from "./actions.ts";

/** Returns what to do, as one sentence. */
export function remediationOf(finding: Finding): string {
  const { functionName } = finding;
  switch (finding.kind) {
    case "missing-function":
      return `there is no function ${functionName} in this account and region: correct guarded.functions and deploy`;
    case "other-network":
      return `${functionName} is in a network that is not the pool's, and is left there: take it out of guarded.functions`;
    case "published-version":
      return `calls of ${finding.aliases.join(", ")} reach a published version, which cannot be attached: publish ${functionName} once it is attached, and lead the aliases to the new version`;
    case "pool-blocked":
      return `a partner refuses an address of the pool as well, so ${functionName} would gain nothing: see the alarm blocked`;
    case "unknown-override":
      return `holdfast:override says ${JSON.stringify(finding.text)}: set it to direct, fallback or paused, the same on every address of the pool, or remove it`;
    case "paused":
      return `remove holdfast:override from the pool's addresses, and ${functionName} is attached if it is still refused`;
  }
}

/** Lambda names what it does not take; of a function that was never in a VPC it is mostly its role. */
export function refusalRemediation(functionName: string): string {
  return `give the execution role of ${functionName} the policy AWSLambdaVPCAccessExecutionRole, or mend what AWS names; it is tried again every minute`;
}
