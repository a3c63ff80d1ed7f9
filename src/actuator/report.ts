/** What a run reports, whatever the actuator: metrics for alarms and dashboards, events for the bus. Pure. */
import type { AwsCallError } from "../aws/errors.ts";
import { attention, attentionFor } from "../telemetry/attention.ts";
import type { Severity } from "../telemetry/finding.ts";
import type { DomainEvent, Measurement } from "../telemetry/model.ts";
import type { Pass, Run } from "./run.ts";

export interface Report {
  readonly measurements: readonly Measurement[];
  readonly events: readonly DomainEvent[];
  /** Why the run counts as failed; empty when it does not. */
  readonly failures: readonly Failure[];
}

/** `permission`: the IAM action of the call, `none` where no call failed. The ids: what it is about, where that is known. */
export interface Failure {
  readonly permission: string;
  readonly code: string;
  readonly message: string;
  readonly allocationId?: string;
  readonly networkInterfaceId?: string;
}

/** Returns the call that ended the run, the notes that could not be written, and what AWS accepted and does not show. */
export function failuresOf<APass extends Pass>(
  { failure, passes }: Run<APass>,
  textOf: (unverified: APass["unverified"][number]) => string,
): Failure[] {
  const unnoted = passes
    .flatMap(({ outcomes }) => outcomes)
    .flatMap((it) => (it.result === "done" && it.unnoted ? [it.unnoted] : []));
  return [
    ...[...(failure ? [failure] : []), ...unnoted].map(failureOf),
    ...passes
      .flatMap(({ unverified }) => unverified)
      .map((it) => ({ permission: "none", code: "Unverified", message: textOf(it) })),
  ];
}

function failureOf({ action, code, message }: AwsCallError): Failure {
  return { permission: action, code, message };
}

/** Returns an event of the run's pool, of when the run ended unless another time is given. */
export function eventOf(
  { pool, endedMs }: Run<unknown>,
  type: DomainEvent["type"],
  detail: object,
  timeMs = endedMs,
): DomainEvent {
  return { type, timeMs, detail: { pool, ...detail } };
}

export function count(name: Measurement["name"], value: number): Measurement {
  return { name, unit: "Count", value };
}

/** Returns what a run asks of a person: what its worst finding does, and a page when it failed. */
export function attentionOf(
  name: Measurement["name"],
  severities: readonly Severity[],
  failures: readonly Failure[],
): Measurement {
  return count(name, failures.length > 0 ? attention.page : attentionFor(severities));
}
