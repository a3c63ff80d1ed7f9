/**
 * Every call that a rehearsal makes, and what it may be made on: from this one table come the policy that is printed and the
 * type of what the code may call. Pure.
 *
 * What exists is changed only if it has the run's tag, what is made has it from the start. Bounded by their name instead are
 * the roles, since IAM's keys do not cover all of these calls, the rule, the queue, and the tags of functions. An interface that
 * Lambda has made has no tag; an address is taken off it only if the address has one. Sources: Service Authorization
 * Reference, the pages of EC2, Lambda, IAM, STS.
 */
import type { Permission } from "../../src/pool/permissions.ts";
import type { Choices } from "./choices.ts";
import { namePrefix, runTag } from "./names.ts";

const reads = [
  "cloudtrail:DescribeTrails",
  "cloudtrail:GetTrailStatus",
  "ec2:DescribeAddresses",
  "ec2:DescribeAvailabilityZones",
  "ec2:DescribeNetworkInterfaces",
  "ec2:DescribeSecurityGroups",
  "ec2:DescribeSubnets",
  "ec2:DescribeTags",
  "ec2:DescribeVpcBlockPublicAccessOptions",
  "ec2:DescribeVpcs",
  "iam:ListRoles",
  "lambda:ListFunctions",
  "servicequotas:GetServiceQuota",
  "tag:GetResources",
] as const;
const natReads = ["ec2:DescribeNatGateways"] as const;
const existingReads = ["ec2:DescribeRouteTables"] as const;

/** Each makes a thing of one type. */
const addressCreations = [["ec2:AllocateAddress", "elastic-ip"]] as const;
const networkCreations = [
  ["ec2:CreateInternetGateway", "internet-gateway"],
  ["ec2:CreateNetworkInterface", "network-interface"],
  ["ec2:CreateRouteTable", "route-table"],
  ["ec2:CreateSecurityGroup", "security-group"],
  ["ec2:CreateSubnet", "subnet"],
  ["ec2:CreateVpc", "vpc"],
] as const;
const natCreations = [["ec2:CreateNatGateway", "natgateway"]] as const;

/** Some of these are made inside others. */
const insides = [
  "ec2:CreateNetworkInterface",
  "ec2:CreateRouteTable",
  "ec2:CreateSecurityGroup",
  "ec2:CreateSubnet",
] as const;

const addressChanges = ["ec2:CreateTags", "ec2:DisassociateAddress", "ec2:ReleaseAddress"] as const;
const networkChanges = [
  "ec2:AssociateRouteTable",
  "ec2:AttachInternetGateway",
  "ec2:CreateRoute",
  "ec2:DeleteInternetGateway",
  "ec2:DeleteNetworkInterface",
  "ec2:DeleteRouteTable",
  "ec2:DeleteSecurityGroup",
  "ec2:DeleteSubnet",
  "ec2:DeleteVpc",
  "ec2:DetachInternetGateway",
] as const;
const natChanges = ["ec2:DeleteNatGateway", "ec2:ReplaceRoute"] as const;

const functionChanges = [
  "lambda:DeleteFunction",
  "lambda:GetFunctionConfiguration",
  "lambda:InvokeFunction",
  "lambda:UntagResource",
  "lambda:UpdateFunctionConfiguration",
] as const;

const roleChanges = ["iam:DeleteRole", "iam:DeleteRolePolicy", "iam:PutRolePolicy", "sts:AssumeRole"] as const;

/** Of the one rule and the one queue. */
const ruleChanges = ["events:DeleteRule", "events:PutRule", "events:PutTargets", "events:RemoveTargets"] as const;
const queueChanges = ["sqs:CreateQueue", "sqs:DeleteQueue", "sqs:GetQueueUrl", "sqs:ReceiveMessage"] as const;

/** What a rehearsal calls as the operator. */
export type Action =
  | (typeof reads | typeof natReads | typeof existingReads)[number]
  | (typeof addressCreations | typeof networkCreations | typeof natCreations)[number][0]
  | (typeof insides)[number]
  | (typeof addressChanges | typeof networkChanges | typeof natChanges)[number]
  | (typeof functionChanges)[number]
  | (typeof roleChanges)[number]
  | (typeof ruleChanges)[number]
  | (typeof queueChanges)[number]
  | "lambda:CreateFunction"
  | "lambda:TagResource"
  | "iam:CreateRole";

const tagged = { StringLike: { [`aws:ResourceTag/${runTag}`]: ["*"] } };
const tagging = { StringLike: { [`aws:RequestTag/${runTag}`]: ["*"] } };

/** A run's id, for a pattern: not every stage `rehearsal` of an app `holdfast` (its names begin in the same way). */
const anyRun = "????????";

export interface Place {
  readonly partition: string;
  readonly region: string;
  /** `*`: not known. */
  readonly accountId: string;
}

/** Returns the statements that suffice for a rehearsal in a region, `--clean` included, and hold nothing else. */
export function rehearsalPermissions({ partition, region, accountId }: Place, choices: Choices): Permission<string>[] {
  const { nat, existing } = choices;
  const ec2 = (type: string) => `arn:${partition}:ec2:${region}:${accountId}:${type}/*`;
  const functions = `arn:${partition}:lambda:${region}:${accountId}:function:${namePrefix}-${anyRun}-*`;
  const roles = `arn:${partition}:iam::${accountId}:role/${namePrefix}/${region}/*`;
  const making = [...addressCreations, ...(existing ? [] : networkCreations), ...(nat ? natCreations : [])];
  return [
    {
      sid: "Look",
      actions: [...reads, ...(nat ? natReads : []), ...(existing ? existingReads : [])],
      resources: ["*"],
    },
    ...making.map(([action, type]) => ({
      sid: action.slice("ec2:".length),
      actions: [action],
      resources: [ec2(type)],
      conditions: tagging,
    })),
    {
      sid: "TagWhatIsMade",
      actions: ["ec2:CreateTags"],
      resources: making.map(([, type]) => ec2(type)),
      conditions: { StringEquals: { "ec2:CreateAction": making.map(([action]) => action.slice("ec2:".length)) } },
    },
    ...(existing ? [] : [insideNetwork(ec2)]),
    ...(nat ? [natInside(ec2)] : []),
    {
      sid: "ChangeWhatIsTagged",
      actions: [...addressChanges, ...(existing ? [] : networkChanges), ...(nat ? natChanges : [])],
      resources: making.map(([, type]) => ec2(type)),
      conditions: tagged,
    },
    { sid: "TakeAddressesOff", actions: ["ec2:DisassociateAddress"], resources: [ec2("network-interface")] },
    { sid: "CreateFunctions", actions: ["lambda:CreateFunction"], resources: [functions], conditions: tagging },
    { sid: "TagFunctions", actions: ["lambda:TagResource"], resources: [functions] },
    { sid: "ChangeFunctions", actions: functionChanges, resources: [functions], conditions: tagged },
    { sid: "CreateRoles", actions: ["iam:CreateRole", "iam:TagRole"], resources: [roles], conditions: tagging },
    {
      sid: "Rule",
      actions: ruleChanges,
      resources: [`arn:${partition}:events:${region}:${accountId}:rule/${namePrefix}-${anyRun}-events`],
    },
    {
      sid: "Queue",
      actions: queueChanges,
      resources: [`arn:${partition}:sqs:${region}:${accountId}:${namePrefix}-${anyRun}-events`],
    },
    { sid: "ChangeRoles", actions: roleChanges, resources: [roles] },
    {
      sid: "PassRoles",
      actions: ["iam:PassRole"],
      resources: [roles],
      conditions: { StringEquals: { "iam:PassedToService": ["lambda.amazonaws.com"] } },
    },
  ];
}

function insideNetwork(ec2: (type: string) => string): Permission<string> {
  return {
    sid: "InsideItsNetwork",
    actions: insides,
    resources: [ec2("security-group"), ec2("subnet"), ec2("vpc")],
    conditions: tagged,
  };
}

/** EC2 authorizes a NAT gateway on what it is made of too (Service Authorization Reference, CreateNatGateway). */
function natInside(ec2: (type: string) => string): Permission<string> {
  return {
    sid: "NatGatewayOfItsParts",
    actions: natCreations.map(([action]) => action),
    resources: [ec2("elastic-ip"), ec2("subnet"), ec2("vpc")],
    conditions: tagged,
  };
}

/** Returns a policy document of IAM, ready to be sent. */
export function policyDocument(permissions: readonly Permission<string>[]) {
  return {
    Version: "2012-10-17",
    Statement: permissions.map(({ sid, effect = "Allow", actions, resources, conditions }) => ({
      Sid: sid,
      Effect: effect,
      Action: actions,
      Resource: resources,
      ...(conditions && { Condition: conditions }),
    })),
  };
}

/** Returns the partition of a region, which is the first part of its ARNs. */
export function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}
