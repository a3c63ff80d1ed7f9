/** What the role of `fallback` may do. */
import { interpolate } from "@pulumi/pulumi";
import { tagKeys } from "../src/pool/tags.ts";
import type { FallbackParts } from "./parts.ts";
import { allOf, announceStatement, arnsOf, settingsStatements } from "./permissions.ts";
import type { Account } from "./place.ts";
import type { Statement } from "./policy.ts";

/**
 * Returns what `fallback` calls. Addresses and route tables are limited by the tags that a deployment gives them, NAT
 * gateways, which fallback creates and deletes, by those that it must create them with.
 */
export function fallbackStatements(
  place: Account,
  parts: readonly FallbackParts[],
  settings: string | undefined,
): Statement[] {
  const arn = arnsOf(place);
  const pools = parts.map(({ name }) => name);
  const tagged = (by: "RequestTag" | "ResourceTag") => ({
    [`aws:${by}/${tagKeys.pool}`]: pools,
    [`aws:${by}/${tagKeys.role}`]: ["fallback"],
  });
  const gateways = [arn("ec2", "natgateway/*")];
  const tables = [arn("ec2", "route-table/*")];
  const ofPools = { [`aws:ResourceTag/${tagKeys.pool}`]: pools };
  const places = parts.map(({ pool, network }) =>
    pool.fallback.mode === "zonal"
      ? arn("ec2", interpolate`subnet/${network.natSubnetId ?? ""}`)
      : arn("ec2", interpolate`vpc/${network.vpcId}`),
  );
  const create = ["ec2:CreateNatGateway"];
  const probeArns = parts.flatMap(({ probes }) => probes.map(({ functionArn }) => functionArn));
  return [
    {
      sid: "Observe",
      // EC2's actions cannot be limited to resources; DescribeAlarms omits composite alarms where its permission is limited.
      actions: [
        "cloudwatch:DescribeAlarms",
        "cloudwatch:GetMetricData",
        "ec2:DescribeAddresses",
        "ec2:DescribeInternetGateways",
        "ec2:DescribeNatGateways",
        "ec2:DescribeRouteTables",
        "ec2:DescribeSubnets",
      ],
      resources: ["*"],
    },
    { sid: "InvokeProbes", actions: ["lambda:InvokeFunction"], resources: probeArns },
    { sid: "CreateGateways", actions: create, resources: gateways, conditions: { StringEquals: tagged("RequestTag") } },
    { sid: "CreateGatewaysHere", actions: create, resources: places },
    {
      sid: "CreateGatewaysWith",
      actions: create,
      resources: [arn("ec2", "elastic-ip/*")],
      conditions: { StringEquals: tagged("ResourceTag") },
    },
    {
      sid: "TagCreatedGateways",
      actions: ["ec2:CreateTags"],
      resources: gateways,
      conditions: { StringEquals: { ...tagged("RequestTag"), "ec2:CreateAction": ["CreateNatGateway"] } },
    },
    {
      sid: "DeleteGatewaysOfPools",
      actions: ["ec2:DeleteNatGateway"],
      resources: gateways,
      conditions: { StringEquals: tagged("ResourceTag") },
    },
    {
      sid: "ReplaceRoutesOfPools",
      actions: ["ec2:ReplaceRoute"],
      resources: tables,
      conditions: { StringEquals: ofPools },
    },
    {
      sid: "TagFlips",
      actions: ["ec2:CreateTags"],
      resources: tables,
      conditions: { StringEquals: ofPools, ...allOf("aws:TagKeys", [tagKeys.flips, tagKeys.refusals]) },
    },
    announceStatement(place),
    ...settingsStatements(place, settings),
  ];
}
