/**
 * What each role may do: exactly the calls that its function makes, and those that Lambda makes with the role. No role may
 * allocate or release an address.
 *
 * Resource types and condition keys of EC2's actions: Service Authorization Reference, "Actions, resources, and
 * condition keys for Amazon EC2". EC2 authorizes an association on the address and on the interface.
 */
import { type Input, interpolate, type Output } from "@pulumi/pulumi";
import { tagKeys } from "../src/pool/tags.ts";
import { eventBusName, eventSource, metricsNamespace } from "../src/telemetry/model.ts";
import type { PoolNetwork } from "./network.ts";
import type { AttachParts, FallbackParts } from "./parts.ts";
import type { Account } from "./place.ts";
import type { Statement } from "./policy.ts";

export interface RelocationScope {
  readonly poolNames: readonly string[];
  /** Subnets of all pools' members. */
  readonly subnetArns: readonly Input<string>[];
  /** Subnets where the scouts verify addresses. */
  readonly scoutSubnetArns: readonly Input<string>[];
  /** The parameter with the settings, if they do not fit into the environment. */
  readonly parameterArn: Input<string> | undefined;
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
        "ForAllValues:StringEquals": { "aws:TagKeys": [tagKeys.use, tagKeys.verifications] },
      },
    },
    announceStatement(place),
    ...settingsStatements(scope.parameterArn),
  ];
}

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
      conditions: { "ForAllValues:StringEquals": { "aws:TagKeys": [tagKeys.flips, tagKeys.refusals] } },
    },
    announceStatement(place),
    ...settingsStatements(parameterArn),
  ];
}

/**
 * Returns what `attach` calls. It may set a function's network to the pool's, and to no other (Lambda developer guide,
 * "Using IAM condition keys for VPC settings"); it may not make an update that sets no network.
 */
export function attachStatements(
  place: Account,
  parts: readonly AttachParts[],
  parameterArn: Input<string> | undefined,
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
        Null: { "lambda:VpcIds": ["false"] },
      },
    })),
    networkChangeStatement(),
    announceStatement(place),
    ...settingsStatements(parameterArn),
  ];
}

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
  return [
    {
      sid: "TakeAddressesOutOfPool",
      actions: ["ec2:CreateTags", "ec2:DeleteTags", "ec2:DisassociateAddress"],
      resources: [arnsOf(place)("ec2", "elastic-ip/*")],
      conditions: {
        StringEquals: { [`aws:ResourceTag/${tagKeys.stage}`]: [prefix] },
        "ForAllValues:StringEquals": { "aws:TagKeys": [tagKeys.pool] },
      },
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

export interface CanaryScope {
  readonly poolNames: readonly string[];
  readonly probeArns: readonly Input<string>[];
  /** Names of the parameters with settings and secret headers, with or without a leading slash. */
  readonly parameterNames: readonly Input<string>[];
  readonly secretArns: readonly string[];
}

/** Returns what `canary` calls. */
export function canaryStatements(place: Account, scope: CanaryScope): Statement[] {
  const arn = arnsOf(place);
  const parameterArn = (name: Input<string>) => arn("ssm", interpolate`parameter/${name}`);
  const ofPools = { [`aws:ResourceTag/${tagKeys.pool}`]: scope.poolNames };
  return [
    { sid: "Observe", actions: ["ec2:DescribeAddresses", "ec2:DescribeNetworkInterfaces"], resources: ["*"] },
    {
      sid: "InvokeAndMoveProbes",
      actions: ["lambda:GetFunctionConfiguration", "lambda:InvokeFunction", "lambda:UpdateFunctionConfiguration"],
      resources: scope.probeArns,
    },
    {
      sid: "MarkAddresses",
      actions: ["ec2:CreateTags"],
      resources: [arn("ec2", "elastic-ip/*")],
      conditions: {
        StringEquals: ofPools,
        "ForAllValues:StringEquals": { "aws:TagKeys": [tagKeys.verdict, tagKeys.verified] },
      },
    },
    {
      sid: "Measure",
      actions: ["cloudwatch:PutMetricData"],
      resources: ["*"],
      conditions: { StringEquals: { "cloudwatch:namespace": [metricsNamespace] } },
    },
    announceStatement(place),
    { sid: "ReadParameters", actions: ["ssm:GetParameter"], resources: scope.parameterNames.map(parameterArn) },
    ...(scope.secretArns.length > 0
      ? [{ sid: "ReadSecrets", actions: ["secretsmanager:GetSecretValue"], resources: scope.secretArns }]
      : []),
  ];
}

function arnsOf(place: Account): (service: string, resource: Input<string>) => Output<string> {
  return (service, resource) =>
    interpolate`arn:${place.partition}:${service}:${place.region}:${place.accountId}:${resource}`;
}

function announceStatement(place: Account): Statement {
  return {
    sid: "PublishEvents",
    actions: ["events:PutEvents"],
    resources: [arnsOf(place)("events", `event-bus/${eventBusName}`)],
    conditions: { StringEquals: { "events:source": [eventSource] } },
  };
}

function settingsStatements(parameterArn: Input<string> | undefined): Statement[] {
  return parameterArn ? [{ sid: "ReadSettings", actions: ["ssm:GetParameter"], resources: [parameterArn] }] : [];
}

/** The function sends a message that it cannot understand or handle to the dead-letter queue, with its reason. */
export function setAsideStatement(deadLetterQueueArn: Input<string>): Statement {
  return { sid: "SetAside", actions: ["sqs:SendMessage"], resources: [deadLetterQueueArn] };
}

/** Returns what Lambda requires of a caller that changes a function's network (Lambda developer guide, "Giving functions access to a VPC"). */
export function networkChangeStatement(): Statement {
  const actions = ["ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs"];
  return { sid: "ChangeNetworks", actions, resources: ["*"] };
}

/** Returns what Lambda calls with the role of a function in a VPC (same guide); none of it can be limited to resources. */
export function interfaceStatement(): Statement {
  const actions = [
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
  ];
  return { sid: "KeepInterfaces", actions, resources: ["*"] };
}

/** Returns what Lambda calls with the role of a function that reads a queue (Lambda developer guide, "Using Lambda with SQS"). */
export function consumerStatement(queueArn: Input<string>): Statement {
  const actions = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];
  return { sid: "ConsumeQueue", actions, resources: [queueArn] };
}

/** Returns what Lambda calls with the role of every function. The log group exists already. */
export function logStatement(logGroupArn: Input<string>): Statement {
  const actions = ["logs:CreateLogStream", "logs:PutLogEvents"];
  return { sid: "WriteLogs", actions, resources: [interpolate`${logGroupArn}:*`] };
}
