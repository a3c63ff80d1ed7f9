/** What the role of `canary` may do. */
import type { Input } from "@pulumi/pulumi";
import { tagKeys } from "../src/pool/tags.ts";
import { allOf, announceStatement, anyOf, arnsOf, noUpdateStatement } from "./permissions.ts";
import type { Account } from "./place.ts";
import type { Statement } from "./policy.ts";

export interface CanaryScope {
  readonly poolNames: readonly string[];
  readonly probeArns: readonly Input<string>[];
  /** Of all pools' members and scouts. */
  readonly subnetIds: readonly Input<string>[];
  /** Names of the parameters with settings and secret headers, with or without a leading slash. */
  readonly parameterNames: readonly string[];
  readonly secretArns: readonly string[];
}

/** Returns what `canary` calls. */
export function canaryStatements(place: Account, scope: CanaryScope): Statement[] {
  const arn = arnsOf(place);
  const parameters = scope.parameterNames.map((name) => arn("ssm", `parameter/${name.replace(/^\//, "")}`));
  const ofPools = { [`aws:ResourceTag/${tagKeys.pool}`]: scope.poolNames };
  return [
    { sid: "Observe", actions: ["ec2:DescribeAddresses", "ec2:DescribeNetworkInterfaces"], resources: ["*"] },
    {
      sid: "InvokeAndMoveProbes",
      actions: ["lambda:GetFunctionConfiguration", "lambda:InvokeFunction", "lambda:UpdateFunctionConfiguration"],
      resources: scope.probeArns,
    },
    // A probe follows members to security groups that are not known here. No key is about the rest of a configuration.
    noUpdateStatement("NotOutOfPools", { "ForAnyValue:StringNotEquals": { "lambda:SubnetIds": scope.subnetIds } }),
    noUpdateStatement("NotWithoutNetwork", { Null: { "lambda:SubnetIds": ["true"] } }),
    noUpdateStatement("NotWithLayers", anyOf("lambda:Layer")),
    {
      sid: "MarkAddresses",
      actions: ["ec2:CreateTags"],
      resources: [arn("ec2", "elastic-ip/*")],
      conditions: {
        StringEquals: ofPools,
        ...allOf("aws:TagKeys", [tagKeys.verdict, tagKeys.verified]),
      },
    },
    announceStatement(place),
    { sid: "ReadParameters", actions: ["ssm:GetParameter"], resources: parameters },
    ...(scope.secretArns.length > 0
      ? [{ sid: "ReadSecrets", actions: ["secretsmanager:GetSecretValue"], resources: scope.secretArns }]
      : []),
  ];
}
