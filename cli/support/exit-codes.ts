/** Exit codes, for scripts; docs/cli.md lists them. */
import type { Headline } from "../../src/telemetry/headline.ts";

export const exitCodes = {
  fine: 0,
  /** Something needs attention, or a request was declined. */
  attention: 1,
  /** No answer: arguments that cannot be, a deployment, pool or resource that is not there; to `status`, no recent data. */
  usage: 2,
  /** AWS refused or could not be reached. */
  aws: 3,
  /** `doctor`: egress is broken, or nothing would heal it. `rehearse`: it would not work here. */
  broken: 4,
  /** A defect of this tool. */
  defect: 70,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Returns what `status` ends with. */
export function exitCodeFor(headline: Headline): ExitCode {
  if (headline === "OK") return exitCodes.fine;
  return headline === "UNKNOWN" ? exitCodes.usage : exitCodes.attention;
}
