/** An error in words for the user of the command: what failed, and what to do. Pure. */
import { AwsCallError, classify } from "../../src/aws/errors.ts";
import { SettingsError } from "../../src/config/load.ts";
import { type ExitCode, exitCodes } from "./exit-codes.ts";
import { UsageError } from "./usage-error.ts";

export interface Failure {
  readonly exitCode: ExitCode;
  readonly text: string;
}

/** Error codes about the credentials themselves (AWS general reference, "Common errors", and the SDK's own). */
const expired = new Set(["ExpiredToken", "ExpiredTokenException", "RequestExpired"]);
const unknown = new Set([
  "AuthFailure",
  "IncompleteSignature",
  "InvalidClientTokenId",
  "InvalidSignatureException",
  "MissingAuthenticationToken",
  "SignatureDoesNotMatch",
  "UnrecognizedClientException",
]);
const absent = new Set(["CredentialsProviderError", "TokenProviderError"]);
const unreachable = new Set(["ECONNREFUSED", "ECONNRESET", "EAI_AGAIN", "EHOSTUNREACH", "ENOTFOUND", "TimeoutError"]);

const logIn = "log in again: aws sso login, or new session credentials, with the same --profile";

/** Returns whether the code is about credentials or the connection to AWS, so that every other call fails too. */
export function isOfCredentials(code: string): boolean {
  return [absent, expired, unknown, unreachable].some((codes) => codes.has(code));
}

export function explainFailure(error: unknown): Failure {
  if (error instanceof UsageError) return { exitCode: exitCodes.usage, text: failureText(error.message, error.remedy) };
  if (error instanceof SettingsError) {
    const remedy = "deploy with the version of this command";
    return { exitCode: exitCodes.attention, text: failureText(error.message, remedy) };
  }
  if (error instanceof AwsCallError) return { exitCode: exitCodes.aws, text: explainCall(error) };
  const code = codeOf(error);
  if (isOfCredentials(code)) {
    return { exitCode: exitCodes.aws, text: explainCode("the call", code, (error as Error).message) };
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { exitCode: exitCodes.defect, text: failureText(`a bug in this tool: ${text}`, "please report it") };
}

function explainCall({ action, code, cause, message }: AwsCallError): string {
  return explainCode(action, code, cause instanceof Error ? cause.message : message);
}

/** What AWS or the SDK said about one call, and what to do. */
export function explainCode(action: string, code: string, message: string): string {
  if (absent.has(code)) {
    const remedy = "set AWS_PROFILE or --profile, log in (aws sso login), or set AWS_ACCESS_KEY_ID and the rest";
    return failureText(`there are no AWS credentials to use (${message})`, remedy);
  }
  if (expired.has(code)) return failureText(`the AWS credentials have expired (${action}: ${code})`, logIn);
  if (unknown.has(code)) {
    return failureText(
      `AWS does not accept these credentials (${action}: ${code}: ${message})`,
      "check --profile and the access key, and whether the account has enabled the region",
    );
  }
  if (unreachable.has(code)) {
    return failureText(
      `AWS could not be reached for ${action} (${code}: ${message})`,
      "check the network, a proxy, and whether the region exists",
    );
  }
  switch (classify(code)) {
    case "denied":
      return failureText(
        `AWS denied ${action} (${code}: ${message})`,
        "grant this identity the permission; docs/cli.md has the policy for every command",
      );
    case "throttled":
      return failureText(`AWS throttles ${action} (${code})`, "try again in a minute");
    case "transient":
      return failureText(`AWS could not do ${action} (${code}: ${message})`, "try again");
    default:
      return failureText(`${action} failed (${code}: ${message})`, "check the region and the names given");
  }
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}

function failureText(what: string, remedy: string): string {
  return `${what}\n  → ${remedy}`;
}
