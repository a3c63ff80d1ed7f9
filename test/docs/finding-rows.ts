/** Every row of every table of findings, as documentation and the command line show them. */
import { findingTable as doctor } from "../../cli/doctor/finding-table.ts";
import { findingTable as attach } from "../../src/attach/finding-table.ts";
import { findingTable as fallback } from "../../src/fallback/finding-table.ts";
import { findingTable as probing } from "../../src/probing/finding-table.ts";
import { findingTable as relocation } from "../../src/relocation/finding-table.ts";
import type { FindingRow } from "../../src/telemetry/finding.ts";
import { findingTable as parts } from "../../src/telemetry/finding-table.ts";

/** By whose they are. */
export const tables: Readonly<Record<string, Readonly<Record<string, FindingRow<never>>>>> = {
  attaching: attach,
  fallback,
  probing,
  relocation,
  "Holdfast's own parts": parts,
  "the deployment and its network": doctor,
};
