/** What it takes to move a pool's addresses, and to run in its subnets, as IAM statements: the stacks deploy them, and a rehearsal tries the same ones. */
import { tagKeys } from "./tags.ts";

/** One IAM statement, of plain text or of what a deployment knows later. */
export interface Permission<Text> {
  readonly sid: string;
  /** `Allow` unless given. */
  readonly effect?: "Deny";
  readonly actions: readonly string[];
  readonly resources: readonly Text[];
  /** Operator → condition key → values. */
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, readonly (Text | string)[]>>>>;
}

export interface MoveScope<Text> {
  readonly poolNames: readonly string[];
  /** `…:elastic-ip/*` of the account. */
  readonly addresses: Text;
  /** `…:network-interface/*` of the account. */
  readonly interfaces: Text;
  /** Subnets of all pools' members. */
  readonly subnetArns: readonly Text[];
  /** Subnets where the scouts verify addresses. */
  readonly scoutSubnetArns: readonly Text[];
}

/** Returns the condition that a resource is an egress address of one of these pools. */
export function ofPools(poolNames: readonly string[]): Record<string, readonly string[]> {
  return { [`aws:ResourceTag/${tagKeys.pool}`]: poolNames, [`aws:ResourceTag/${tagKeys.role}`]: ["egress"] };
}

/**
 * Returns what moves the pools' addresses between the interfaces of their subnets. EC2 authorizes an association on the
 * address and on the interface (Service Authorization Reference, "Actions, resources, and condition keys for Amazon EC2").
 * An interface belongs to the function's account, its subnet to the account that shares it (runs-on/runs-on#463).
 */
export function movePermissions<Text>(scope: MoveScope<Text>): Permission<Text>[] {
  const actions = ["ec2:AssociateAddress", "ec2:DisassociateAddress"];
  const onInterfaces = (sid: string, subnetArns: readonly Text[]): Permission<Text> => ({
    sid,
    actions,
    resources: [scope.interfaces],
    conditions: { ArnEquals: { "ec2:Subnet": subnetArns } },
  });
  return [
    {
      sid: "MoveAddressesOfPools",
      actions,
      resources: [scope.addresses],
      conditions: { StringEquals: ofPools(scope.poolNames) },
    },
    onInterfaces("BetweenInterfacesOfPools", scope.subnetArns),
    ...(scope.scoutSubnetArns.length > 0 ? [onInterfaces("OnScouts", scope.scoutSubnetArns)] : []),
  ];
}

export interface InterfaceScope<Text> {
  readonly functionArns: readonly Text[];
  readonly subnetArns: readonly Text[];
  /** `…:network-interface/*` of the account. */
  readonly interfaces: Text;
  /** `…:security-group/*` of any account: a shared group is its owner's, as a shared subnet is. */
  readonly groups: Text;
  /** Everything of EC2's in the account. */
  readonly everything: Text;
}

/**
 * Returns what Lambda calls with the role of a function in a VPC, and that the function's own code calls none of it (Lambda
 * developer guide, "Giving functions access to a VPC", which denies it by `lambda:SourceFunctionArn`). Lambda refuses a role
 * that may delete some interfaces only: "include all resource IDs" (same guide; hashicorp/terraform-provider-aws#20698).
 */
export function interfacePermissions<Text>(scope: InterfaceScope<Text>): Permission<Text | string>[] {
  const describe = ["ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"];
  const create = ["ec2:CreateNetworkInterface"];
  const keep = ["ec2:AssignPrivateIpAddresses", "ec2:DeleteNetworkInterface", "ec2:UnassignPrivateIpAddresses"];
  return [
    { sid: "ObserveInterfaces", actions: describe, resources: ["*"] },
    { sid: "CreateInterfaces", actions: create, resources: [scope.interfaces, ...scope.subnetArns, scope.groups] },
    { sid: "KeepInterfaces", actions: keep, resources: [scope.everything] },
    {
      sid: "NotByItsCode",
      effect: "Deny",
      actions: [...describe, ...create, ...keep],
      resources: ["*"],
      conditions: { ArnEquals: { "lambda:SourceFunctionArn": scope.functionArns } },
    },
  ];
}
