/** Whether Lambda takes the role of Holdfast's probes, which is narrower than AWS's own policy. */
import { check } from "./check.ts";

export const roleCheck = check<{ readonly accepted: boolean }>({
  id: "role",
  question: "Does Lambda accept the role that Holdfast gives its probes?",
  needs: ["account"],
  makes: "a function and its role",
  seconds: 180,
  observe: async ({ member }) => ({ accepted: (await member()).roleAccepted }),
  judge: ({ accepted }) =>
    accepted
      ? {
          outcome: "pass",
          found: "a function with interfaces in the pool's subnet only, its own code denied EC2, is active",
        }
      : {
          outcome: "differs",
          found: "Lambda refused the function until its role could create interfaces anywhere",
          meaning: "a deployment fails at its probes",
          remediation:
            "widen interfacePermissions in src/pool/permissions.ts to AWSLambdaVPCAccessExecutionRole, and tell the maintainers",
        },
});
