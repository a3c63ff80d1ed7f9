/** What an alarm and the doctor both report about Holdfast's own parts, in words. Pure. */
import type { FindingTable } from "./finding.ts";

/** By the finding that it does not report any more. */
export type SilentPart = "relocation-silent" | "fallback-silent" | "attach-silent" | "canary-silent";

/** A part that has not worked for a while, or could not do what was asked of it. */
export type PartFinding =
  | { readonly [Kind in SilentPart]: { readonly kind: Kind; readonly pool: string } }[SilentPart]
  | { readonly kind: "dead-letters"; readonly queueName: string; readonly messages: string };

const checkParts = "check its schedule, its queue and its function (holdfast doctor), and read the function's log";

export const findingTable: FindingTable<PartFinding> = {
  "relocation-silent": {
    severity: "error",
    section: "relocation-silent",
    text: ({ pool }) => `relocation does not check ${pool} any more: a lost address would not be restored`,
    remediation: () => checkParts,
  },
  "fallback-silent": {
    severity: "error",
    section: "fallback-silent",
    text: ({ pool }) => `fallback does not check ${pool} any more: it would neither fail over nor fail back`,
    remediation: () => checkParts,
  },
  "attach-silent": {
    severity: "error",
    section: "attach-silent",
    text: ({ pool }) => `attaching does not check ${pool} any more: a function that partners refuse stays refused`,
    remediation: () => checkParts,
  },
  "canary-silent": {
    severity: "error",
    section: "canary-silent",
    text: ({ pool }) => `the canary does not probe ${pool} any more: a blocked address would go undetected`,
    remediation: () => "check its schedule and its function (holdfast doctor), and read the function's log",
  },
  "dead-letters": {
    severity: "warning",
    section: "dead-letters",
    text: ({ queueName, messages }) =>
      `${queueName} holds ${messages} that the function could not understand or failed on five times`,
    remediation: () =>
      "read the attributes field and reason, report them, then purge the queue: the next sweep makes up for a message",
  },
};
