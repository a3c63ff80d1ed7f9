/** What an error of AWS says of the account, as the verdict of the check that met it. Pure. */
import { AwsCallError, accessProblem } from "../../src/aws/errors.ts";
import type { Verdict } from "./check.ts";
import { SceneError } from "./make.ts";

/** Returns what an error says of the account. @throws the error, if nothing */
export function failureOf(error: unknown): Verdict {
  if (error instanceof SceneError) {
    const remediation = "run it again; tell the maintainers if it is the same";
    return { outcome: "fail", found: error.message, meaning: "Holdfast needs the same", remediation };
  }
  if (!(error instanceof AwsCallError) || accessProblem(error.action, error.code)) throw error;
  const message = error.cause instanceof Error ? error.cause.message : "";
  const said = `${error.action}: ${error.code}${message && `: ${message}`}`;
  switch (error.errorClass) {
    case "denied":
      return denialOf(error.action, said, message);
    case "quota":
      return {
        outcome: "fail",
        found: `a quota is full: ${said}`,
        meaning: "a deployment would meet it too",
        remediation: "request a higher quota, or remove what is not used",
      };
    case "bug":
      throw error;
    default:
      return {
        outcome: "skipped",
        found: `AWS did not do ${said}`,
        meaning: "this was not found out",
        remediation: "run it again; tell the maintainers if it is the same",
      };
  }
}

/** Only the text says which kind of policy denied a call (IAM user guide, "Troubleshoot access denied error messages"). */
const deniers: readonly (readonly [words: string, policy: string])[] = [
  ["service control policy", "a service control policy of the organization"],
  ["resource control policy", "a resource control policy of the organization"],
  ["permissions boundary", "the permissions boundary of your identity"],
  ["session policy", "the policy of your session"],
];

function denialOf(action: string, said: string, message: string): Verdict {
  const denier = deniers.find(([words]) => message.includes(words))?.[1];
  const why = denier
    ? `${denier} denies it, whatever your own policies allow`
    : "you may not do it, or a service control policy of the organization denies it";
  const [consequence, hint] =
    action === "iam:CreateRole"
      ? [
          "a deployment makes a role for each of its functions, so this identity cannot deploy either",
          "; an organization that demands a permissions boundary on new roles denies those without one, as the rehearsal's are",
        ]
      : ["a deployment needs most of the same", ""];
  return {
    outcome: "fail",
    found: `AWS denied ${said}`,
    meaning: `${why}; ${consequence}`,
    remediation: denier
      ? `have ${action} allowed by the administrator of ${denier}, or rehearse with an identity that it does not bind${hint}`
      : `allow what rehearse --print-policy prints; if it is allowed, look for service control policies and permissions boundaries${hint}`,
  };
}
