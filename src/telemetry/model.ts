/** What Holdfast reports; docs/events.md and docs/metrics.md describe each. */

import { type MetricLevel, metricLevels } from "../config/bounds.ts";

/** CloudWatch namespace of every metric, the guard's included. */
export const metricsNamespace = "Holdfast";

/** Bus and source of every event: the account's default bus. */
export const eventBusName = "default";
export const eventSource = "holdfast";

/** Value of the dimension `service`, which every metric carries besides those of its own. */
export const serviceName = "holdfast";

interface Metric {
  readonly unit: "Count" | "Seconds" | "None";
  /** The sets of dimensions (besides `service`) under which it exists, each a metric of its own, also on the bill. */
  readonly dimensions: readonly (readonly ("pool" | "target" | "vantage")[])[];
  /** From which level on it is a metric; those by target are metrics of `full` alone. */
  readonly level: MetricLevel;
  readonly from: "relocation" | "fallback" | "attach" | "probing";
}

const relocation = { unit: "Count", dimensions: [["pool"]], level: "full", from: "relocation" } as const;
const fallback = { ...relocation, from: "fallback" } as const;
const attach = { ...relocation, from: "attach" } as const;
const probing = { ...relocation, from: "probing" } as const;

/**
 * Every metric, by name. Alarms and dashboards take names and dimensions from here. Those named `…Attention` say how badly a
 * part needs a person: 0 not at all, 1 a ticket, 2 a page (src/telemetry/attention.ts).
 */
export const metrics = {
  RelocationAttention: { ...relocation, level: "lean" },
  AddressesLost: relocation,
  AddressesMoved: relocation,
  AddressesServing: relocation,
  AddressesSpare: relocation,
  AddressesSuspect: relocation,
  Conflicts: relocation,
  EgressGapSeconds: { ...relocation, unit: "Seconds" },
  RunsFailed: relocation,
  Shortage: relocation,
  TimeToHealSeconds: { ...relocation, unit: "Seconds" },
  Verifications: relocation,

  FallbackAttention: { ...fallback, level: "lean" },
  FallbackActive: fallback,
  FallbackCostUsd: { ...fallback, unit: "None" },
  FallbackFlips: fallback,
  FallbackHours: { ...fallback, unit: "None" },
  FallbackProblems: fallback,
  FallbackRunsFailed: fallback,
  OverrideActive: fallback,

  AttachAttention: { ...attach, level: "lean" },
  AttachProblems: attach,
  AttachRunsFailed: attach,
  FunctionsAttached: attach,

  ProbingAttention: { ...probing, level: "lean" },
  AddressesBlocked: probing,
  BlockedRate: {
    ...probing,
    unit: "None",
    dimensions: [["pool"], ["pool", "target"], ["pool", "vantage"]],
    level: "rates",
  },
  CertificateDaysLeft: probing,
  Egress: { ...probing, dimensions: [["pool", "vantage"]] },
  ProbesFailed: probing,
  TargetsDown: probing,
  TargetsRefusingPool: { ...probing, level: "rates" },
  TargetsRefused: probing,
  UnprobedInterfaces: probing,
} as const satisfies Record<string, Metric>;

export type MetricName = keyof typeof metrics;

export interface Measurement {
  readonly name: MetricName;
  readonly unit: Metric["unit"];
  readonly value: number;
}

/** Values of a metric's dimensions: always its pool, and a target or a vantage where it has one. */
export interface Dimensions {
  readonly pool: string;
  readonly target?: string;
  readonly vantage?: string;
}

/** Returns whether CloudWatch is to make a metric of it at this level. */
export function isMetric(name: MetricName, { target }: Dimensions, level: MetricLevel): boolean {
  const least = target === undefined ? metrics[name].level : "full";
  return metricLevels.indexOf(least) <= metricLevels.indexOf(level);
}

/** By this message an event is found in the logs; the line has it whole in its field `event`. */
export const domainEventMessage = "domain event";

/** An event on the bus: source `holdfast`, detail type `type`. */
export interface DomainEvent {
  readonly type:
    | "AddressBlocked"
    | "AddressCleared"
    | "AddressDiffers"
    | "AddressLost"
    | "AddressRelocated"
    | "AddressReleased"
    | "AddressShortage"
    | "AttachFailed"
    | "CertificateExpires"
    | "EgressLost"
    | "FallbackCost"
    | "FallbackEntered"
    | "FallbackFailed"
    | "FallbackLeft"
    | "ForeignAddressFound"
    | "FunctionAttached"
    | "MemberMissing"
    | "MemberOutsideNetwork"
    | "MemberUpdateFailed"
    | "NatGatewayCreated"
    | "NatGatewayDeleted"
    | "OverrideSet"
    | "PoolRefused"
    | "ProbeFailed"
    | "RelocationFailed"
    | "RouteReplaced"
    | "SpareRefused"
    | "AddressScouted"
    | "SpareVerified"
    | "TargetDown"
    | "TargetRefused"
    | "UnprobedInterfaces";
  readonly timeMs: number;
  readonly detail: Readonly<Record<string, unknown>>;
}
