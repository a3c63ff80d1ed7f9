/** What a minute found: in the log, where people and `holdfast status` read it, and on the bus. */
import type { ProbingPool } from "../config/probing-settings.ts";
import { findingDetail } from "../telemetry/finding.ts";
import type { DomainEvent } from "../telemetry/model.ts";
import { type Canary, deliver, type Minute } from "./canary.ts";
import type { CanaryMemory } from "./canary-memory.ts";
import { type Finding, findingTable } from "./finding-table.ts";
import { findingsOf } from "./noted-round.ts";

/** By this message a minute's findings are found in the log; a minute without any has no such line. */
export const findingsMessage = "findings";

/** Events of findings; the others' are put by the round that changes them (src/probing/canary.ts). */
const eventTypes = {
  "probe-dead": "ProbeFailed",
  "target-refused": "TargetRefused",
  certificate: "CertificateExpires",
} as const satisfies Partial<Record<Finding["kind"], DomainEvent["type"]>>;

type Announced = Extract<Finding, { readonly kind: keyof typeof eventTypes }>;

/** Logs what the minute's last round found, and announces what has lasted for two minutes. */
export async function reportMinute(
  canary: Canary,
  { name: pool }: ProbingPool,
  memory: CanaryMemory,
  { rounds, refused, unprobed }: Minute,
): Promise<void> {
  const last = rounds.at(-1);
  if (!last) return;
  const findings = findingsOf(last, refused, unprobed);
  const details = findings.map((it) => findingDetail(findingTable, it));
  if (details.length > 0) canary.log.info(findingsMessage, { pool, findings: details });
  const timeMs = canary.clock.now();
  const events = memory.lasting(findings.filter(isAnnounced)).map((it): DomainEvent => {
    return { type: eventTypes[it.kind], timeMs, detail: { pool, ...findingDetail(findingTable, it) } };
  });
  if (events.length > 0) await deliver(canary, memory, events);
}

function isAnnounced(finding: Finding): finding is Announced {
  return finding.kind in eventTypes;
}
