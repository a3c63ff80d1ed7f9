/** What the role of each pool's `teardown` may do. */
import { type Input, interpolate } from "@pulumi/pulumi";
import { tagKeys } from "../src/pool/tags.ts";
import type { PoolNetwork } from "./network.ts";
import { allOf, anyOf, arnsOf, networkChangeStatement, noUpdateStatement } from "./permissions.ts";
import type { Account } from "./place.ts";
import type { Statement } from "./policy.ts";

/** Returns what every pool's `teardown` calls; the statements below allow its other writes. */
export function teardownStatements(place: Account, pool: string): Statement[] {
  return [
    {
      sid: "Observe",
      // None of these can be limited to resources.
      actions: ["ec2:DescribeAddresses", "ec2:DescribeNetworkInterfaces", "lambda:ListFunctions"],
      resources: ["*"],
    },
    {
      sid: "TakeAddressesOfPool",
      actions: ["ec2:DisassociateAddress"],
      resources: [arnsOf(place)("ec2", "elastic-ip/*")],
      conditions: { StringEquals: { [`aws:ResourceTag/${tagKeys.pool}`]: [pool] } },
    },
    // It takes probes out of their network. No key is about the rest of a configuration.
    noUpdateStatement("NotIntoNetworks", anyOf("lambda:SubnetIds")),
    noUpdateStatement("NotWithLayers", anyOf("lambda:Layer")),
    networkChangeStatement(),
  ];
}

/** Returns what `teardown` writes in one subnet. A probe may run in any subnet of its pool, so all of them need this. */
export function subnetTeardownStatements(
  place: Account,
  { subnetId, functionArn }: { readonly subnetId: Input<string>; readonly functionArn: Input<string> },
): Statement[] {
  const arn = arnsOf(place);
  return [
    {
      sid: "OffInterfacesHere",
      actions: ["ec2:DisassociateAddress"],
      resources: [arn("ec2", "network-interface/*")],
      conditions: { ArnEquals: { "ec2:Subnet": [arn("ec2", interpolate`subnet/${subnetId}`)] } },
    },
    {
      sid: "WithdrawProbe",
      actions: ["lambda:GetFunctionConfiguration", "lambda:UpdateFunctionConfiguration"],
      resources: [functionArn],
    },
  ];
}

/** Returns what `teardown` writes on addresses of its stage that are released next. */
export function addressTeardownStatements(place: Account, prefix: string): Statement[] {
  const resources = [arnsOf(place)("ec2", "elastic-ip/*")];
  const ofStage = { StringEquals: { [`aws:ResourceTag/${tagKeys.stage}`]: [prefix] } };
  return [
    { sid: "TakeAddressesOfStage", actions: ["ec2:DisassociateAddress"], resources, conditions: ofStage },
    {
      sid: "TakeAddressesOutOfPool",
      actions: ["ec2:CreateTags", "ec2:DeleteTags"],
      resources,
      conditions: { ...ofStage, ...allOf("aws:TagKeys", [tagKeys.pool]) },
    },
  ];
}

/** Returns what `teardown` also calls if its pool has a fallback. */
export function fallbackTeardownStatements(
  place: Account,
  pool: string,
  { routeTableIds }: Pick<PoolNetwork, "routeTableIds">,
): Statement[] {
  const arn = arnsOf(place);
  return [
    {
      sid: "ObserveFallback",
      actions: ["ec2:DescribeInternetGateways", "ec2:DescribeNatGateways", "ec2:DescribeRouteTables"],
      resources: ["*"],
    },
    {
      sid: "ReplaceRoutes",
      actions: ["ec2:ReplaceRoute"],
      resources: routeTableIds.map((id) => arn("ec2", interpolate`route-table/${id}`)),
    },
    {
      sid: "DeleteGatewaysOfPool",
      actions: ["ec2:DeleteNatGateway"],
      resources: [arn("ec2", "natgateway/*")],
      conditions: {
        StringEquals: {
          [`aws:ResourceTag/${tagKeys.pool}`]: [pool],
          [`aws:ResourceTag/${tagKeys.role}`]: ["fallback"],
        },
      },
    },
  ];
}
