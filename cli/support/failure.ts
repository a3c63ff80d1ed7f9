/** An error in words for the user of the command: what failed, and what to do. Pure. */
import { AwsCallError, accessProblem, classify } from "../../src/aws/errors.ts";
import { SettingsError } from "../../src/config/load.ts";
import { type ExitCode, exitCodes } from "./exit-codes.ts";
import { wrap } from "./style.ts";
import { UsageError } from "./usage-error.ts";

export interface Failure {
  readonly exitCode: ExitCode;
  /** What is wrong. */
  readonly message: string;
  /** What to do about it. */
  readonly remediation: string;
}

/** What failed and what to do, before it has an exit code. */
type Words = Pick<Failure, "message" | "remediation">;

/** Returns both in lines for the terminal, under the prefix of every error. */
export function failureText({ message, remediation }: Words, columns: number | undefined): string {
  const lines = [`holdfast: ${message}`, `  → ${remediation}`].flatMap((it) => it.split("\n"));
  return lines.map((line) => wrap(line, "    ", columns)).join("\n");
}

const logIn = "log in again: aws sso login, or new session credentials, with the same --profile";

export function explainFailure(error: unknown): Failure {
  if (error instanceof UsageError)
    return { exitCode: exitCodes.usage, message: error.message, remediation: error.remediation };
  if (error instanceof SettingsError) {
    const remediation = "deploy with the version of this command";
    return { exitCode: exitCodes.attention, message: error.message, remediation };
  }
  if (error instanceof AwsCallError) return { exitCode: exitCodes.aws, ...explainCall(error) };
  const code = codeOf(error);
  if (accessProblem("", code)) {
    return { exitCode: exitCodes.aws, ...explainCode("the call", code, (error as Error).message) };
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { exitCode: exitCodes.defect, ...words(`a bug in this tool: ${text}`, "please report it") };
}

function explainCall({ action, code, cause, message }: AwsCallError): Words {
  return explainCode(action, code, cause instanceof Error ? cause.message : message);
}

/** What AWS or the SDK said about one call, and what to do. */
function explainCode(action: string, code: string, message: string): Words {
  switch (accessProblem(action, code)) {
    case "absent":
      return words(
        `there are no AWS credentials to use (${message})`,
        "set AWS_PROFILE or --profile, log in (aws sso login), or set AWS_ACCESS_KEY_ID and the rest",
      );
    case "expired":
      return words(`the AWS credentials have expired (${action}: ${code})`, logIn);
    case "unknown":
      return words(
        `AWS does not accept these credentials (${action}: ${code}: ${message})`,
        "check --profile and the access key, and whether the account has enabled the region",
      );
    case "unreachable":
      return words(
        `AWS could not be reached for ${action} (${code}: ${message})`,
        "check the network, a proxy, and whether the region exists",
      );
    default:
      return explainClass(action, code, message);
  }
}

function explainClass(action: string, code: string, message: string): Words {
  switch (classify(code)) {
    case "denied":
    case "refused":
      return words(
        `AWS denied ${action} (${code}: ${message})`,
        "grant this identity the permission; docs/cli.md has the policy for every command",
      );
    case "throttled":
      return words(`AWS throttles ${action} (${code})`, "try again in a minute");
    case "transient":
      return words(`AWS could not do ${action} (${code}: ${message})`, "try again");
    default:
      return words(`${action} failed (${code}: ${message})`, "check the region and the names given");
  }
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}

function words(message: string, remediation: string): Words {
  return { message, remediation };
}
