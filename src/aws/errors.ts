/**
 * What AWS error codes mean, in one place: a class for each code and, for codes about the caller's access to AWS, what
 * is wrong with it.
 *
 * Sources: EC2 API error codes (docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html), the exceptions
 * documented with each Lambda, EventBridge, SQS and SSM operation, the general error types of AWS APIs (AWS general
 * reference, "Common errors"), and the SDK's own codes. `CallBudgetExceeded` is ours (src/aws/call-budget.ts).
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

export const errorClasses: Readonly<Record<string, ErrorClass>> = {
  InternalError: "transient",
  InternalFailure: "transient",
  InternalServerError: "transient",
  InternalException: "transient",
  ServiceException: "transient",
  ServiceUnavailable: "transient",
  Unavailable: "transient",

  CallBudgetExceeded: "throttled",

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

/** What is wrong with the caller's credentials, or that AWS cannot be reached. */
export type AccessProblem = "absent" | "expired" | "unknown" | "unreachable";

const accessProblems: Record<string, AccessProblem> = {
  CredentialsProviderError: "absent",
  TokenProviderError: "absent",

  ExpiredToken: "expired",
  ExpiredTokenException: "expired",
  RequestExpired: "expired",

  IncompleteSignature: "unknown",
  InvalidClientTokenId: "unknown",
  InvalidSignatureException: "unknown",
  MissingAuthenticationToken: "unknown",
  SignatureDoesNotMatch: "unknown",
  UnrecognizedClientException: "unknown",

  EAI_AGAIN: "unreachable",
  ECONNREFUSED: "unreachable",
  ECONNRESET: "unreachable",
  EHOSTUNREACH: "unreachable",
  ENOTFOUND: "unreachable",
  ETIMEDOUT: "unreachable",
  TimeoutError: "unreachable",
};

/**
 * EC2 answers `AuthFailure` for two causes: credentials that it does not know, and a resource that these credentials may
 * not use (EC2 API error codes). Only calls that read no resource of the caller's choice tell them apart.
 */
const namesNoResource = /^ec2:Describe/;

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
 * Returns the class of an error code, or of what a call threw with it: by the table, else as the SDK classes it for its own
 * retries (timeouts, sockets, DNS, throttling, server errors). What AWS refuses with another code is invalid; everything
 * else is a bug of ours.
 */
export function classify(code: string, thrown?: Error): ErrorClass {
  const known = errorClasses[code];
  if (known) return known;
  const problem = accessProblems[code];
  if (problem && problem !== "unreachable") return "denied";
  const error = (thrown ?? { name: code, code }) as SdkError & { $fault?: unknown };
  if (isThrottlingError(error)) return "throttled";
  if (problem || isTransientError(error) || isServerError(error)) return "transient";
  return error.$fault === "client" ? "invalid" : "bug";
}

/** Returns what an error code says of the caller's access to AWS, which fails every other call in the same way. */
export function accessProblem(action: string, code: string): AccessProblem | undefined {
  return code === "AuthFailure" && namesNoResource.test(action) ? "unknown" : accessProblems[code];
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

/** Returns what a call reads, or undefined when the call fails: for a read that a later one makes up for. */
export async function readable<Output>(read: () => Promise<Output>): Promise<Output | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof AwsCallError) return undefined;
    throw error;
  }
}
