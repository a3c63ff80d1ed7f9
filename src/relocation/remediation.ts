/** What the person on call can do about each finding. Pure. */
import type { Finding } from "./actions.ts";

/** Returns what to do, as one sentence. */
export function remediationOf(finding: Finding): string {
  switch (finding.kind) {
    case "shortage":
      return "raise addresses.count or addresses.spares and deploy, or take a subnet out of the pool";
    case "blocked":
      return "ask the partner to unblock the address (holdfast report), or raise addresses.spares and deploy";
    case "conflict":
      return "find out who associated it, and disassociate it: the pool's address follows by itself";
    case "displaced":
      return `disassociate ${finding.allocationId} from ${finding.networkInterfaceId}, or take the pool's tag off it`;
    case "failed-update":
      return "mend what the reason names, and update the function again";
    case "update-overdue":
      return "see in the function's configuration what its update waits for, and update it again";
    case "inactive":
      return "mend what the reason names, and invoke or update the function again";
    case "outside-vpc":
      return "give the function the pool's subnets and a security group, or take it out of the pool";
    case "outside-network":
      return "give the function the pool's subnets alone, or take it out of the pool";
    case "refused":
      if (finding.allocationId !== undefined) return refusedAddress(finding);
      return "ask AWS support with the reason; until then send through the NAT gateway (holdfast fallback enter)";
    case "missing-member":
      return "create the function, or take it out of members";
    case "paused":
      return "let Holdfast go on when the reason is gone: holdfast resume";
  }
}

function refusedAddress({ allocationId, code }: Extract<Finding, { kind: "refused" }>): string {
  return code === "InvalidAddress.Locked"
    ? `ask AWS support to unlock ${allocationId} (its reverse DNS record locks it), or add a spare and deploy`
    : `see whether ${allocationId} still exists and belongs to the subnets' network border group; else add a spare and deploy`;
}
