/** What the role of `relocate` may do. */
import type { Input } from "@pulumi/pulumi";
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
  const ofPools = {
    [`aws:ResourceTag/${tagKeys.pool}`]: scope.poolNames,
    [`aws:ResourceTag/${tagKeys.role}`]: ["egress"],
  };
  // An interface belongs to the function's account, its subnet to the account that shares it (runs-on/runs-on#463).
  const onInterfaces = (sid: string, subnetArns: readonly Input<string>[]): Statement => ({
    sid,
    actions: move,
    resources: [arn("ec2", "network-interface/*")],
    conditions: { ArnEquals: { "ec2:Subnet": subnetArns } },
  });
  const move = ["ec2:AssociateAddress", "ec2:DisassociateAddress"];
  const addresses = [arn("ec2", "elastic-ip/*")];
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
    { sid: "MoveAddressesOfPools", actions: move, resources: addresses, conditions: { StringEquals: ofPools } },
    onInterfaces("BetweenInterfacesOfPools", scope.subnetArns),
    ...(scope.scoutSubnetArns.length > 0 ? [onInterfaces("OnScouts", scope.scoutSubnetArns)] : []),
    {
      sid: "TagUse",
      actions: ["ec2:CreateTags"],
      resources: addresses,
      conditions: {
        StringEquals: ofPools,
        ...allOf("aws:TagKeys", [tagKeys.use, tagKeys.verifications]),
      },
    },
    announceStatement(place),
    ...settingsStatements(place, scope.settings),
  ];
}
