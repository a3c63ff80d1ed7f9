/** What every simulated service is made of: named operations over plain inputs and outputs, and AWS-shaped errors. */

/** An error as AWS answers it. `code` is the wire code, e.g. `InvalidAllocationID.NotFound`. */
export class AwsError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status = 400,
  ) {
    super(message);
    this.name = code;
  }
}

/** A call and its caller: the same facts that CloudTrail records and IAM decides on. */
export interface Call {
  readonly service: string;
  readonly operation: string;
  readonly input: Record<string, unknown>;
  /** ARN of the caller's role or user; undefined means the operator, who may do everything. */
  readonly principal: string | undefined;
}

/** One operation: reads and changes the world at the present instant, synchronously, and answers or throws `AwsError`. */
// biome-ignore lint/suspicious/noExplicitAny: each service narrows to the SDK's own input and output types.
export type Operation = (input: any, call: Call) => unknown;

/** A service: its operations by SDK name (`DescribeAddresses`), and the SDK package's exports that hold its schemas. */
export interface Service {
  readonly name: string;
  readonly sdk: Record<string, unknown>;
  readonly operations: Readonly<Record<string, Operation>>;
}
