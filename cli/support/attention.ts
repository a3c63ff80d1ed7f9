/** What somebody should look at, whoever found it. Pure. */
import type { Finding as AttachFinding } from "../../src/attach/model.ts";
import { remedyOf as attachRemedy } from "../../src/attach/remediation.ts";
import type { Finding as FallbackFinding } from "../../src/fallback/actions.ts";
import { remedyOf as fallbackRemedy } from "../../src/fallback/remediation.ts";
import type { Finding as RelocationFinding } from "../../src/relocation/actions.ts";
import { remediationOf as relocationRemedy } from "../../src/relocation/remediation.ts";
import { type ExitCode, exitCodes } from "./exit-codes.ts";
import type { Style, Tone } from "./style.ts";

/** `error`: egress is broken, or nothing would heal it. `note`: good to know. */
export type Severity = "error" | "warning" | "note";

export interface Attention {
  /** Names the kind, for scripts: the same text for the same trouble, whatever it is about. */
  readonly id: string;
  readonly severity: Severity;
  /** Undefined for what all pools share. */
  readonly pool: string | undefined;
  readonly text: string;
  readonly remedy: string;
}

const relocationSeverity: Readonly<Record<RelocationFinding["kind"], Severity>> = {
  shortage: "error",
  blocked: "error",
  conflict: "error",
  displaced: "warning",
  "failed-update": "warning",
  "update-overdue": "warning",
  inactive: "warning",
  "outside-network": "error",
  "outside-vpc": "error",
  refused: "error",
  "missing-member": "warning",
  paused: "warning",
};

export function ofRelocation(pool: string, finding: RelocationFinding): Attention {
  const severity = relocationSeverity[finding.kind];
  const id = finding.kind === "paused" ? "override" : finding.kind;
  return { id, severity, pool, text: relocationText(finding), remedy: relocationRemedy(finding) };
}

function relocationText(finding: RelocationFinding): string {
  switch (finding.kind) {
    case "shortage":
      return `${finding.networkInterfaceId} carries traffic and has no address, and no spare is left`;
    case "blocked":
      return `a partner blocks the address on ${finding.networkInterfaceId}, and no clean spare is left`;
    case "conflict":
      return `${finding.networkInterfaceId} carries an address that is not the pool's`;
    case "displaced":
      return `${finding.allocationId} of the pool is on ${finding.networkInterfaceId}, which is not the pool's`;
    case "failed-update":
      return `the last update of ${finding.functionArn.split(":")[6]} failed: ${finding.reason}`;
    case "update-overdue":
      return `the update of ${finding.functionArn.split(":")[6]} has been in progress since ${new Date(finding.sinceMs).toISOString()}`;
    case "inactive":
      return `Lambda cannot wake ${finding.functionArn.split(":")[6]}: ${finding.reason}`;
    case "outside-vpc":
      return `${finding.functionArn.split(":")[6]} (${finding.versions.join(", ")}) is in no VPC: it leaves by Lambda's shared addresses`;
    case "outside-network":
      return `${finding.functionArn.split(":")[6]} uses ${finding.subnetId}, which is no subnet of the pool`;
    case "refused":
      return finding.allocationId
        ? `AWS refuses to associate ${finding.allocationId}: ${finding.message}`
        : `AWS refuses an address for ${finding.networkInterfaceId}: ${finding.message}`;
    case "missing-member":
      return `member ${finding.member} does not exist`;
    case "paused":
      return "the pool is paused: nothing is moved";
  }
}

/** What leaves egress and the way back as they are; everything else means that fallback could not do its work. */
const mild: ReadonlySet<FallbackFinding["kind"]> = new Set([
  "override",
  "too-long",
  "not-helping",
  "flips-exhausted",
  "gateway-failed",
]);

export function ofFallback(pool: string, finding: FallbackFinding): Attention {
  const severity = mild.has(finding.kind) ? "warning" : "error";
  return { id: finding.kind, severity, pool, text: fallbackText(finding), remedy: fallbackRemedy(finding) };
}

function fallbackText(finding: FallbackFinding): string {
  switch (finding.kind) {
    case "no-route-tables":
      return "no route table carries the pool's tag: fallback can change none";
    case "no-default-route":
      return `${finding.routeTableId} has no default route`;
    case "foreign-route":
      return `the default route of ${finding.routeTableId} leads to ${finding.target}`;
    case "shared-route-table":
      return `${finding.otherSubnetIds.join(", ")} outside the pool uses ${finding.routeTableId}, a route table of the pool: fallback does not replace its route`;
    case "no-internet-gateway":
      return "the pool's VPC has no internet gateway";
    case "nat-subnet-unrouted":
      return `the NAT gateway's subnet ${finding.subnetId} has no route to the internet`;
    case "nat-subnet-in-pool":
      return `the NAT gateway's subnet ${finding.subnetId} shares ${finding.routeTableId} with members`;
    case "address-missing":
      return "the pool has no fallback address";
    case "address-elsewhere":
      return `the fallback address ${finding.allocationId} is on ${finding.on}`;
    case "alarm-missing":
      return "the alarm that asks for fallback does not exist";
    case "unknown-override":
      return `the override says ${JSON.stringify(finding.text)}, which nobody understands: nothing is changed`;
    case "gateway-failed":
      return `NAT gateway ${finding.natGatewayId} failed: ${finding.code}: ${finding.reason}`;
    case "attempts-exhausted":
      return `${finding.attempts} attempts to make a NAT gateway failed`;
    case "flips-exhausted":
      return `the pool changed its route ${finding.flips} times in a day: it stays in fallback`;
    case "not-helping":
      return "the pool is in fallback and still blocked";
    case "too-long":
      return `the pool has been in fallback since ${new Date(finding.sinceMs).toISOString()}`;
    case "override":
      return `an operator's override is on: ${finding.value}`;
  }
}

/** A guarded function goes on as it was before anybody listed it. */
export function ofAttach(pool: string, finding: AttachFinding): Attention {
  return { id: finding.kind, severity: "warning", pool, text: attachText(finding), remedy: attachRemedy(finding) };
}

function attachText(finding: AttachFinding): string {
  const { functionName } = finding;
  switch (finding.kind) {
    case "missing-function":
      return `guarded function ${functionName} does not exist`;
    case "other-network":
      return `guarded function ${functionName} is in a network that is not the pool's`;
    case "published-version":
      return `partners refuse ${functionName}, and its aliases ${finding.aliases.join(", ")} reach versions that cannot be attached`;
    case "pool-blocked":
      return `partners refuse ${functionName}, and an address of the pool as well`;
    case "unknown-override":
      return `partners refuse ${functionName}, and the override says ${JSON.stringify(finding.text)}, which nobody understands`;
    case "paused":
      return `partners refuse ${functionName}, and the pool is paused`;
  }
}

const order: readonly Severity[] = ["error", "warning", "note"];

/** The worst first, otherwise as they came. */
export function bySeverity(list: readonly Attention[]): Attention[] {
  return order.flatMap((severity) => list.filter((it) => it.severity === severity));
}

/** 1 when anything is more than a note. */
export function exitCodeOf(list: readonly Attention[]): ExitCode {
  return list.some(({ severity }) => severity !== "note") ? exitCodes.attention : exitCodes.fine;
}

const tones: Readonly<Record<Severity, Tone>> = { error: "red", warning: "yellow", note: "cyan" };

/** Two lines each: what is the matter, and what to do. */
export function renderAttention(style: Style, list: readonly Attention[]): string {
  return bySeverity(list)
    .map(({ id, severity, pool, text, remedy }) => {
      const where = pool === undefined ? "" : ` ${style("dim", `[${pool}]`)}`;
      return `  ${style(tones[severity], severity.padEnd(7))}  ${id}${where}: ${text}\n           → ${remedy}`;
    })
    .join("\n");
}
