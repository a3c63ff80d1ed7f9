/**
 * One table of AWS error codes and what they mean to us.
 *
 * Sources: EC2 API error codes (docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html), the exceptions
 * documented with each Lambda, EventBridge, SQS and SSM operation, and the general error types of AWS APIs.
 */
import { isServerError, isThrottlingError, isTransientError } from "@smithy/core/retry";
import type { SdkError } from "@smithy/types";

export type ErrorClass =
  | "transient"
  | "throttled"
  | "conflict"
  | "gone"
  | "denied"
  | "refused"
  | "quota"
  | "invalid"
  | "bug";

const classes: Record<string, ErrorClass> = {
  InternalError: "transient",
  InternalFailure: "transient",
  InternalServerError: "transient",
  InternalException: "transient",
  ServiceException: "transient",
  ServiceUnavailable: "transient",
  Unavailable: "transient",

  "Resource.AlreadyAssociated": "conflict",
  IncorrectState: "conflict",
  IdempotentParameterMismatch: "conflict",
  PreconditionFailedException: "conflict",
  ResourceConflictException: "conflict",
  ResourceInUseException: "conflict",

  "InvalidAllocationID.NotFound": "gone",
  "InvalidAssociationID.NotFound": "gone",
  "InvalidNetworkInterfaceID.NotFound": "gone",
  "InvalidNatGatewayID.NotFound": "gone",
  NatGatewayNotFound: "gone",
  "InvalidRouteTableID.NotFound": "gone",
  "InvalidGatewayID.NotFound": "gone",
  "InvalidRoute.NotFound": "gone",
  ResourceNotFoundException: "gone",
  ProvisionedConcurrencyConfigNotFoundException: "gone",
  ParameterNotFound: "gone",
  QueueDoesNotExist: "gone",
  "AWS.SimpleQueueService.NonExistentQueue": "gone",

  UnauthorizedOperation: "denied",
  AccessDenied: "denied",
  AccessDeniedException: "denied",
  ExpiredToken: "denied",
  ExpiredTokenException: "denied",
  InvalidClientTokenId: "denied",
  UnrecognizedClientException: "denied",

  AuthFailure: "refused",
  OperationNotPermitted: "refused",

  AddressLimitExceeded: "quota",
  NatGatewayLimitExceeded: "quota",

  InvalidParameterCombination: "invalid",
  InvalidParameterValue: "invalid",
  InvalidParameterValueException: "invalid",
  "Gateway.NotAttached": "invalid",
  "InvalidSubnetID.NotFound": "invalid",
  "InvalidAddress.Locked": "invalid",
  ValidationException: "invalid",
};

/** A failed AWS call: the IAM action it needed, AWS's own code and message, and the class of the code. */
export class AwsCallError extends Error {
  override readonly name = "AwsCallError";

  constructor(
    readonly action: string,
    readonly code: string,
    readonly errorClass: ErrorClass,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/**
 * Returns the class of an error code, or of what a call threw with it: by the table, else as the SDK classes it for its own retries (timeouts, sockets, DNS,
 * throttling, server errors). What AWS refuses with another code is invalid; everything else is a bug of ours.
 */
export function classify(code: string, thrown?: Error): ErrorClass {
  const known = classes[code];
  if (known) return known;
  const error = (thrown ?? { name: code, code }) as SdkError & { $fault?: unknown };
  if (isThrottlingError(error)) return "throttled";
  if (isTransientError(error) || isServerError(error)) return "transient";
  return error.$fault === "client" ? "invalid" : "bug";
}

/** Returns AWS's code of an error, or the system's. */
export function codeOf(error: Error): string {
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}

/**
 * Runs one AWS call and turns what it throws into an `AwsCallError`. A denied call says which permission is missing.
 *
 * @param action the IAM action that the call needs, e.g. `ec2:AssociateAddress`
 */
export async function call<Output>(action: string, send: () => Promise<Output>): Promise<Output> {
  try {
    return await send();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const code = codeOf(error);
    const errorClass = classify(code, error);
    const text =
      errorClass === "denied"
        ? `AWS denied ${action}: the function's role lacks this permission, or its conditions do not hold (${code}: ${error.message})`
        : errorClass === "refused" && action === "ec2:AssociateAddress"
          ? `AWS refused to associate an address with a Lambda interface (${code}: ${error.message})`
          : `${action} failed: ${code}: ${error.message}`;
    throw new AwsCallError(action, code, errorClass, text, { cause: error });
  }
}

/** What a call reads, or undefined when AWS fails or refuses it: for a look that a later one makes up for. */
export async function readable<Output>(read: () => Promise<Output>): Promise<Output | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof AwsCallError) return undefined;
    throw error;
  }
}
