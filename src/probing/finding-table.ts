/** What the canary reports of a pool, in words. Pure. */

import { counted } from "../telemetry/counted.ts";
import type { FindingTable } from "../telemetry/finding.ts";

/** What the minute's last round found that a person has to see to. */
export type Finding =
  | { readonly kind: "no-egress"; readonly vantage: string }
  /** `refused-now`: members leave by the address. `blocked`: it waits, or the pool is on NAT. */
  | { readonly kind: "refused-now" | "blocked"; readonly publicIp: string }
  /** `only`: the one address of ours that asked; what others would get is not known. */
  | { readonly kind: "pool-refused"; readonly target: string; readonly only?: string }
  | { readonly kind: "probe-dead"; readonly vantage: string }
  | { readonly kind: "target-down"; readonly target: string }
  | { readonly kind: "target-refused"; readonly target: string }
  | { readonly kind: "blind-spot"; readonly interfaces: number }
  | { readonly kind: "certificate"; readonly days: number };

const unblock = "send the partner what holdfast report writes";

export const findingTable: FindingTable<Finding> = {
  "no-egress": {
    severity: "error",
    section: "no-egress",
    text: ({ vantage }) => `nothing can be reached from ${vantage}: its members have no egress`,
    remediation: () => "check the address of its interface and the default route of its subnet",
  },
  "refused-now": {
    severity: "error",
    section: "blocked",
    text: ({ publicIp }) => `a partner refuses ${publicIp}, by which members leave`,
    remediation: () => `${unblock}; if relocation has no clean spare to swap it for, raise addresses.spares and deploy`,
  },
  blocked: {
    severity: "warning",
    section: "blocked",
    text: ({ publicIp }) => `a partner refuses ${publicIp}, by which no member leaves at present`,
    remediation: () => unblock,
  },
  "pool-refused": {
    severity: "error",
    section: "pool-refused",
    text: ({ target, only }) =>
      only
        ? `${target} keeps out ${only}, and no other address asked it`
        : `${target} keeps out all addresses of the pool`,
    remediation: ({ only }) =>
      only
        ? "ask the partner whether the address is still on its allow-list: nothing shows whether another would be let in"
        : "ask the partner whether the addresses are still on its allow-list: a spare does not help",
  },
  "probe-dead": {
    severity: "warning",
    section: "probe-dead",
    text: ({ vantage }) => `the probe of ${vantage} does not answer`,
    remediation: () => "read its log, and check its state in Lambda",
  },
  "target-down": {
    severity: "warning",
    section: "target-down",
    text: ({ target }) => `${target} does not answer from any address`,
    remediation: () => "see the partner's status page: moving addresses does not help",
  },
  "target-refused": {
    severity: "warning",
    section: "target-refused",
    text: ({ target }) => `${target} cannot be probed as configured`,
    remediation: () => "read the canary's log: it names the field and the reason",
  },
  "blind-spot": {
    severity: "warning",
    section: "blind-spot",
    text: ({ interfaces }) => `members send through ${counted(interfaces, "interface")} that no probe uses`,
    remediation: () => "give all members the same set of security groups",
  },
  certificate: {
    severity: "warning",
    section: "certificate",
    text: ({ days }) => `the first certificate of a target, or of a client for one, expires in ${counted(days, "day")}`,
    remediation: () => "inform the partner, or renew the client certificate",
  },
};
