import type { VpcConfig as VpcConfigInput } from "@aws-sdk/client-lambda";
import { invalid } from "./lambda-names.ts";
import type { VpcConfig, World } from "./world.ts";

/** Quotas of a function's VPC configuration (Lambda developer guide, quotas). */
const MOST_SUBNETS = 16;
const MOST_GROUPS = 5;

/**
 * Reads a VPC configuration; empty lists mean "no VPC".
 * Throws `InvalidParameterValueException`, in the words of EC2's own error where EC2 refuses.
 */
export function readVpcConfig(world: World, input: VpcConfigInput | undefined): VpcConfig | undefined {
  const subnetIds = [...(input?.SubnetIds ?? [])];
  const securityGroupIds = [...(input?.SecurityGroupIds ?? [])];
  if (subnetIds.length === 0 && securityGroupIds.length === 0) return undefined;
  if (subnetIds.length === 0 || securityGroupIds.length === 0) {
    throw invalid("SubnetIds and SecurityIds must coexist or be both empty list.");
  }
  if (subnetIds.length > MOST_SUBNETS || securityGroupIds.length > MOST_GROUPS) {
    throw invalid(`At most ${MOST_SUBNETS} subnets and ${MOST_GROUPS} security groups may be given.`);
  }
  const vpcIds = new Set([
    ...subnetIds.map((id) => vpcOfSubnet(world, id)),
    ...securityGroupIds.map((id) => vpcOfGroup(world, id)),
  ]);
  const [vpcId] = vpcIds;
  if (vpcId === undefined || vpcIds.size > 1) {
    throw invalid("Subnets and security groups must belong to the same VPC.");
  }
  const ipv6AllowedForDualStack = input?.Ipv6AllowedForDualStack ?? false;
  if (ipv6AllowedForDualStack && !subnetIds.every((id) => world.subnets.get(id)?.ipv6CidrBlock)) {
    throw invalid("Ipv6AllowedForDualStack is only supported when all subnets are dual-stack.");
  }
  return { vpcId, subnetIds, securityGroupIds, ipv6AllowedForDualStack };
}

function vpcOfSubnet(world: World, subnetId: string): string {
  const subnet = world.subnets.get(subnetId);
  if (subnet) return subnet.vpcId;
  throw invalid(
    `Error occurred while DescribeSubnets. EC2 Error Code: InvalidSubnetID.NotFound. EC2 Error Message: The subnet ID '${subnetId}' does not exist`,
  );
}

function vpcOfGroup(world: World, groupId: string): string {
  const group = world.securityGroups.get(groupId);
  if (group) return group.vpcId;
  throw invalid(
    `Error occurred while DescribeSecurityGroups. EC2 Error Code: InvalidGroup.NotFound. EC2 Error Message: The security group '${groupId}' does not exist`,
  );
}
