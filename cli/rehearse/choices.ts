/** What the caller chose of a rehearsal. Pure. */
export interface Choices {
  /** Whether to try a NAT gateway, which costs most. */
  readonly nat: boolean;
  /** Undefined: in a network of the run's own. */
  readonly existing?: GivenNetwork | undefined;
}

/** A subnet and the security groups of a function in it, one at a time. */
export interface GivenNetwork {
  readonly subnetId: string;
  /** The second one, if given, is for the update of a function. */
  readonly groupIds: readonly string[];
}
