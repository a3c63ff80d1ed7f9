/** What relocation reports, in words: used by its events, its alarms, the command line and the console. Pure. */
import { functionNameIn } from "../aws/identifiers.ts";
import type { FindingTable } from "../telemetry/finding.ts";
import type { Finding } from "./actions.ts";

export const findingTable: FindingTable<Finding> = {
  shortage: {
    severity: "error",
    section: "shortage",
    text: ({ networkInterfaceId: id }) => `${id} carries traffic but has no address, and no spare is left`,
    remediation: () => "raise addresses.count or addresses.spares and deploy, or remove a subnet from the pool",
  },
  blocked: {
    severity: "error",
    section: "blocked",
    text: ({ networkInterfaceId: id }) => `a partner blocks the address of ${id}, and no clean spare is left`,
    remediation: () => "ask the partner to unblock the address (holdfast report), or raise addresses.spares and deploy",
  },
  conflict: {
    severity: "error",
    section: "conflict",
    text: ({ networkInterfaceId: id }) => `${id} has an address that does not belong to the pool`,
    remediation: () => "find out who associated it, and disassociate it: Holdfast then associates one of the pool's",
  },
  displaced: {
    severity: "warning",
    section: "conflict",
    text: ({ allocationId, networkInterfaceId: id }) =>
      `${allocationId} of the pool is associated with ${id}, which does not belong to the pool`,
    remediation: ({ allocationId, networkInterfaceId: id }) =>
      `disassociate ${allocationId} from ${id}, or remove the pool's tags from the address`,
  },
  "address-lost": {
    severity: "error",
    section: "address-lost",
    text: (lost) => {
      const address = `the ${lost.role} address ${lost.publicIp} (${lost.allocationId})`;
      if (lost.loss === "released") {
        return `${address} was released, or transferred to another account, while partners go on allowing it`;
      }
      const has = lost.loss === "retagged" ? `has the tag ${lost.tag}=${lost.is}` : `has lost its tag ${lost.tag}`;
      return `${address} ${has}, so the pool does not use it any more`;
    },
    remediation: (lost) =>
      lost.loss === "released"
        ? `recover it before another account gets it (aws ec2 allocate-address --domain vpc --address ${lost.publicIp}), then tag it as the runbook says`
        : `put the tag back (aws ec2 create-tags --resources ${lost.allocationId} --tags Key=${lost.tag},Value=${lost.should}), or take the address out of the configuration and deploy`,
  },
  "failed-update": {
    severity: "warning",
    section: "members",
    text: ({ functionArn, reason }) => `the last update of ${functionNameIn(functionArn)} failed: ${reason}`,
    remediation: () => "fix what the reason names, and update the function again",
  },
  "update-overdue": {
    severity: "warning",
    section: "members",
    text: ({ functionArn, sinceMs }) =>
      `the update of ${functionNameIn(functionArn)} has been in progress since ${new Date(sinceMs).toISOString()}`,
    remediation: () => "find out what the update waits for, and update the function again",
  },
  inactive: {
    severity: "warning",
    section: "members",
    text: ({ functionArn, reason }) => `Lambda cannot restore ${functionNameIn(functionArn)}: ${reason}`,
    remediation: () => "fix what the reason names, and invoke or update the function again",
  },
  "outside-vpc": {
    severity: "error",
    section: "members",
    text: ({ functionArn, versions }) =>
      `${functionNameIn(functionArn)} (${versions.join(", ")}) is in no VPC, so its traffic leaves from Lambda's shared addresses`,
    remediation: () =>
      "configure the function with the pool's subnets and a security group, or remove it from the pool",
  },
  "dual-stack": {
    severity: "warning",
    section: "members",
    text: ({ functionArn, versions }) =>
      `${functionNameIn(functionArn)} (${versions.join(", ")}) may leave by IPv6 (Ipv6AllowedForDualStack): a partner with an IPv6 address sees none of the pool's addresses`,
    remediation: () => "set Ipv6AllowedForDualStack to false, or have the partner allow the subnets' IPv6 ranges",
  },
  "outside-network": {
    severity: "error",
    section: "members",
    text: ({ functionArn, subnetId }) =>
      `${functionNameIn(functionArn)} uses ${subnetId}, which does not belong to the pool`,
    remediation: () => "configure the function with the pool's subnets only, or remove it from the pool",
  },
  refused: {
    severity: "error",
    section: "relocation-failing",
    text: ({ allocationId, networkInterfaceId, reason }) =>
      `AWS refuses to associate ${allocationId ?? `an address with ${networkInterfaceId}`}: ${reason}`,
    remediation: ({ allocationId, code }) => {
      if (allocationId === undefined) {
        return "open a support case with the reason; until then use the NAT gateway (holdfast fallback enter)";
      }
      return code === "InvalidAddress.Locked"
        ? `have AWS support unlock ${allocationId} (its reverse DNS record locks it), or raise addresses.spares and deploy`
        : `check that ${allocationId} exists and is in the subnets' network border group, or raise addresses.spares and deploy`;
    },
  },
  "missing-member": {
    severity: "warning",
    section: "members",
    text: ({ member }) => `the member ${member} does not exist`,
    remediation: () => "create the function, or remove it from members",
  },
  paused: {
    severity: "warning",
    section: "override-active",
    text: () => "the pool is paused: no address is moved",
    remediation: () => "end the pause with holdfast resume when its reason is gone",
  },
};
