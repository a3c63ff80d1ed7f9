/** What the role of `fallback` may do. */
import { type Input, interpolate } from "@pulumi/pulumi";
import { tagKeys } from "../src/pool/tags.ts";
import type { FallbackParts } from "./parts.ts";
import { allOf, announceStatement, arnsOf, settingsStatements } from "./permissions.ts";
import type { Account } from "./place.ts";
import type { Statement } from "./policy.ts";

/**
 * Returns what `fallback` calls. Resources that exist at deployment are listed; NAT gateways, which fallback creates and
 * deletes, are limited by the tags that it must create them with.
 */
export function fallbackStatements(
  place: Account,
  parts: readonly FallbackParts[],
  parameterArn: Input<string> | undefined,
): Statement[] {
  const arn = arnsOf(place);
  const ids = (type: string, all: readonly Input<string>[]) => all.map((id) => arn("ec2", interpolate`${type}/${id}`));
  const pools = parts.map(({ name }) => name);
  const tagged = (by: "RequestTag" | "ResourceTag") => ({
    [`aws:${by}/${tagKeys.pool}`]: pools,
    [`aws:${by}/${tagKeys.role}`]: ["fallback"],
  });
  const gateways = [arn("ec2", "natgateway/*")];
  const tables = ids(
    "route-table",
    parts.flatMap(({ network }) => network.routeTableIds),
  );
  const places = parts.map(({ pool, network }) =>
    pool.fallback.mode === "zonal"
      ? arn("ec2", interpolate`subnet/${network.natSubnetId ?? ""}`)
      : arn("ec2", interpolate`vpc/${network.vpcId}`),
  );
  const addresses = ids(
    "elastic-ip",
    parts.flatMap((it) => it.addresses.fallbackIds),
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
    { sid: "CreateGatewaysHere", actions: create, resources: [...places, ...addresses] },
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
    { sid: "ReplaceRoutesOfPools", actions: ["ec2:ReplaceRoute"], resources: tables },
    {
      sid: "TagFlips",
      actions: ["ec2:CreateTags"],
      resources: tables,
      conditions: allOf("aws:TagKeys", [tagKeys.flips, tagKeys.refusals]),
    },
    announceStatement(place),
    ...settingsStatements(parameterArn),
  ];
}
