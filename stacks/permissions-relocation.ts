/** What the role of `relocate` may do. */
import type { Input } from "@pulumi/pulumi";
import { movePermissions, ofPools } from "../src/pool/permissions.ts";
import { tagKeys } from "../src/pool/tags.ts";
import { allOf, announceStatement, arnsOf, settingsStatements } from "./permissions.ts";
import type { Account } from "./place.ts";
import type { Statement } from "./policy.ts";

export interface RelocationScope {
  readonly poolNames: readonly string[];
  /** Subnets of all pools' members. */
  readonly subnetArns: readonly Input<string>[];
  /** Subnets where the scouts verify addresses. */
  readonly scoutSubnetArns: readonly Input<string>[];
  /** The parameters with the settings, if they do not fit into the environment. */
  readonly settings: string | undefined;
  /** Whether members are selected by name patterns or tags, besides exact names and ARNs. */
  readonly membersBy: { readonly patterns: boolean; readonly tags: boolean };
}

/** Returns what `relocate` calls. */
export function relocationStatements(place: Account, scope: RelocationScope): Statement[] {
  const arn = arnsOf(place);
  const addresses = arn("ec2", "elastic-ip/*");
  const { patterns, tags } = scope.membersBy;
  return [
    {
      sid: "Observe",
      // None of these can be limited to resources.
      actions: [
        "ec2:DescribeAddresses",
        "ec2:DescribeNetworkInterfaces",
        ...(patterns || tags ? ["lambda:ListFunctions"] : []),
        ...(tags ? ["tag:GetResources"] : []),
      ],
      resources: ["*"],
    },
    {
      sid: "ObserveMembers",
      actions: [
        "lambda:GetFunctionConfiguration",
        "lambda:ListAliases",
        "lambda:ListProvisionedConcurrencyConfigs",
        "lambda:ListVersionsByFunction",
        ...(tags ? ["lambda:ListTags"] : []),
      ],
      resources: [arn("lambda", "function:*")],
    },
    ...movePermissions<Input<string>>({ ...scope, addresses, interfaces: arn("ec2", "network-interface/*") }),
    {
      sid: "TagUse",
      actions: ["ec2:CreateTags"],
      resources: [addresses],
      conditions: {
        StringEquals: ofPools(scope.poolNames),
        ...allOf("aws:TagKeys", [tagKeys.use, tagKeys.verifications]),
      },
    },
    announceStatement(place),
    ...settingsStatements(place, scope.settings),
  ];
}
