/** What Holdfast reports; docs/events.md and docs/metrics.md describe each. */

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
}

/** Every metric, by name. Alarms and dashboards take names and dimensions from here. */
export const metrics = {
  AddressesLost: { unit: "Count", dimensions: [["pool"]] },
  AddressesMoved: { unit: "Count", dimensions: [["pool"]] },
  AddressesServing: { unit: "Count", dimensions: [["pool"]] },
  AddressesSpare: { unit: "Count", dimensions: [["pool"]] },
  AddressesSuspect: { unit: "Count", dimensions: [["pool"]] },
  Conflicts: { unit: "Count", dimensions: [["pool"]] },
  FallbackActive: { unit: "Count", dimensions: [["pool"]] },
  FallbackCostUsd: { unit: "None", dimensions: [["pool"]] },
  FallbackFlips: { unit: "Count", dimensions: [["pool"]] },
  FallbackHours: { unit: "None", dimensions: [["pool"]] },
  FallbackProblems: { unit: "Count", dimensions: [["pool"]] },
  FallbackRunsFailed: { unit: "Count", dimensions: [["pool"]] },
  OverrideActive: { unit: "Count", dimensions: [["pool"]] },

  AttachProblems: { unit: "Count", dimensions: [["pool"]] },
  AttachRunsFailed: { unit: "Count", dimensions: [["pool"]] },
  FunctionsAttached: { unit: "Count", dimensions: [["pool"]] },

  EgressGapSeconds: { unit: "Seconds", dimensions: [["pool"]] },
  RunsFailed: { unit: "Count", dimensions: [["pool"]] },
  Shortage: { unit: "Count", dimensions: [["pool"]] },
  TimeToHealSeconds: { unit: "Seconds", dimensions: [["pool"]] },
  Verifications: { unit: "Count", dimensions: [["pool"]] },

  AddressesBlocked: { unit: "Count", dimensions: [["pool"]] },
  BlockedRate: { unit: "None", dimensions: [["pool"], ["pool", "target"], ["pool", "vantage"]] },
  CertificateDaysLeft: { unit: "Count", dimensions: [["pool"]] },
  Egress: { unit: "Count", dimensions: [["pool", "vantage"]] },
  ProbesFailed: { unit: "Count", dimensions: [["pool"]] },
  TargetsDown: { unit: "Count", dimensions: [["pool"]] },
  TargetsRefusingPool: { unit: "Count", dimensions: [["pool"]] },
  TargetsRefused: { unit: "Count", dimensions: [["pool"]] },
  UnprobedInterfaces: { unit: "Count", dimensions: [["pool"]] },
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
    | "RelocationFailed"
    | "RouteReplaced"
    | "SpareRefused"
    | "AddressScouted"
    | "SpareVerified"
    | "TargetDown"
    | "UnprobedInterfaces";
  readonly timeMs: number;
  readonly detail: Readonly<Record<string, unknown>>;
}
