/** What the role of `attach` may do. */
import type { AttachParts } from "./parts.ts";
import { announceStatement, arnsOf, networkChangeStatement, settingsStatements } from "./permissions.ts";
import type { Account } from "./place.ts";
import type { Statement } from "./policy.ts";

/**
 * Returns what `attach` calls. It may set a function's network to the pool's, and to no other (Lambda developer guide,
 * "Using IAM condition keys for VPC settings"); it may not make an update that sets no network.
 */
export function attachStatements(
  place: Account,
  parts: readonly AttachParts[],
  settings: string | undefined,
): Statement[] {
  const arn = arnsOf(place);
  const functionArns = ({ functions }: AttachParts) => functions.map((name) => arn("lambda", `function:${name}`));
  return [
    {
      sid: "Observe",
      // None of these can be limited to resources.
      actions: ["cloudwatch:GetMetricData", "ec2:DescribeAddresses"],
      resources: ["*"],
    },
    {
      sid: "ObserveGuarded",
      actions: ["lambda:GetFunctionConfiguration", "lambda:ListAliases"],
      resources: parts.flatMap(functionArns),
    },
    ...parts.map((part, index) => ({
      sid: `Attach${index + 1}`,
      actions: ["lambda:UpdateFunctionConfiguration"],
      resources: functionArns(part),
      conditions: {
        "ForAllValues:StringEquals": {
          "lambda:SubnetIds": part.network.subnetIds,
          "lambda:SecurityGroupIds": part.network.securityGroupIds,
        },
        Null: { "lambda:SubnetIds": ["false"], "lambda:SecurityGroupIds": ["false"] },
      },
    })),
    networkChangeStatement(),
    announceStatement(place),
    ...settingsStatements(place, settings),
  ];
}
