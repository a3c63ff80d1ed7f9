/** One row of a decision table, as people read it. */
export interface Row {
  /** The cells of its conditions, in the order of the table's columns. */
  readonly when: readonly string[];
  readonly action: string;
  /** Why, as a clause: it begins in lower case and ends without a full stop. */
  readonly reason: string;
}
