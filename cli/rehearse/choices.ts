/** What the caller chose of a rehearsal. Pure. */
export interface Choices {
  /** Whether to try a NAT gateway, which costs most. */
  readonly nat: boolean;
}
