/** An error in words for the user of the command: what failed, and what to do. Pure. */
import { AwsCallError, accessProblem, classify } from "../../src/aws/errors.ts";
import { SettingsError } from "../../src/config/load.ts";
import { type ExitCode, exitCodes } from "./exit-codes.ts";
import { UsageError } from "./usage-error.ts";

export interface Failure {
  readonly exitCode: ExitCode;
  readonly text: string;
}

const logIn = "log in again: aws sso login, or new session credentials, with the same --profile";

export function explainFailure(error: unknown): Failure {
  if (error instanceof UsageError)
    return { exitCode: exitCodes.usage, text: failureText(error.message, error.remediation) };
  if (error instanceof SettingsError) {
    const remediation = "deploy with the version of this command";
    return { exitCode: exitCodes.attention, text: failureText(error.message, remediation) };
  }
  if (error instanceof AwsCallError) return { exitCode: exitCodes.aws, text: explainCall(error) };
  const code = codeOf(error);
  if (accessProblem("", code)) {
    return { exitCode: exitCodes.aws, text: explainCode("the call", code, (error as Error).message) };
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { exitCode: exitCodes.defect, text: failureText(`a bug in this tool: ${text}`, "please report it") };
}

function explainCall({ action, code, cause, message }: AwsCallError): string {
  return explainCode(action, code, cause instanceof Error ? cause.message : message);
}

/** What AWS or the SDK said about one call, and what to do. */
function explainCode(action: string, code: string, message: string): string {
  switch (accessProblem(action, code)) {
    case "absent":
      return failureText(
        `there are no AWS credentials to use (${message})`,
        "set AWS_PROFILE or --profile, log in (aws sso login), or set AWS_ACCESS_KEY_ID and the rest",
      );
    case "expired":
      return failureText(`the AWS credentials have expired (${action}: ${code})`, logIn);
    case "unknown":
      return failureText(
        `AWS does not accept these credentials (${action}: ${code}: ${message})`,
        "check --profile and the access key, and whether the account has enabled the region",
      );
    case "unreachable":
      return failureText(
        `AWS could not be reached for ${action} (${code}: ${message})`,
        "check the network, a proxy, and whether the region exists",
      );
    default:
      return explainClass(action, code, message);
  }
}

function explainClass(action: string, code: string, message: string): string {
  switch (classify(code)) {
    case "denied":
    case "refused":
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

function failureText(what: string, remediation: string): string {
  return `${what}\n  → ${remediation}`;
}
