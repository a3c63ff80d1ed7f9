/** What needs attention, whichever part found it, in the words of its table. Pure. */
import type { Finding as AttachFinding } from "../../src/attach/actions.ts";
import { findingTable as attachTable } from "../../src/attach/finding-table.ts";
import type { Finding as FallbackFinding } from "../../src/fallback/actions.ts";
import { findingTable as fallbackTable } from "../../src/fallback/finding-table.ts";
import type { Finding as RelocationFinding } from "../../src/relocation/actions.ts";
import { findingTable as relocationTable } from "../../src/relocation/finding-table.ts";
import { type FindingRow, rowOf, type Severity } from "../../src/telemetry/finding.ts";
import { type PartFinding, findingTable as partTable } from "../../src/telemetry/finding-table.ts";
import { type ExitCode, exitCodes } from "./exit-codes.ts";
import { type Style, type Tone, wrap } from "./style.ts";

export interface Attention {
  /** The kind, for scripts: the same for the same problem, whatever it concerns. */
  readonly id: string;
  readonly severity: Severity;
  /** Undefined for what all pools share. */
  readonly pool: string | undefined;
  readonly text: string;
  readonly remediation: string;
  /** Its section in docs/runbook.md. */
  readonly section: string;
}

/** Returns a finding in the words of its row. */
export function attentionOf<Finding>(
  id: string,
  { severity, section, text, remediation }: FindingRow<Finding>,
  finding: Finding,
  pool: string | undefined,
): Attention {
  return { id, severity, pool, text: text(finding), remediation: remediation(finding), section };
}

export function ofRelocation(pool: string, finding: RelocationFinding): Attention {
  // Fallback, where a pool has one, reports the same tag under this id.
  const id = finding.kind === "paused" ? "override" : finding.kind;
  return attentionOf(id, rowOf(relocationTable, finding), finding, pool);
}

export function ofFallback(pool: string, finding: FallbackFinding): Attention {
  return attentionOf(finding.kind, rowOf(fallbackTable, finding), finding, pool);
}

export function ofAttach(pool: string, finding: AttachFinding): Attention {
  return attentionOf(finding.kind, rowOf(attachTable, finding), finding, pool);
}

/** Returns what is wrong with one of Holdfast's own parts. */
export function ofPart(finding: PartFinding, pool?: string): Attention {
  return attentionOf(finding.kind, rowOf(partTable, finding), finding, pool);
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

/** Returns each as what is wrong and what to do, the worst first, in lines for the terminal. */
export function renderAttention(style: Style, list: readonly Attention[]): string {
  return bySeverity(list)
    .map(({ id, severity, pool, text, remediation }) => {
      const where = pool === undefined ? "" : ` ${style("dim", `[${pool}]`)}`;
      const head = `  ${style(tones[severity], severity.padEnd(7))}  ${style("bold", id)}${where}`;
      return `${head}\n           ${wrap(text, " ".repeat(11))}\n         → ${wrap(remediation, " ".repeat(11))}`;
    })
    .join("\n");
}
