/** What Holdfast tells the world; docs/events.md and docs/metrics.md describe each. */
export interface Measurement {
  readonly name:
    | "AddressesMoved"
    | "AddressesServing"
    | "AddressesSpare"
    | "AddressesSuspect"
    | "Conflicts"
    | "EgressGapSeconds"
    | "RunsFailed"
    | "Shortage"
    | "TimeToHealSeconds";
  readonly unit: "Count" | "Seconds";
  readonly value: number;
}

/** An event on the bus: source `holdfast`, detail type `type`. */
export interface DomainEvent {
  readonly type:
    | "AddressRelocated"
    | "AddressReleased"
    | "AddressShortage"
    | "ForeignAddressFound"
    | "MemberMissing"
    | "MemberOutsideNetwork"
    | "MemberUpdateFailed"
    | "RelocationFailed";
  readonly timeMs: number;
  readonly detail: Readonly<Record<string, unknown>>;
}
