/** Exit codes, for scripts; docs/cli.md lists them. */
export const exitCodes = {
  fine: 0,
  /** Something needs attention, or a request was declined. */
  attention: 1,
  /** Arguments that cannot be, or a deployment, pool or resource that is not there. */
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
