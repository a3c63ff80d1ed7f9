/** What went wrong, in words for whoever typed the command: what failed, and what to do. Pure. */
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
  if (error instanceof UsageError) return { exitCode: exitCodes.usage, text: said(error.message, error.remedy) };
  if (error instanceof SettingsError) {
    const remedy = "deploy with the version that this command is of";
    return { exitCode: exitCodes.attention, text: said(error.message, remedy) };
  }
  if (error instanceof AwsCallError) return { exitCode: exitCodes.aws, text: explainCall(error) };
  const code = codeOf(error);
  if (accessProblem("", code)) {
    return { exitCode: exitCodes.aws, text: explainCode("the call", code, (error as Error).message) };
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { exitCode: exitCodes.defect, text: said(`a defect of this tool: ${text}`, "please report it") };
}

function explainCall({ action, code, cause, message }: AwsCallError): string {
  return explainCode(action, code, cause instanceof Error ? cause.message : message);
}

/** What AWS or the SDK said about one call, and what to do. */
function explainCode(action: string, code: string, message: string): string {
  switch (accessProblem(action, code)) {
    case "absent":
      return said(
        `there are no AWS credentials to use (${message})`,
        "set AWS_PROFILE or --profile, log in (aws sso login), or set AWS_ACCESS_KEY_ID and the rest",
      );
    case "expired":
      return said(`the AWS credentials have expired (${action}: ${code})`, logIn);
    case "unknown":
      return said(
        `AWS does not accept these credentials (${action}: ${code}: ${message})`,
        "check --profile and the access key; a region that the account has not enabled says so too",
      );
    case "unreachable":
      return said(
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
      return said(
        `AWS denied ${action} (${code}: ${message})`,
        "give this identity the permission; docs/cli.md holds the policy that each command needs",
      );
    case "throttled":
      return said(`AWS throttles ${action} (${code})`, "try again in a minute");
    case "transient":
      return said(`AWS could not do ${action} (${code}: ${message})`, "try again");
    default:
      return said(`${action} failed (${code}: ${message})`, "check the region and the names given");
  }
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}

function said(what: string, remedy: string): string {
  return `${what}\n  → ${remedy}`;
}
