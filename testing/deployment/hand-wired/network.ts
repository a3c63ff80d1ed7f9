/** A pool's network and addresses in the twin, as a deployment makes them. */
import { tagKeys } from "../../../src/pool/tags.ts";
import type { Operator } from "../operator.ts";

export interface PoolNetwork {
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  /** Two groups, so that a function's groups can be changed. */
  readonly securityGroupIds: readonly string[];
  readonly routeTableIds: readonly string[];
}

/** A VPC with an internet gateway, one public subnet per zone with a route table of its own, and two security groups. */
export async function buildNetwork(operator: Operator, zones: number): Promise<PoolNetwork> {
  const { Vpc } = await operator<{ Vpc: { VpcId: string } }>("ec2", "CreateVpc", { CidrBlock: "10.0.0.0/16" });
  const vpcId = Vpc.VpcId;
  const gateway = await operator<{ InternetGateway: { InternetGatewayId: string } }>(
    "ec2",
    "CreateInternetGateway",
    {},
  );
  const { InternetGatewayId } = gateway.InternetGateway;
  await operator("ec2", "AttachInternetGateway", { VpcId: vpcId, InternetGatewayId });
  const subnetIds: string[] = [];
  const routeTableIds: string[] = [];
  for (let zone = 0; zone < zones; zone++) {
    const { Subnet } = await operator<{ Subnet: { SubnetId: string } }>("ec2", "CreateSubnet", {
      VpcId: vpcId,
      CidrBlock: `10.0.${zone}.0/24`,
      AvailabilityZone: `us-east-1${"abcdef"[zone]}`,
    });
    const table = await operator<{ RouteTable: { RouteTableId: string } }>("ec2", "CreateRouteTable", { VpcId: vpcId });
    const { RouteTableId } = table.RouteTable;
    await operator("ec2", "CreateRoute", {
      RouteTableId,
      DestinationCidrBlock: "0.0.0.0/0",
      GatewayId: InternetGatewayId,
    });
    await operator("ec2", "AssociateRouteTable", { RouteTableId, SubnetId: Subnet.SubnetId });
    subnetIds.push(Subnet.SubnetId);
    routeTableIds.push(RouteTableId);
  }
  const securityGroupIds: string[] = [];
  for (const GroupName of ["members", "members-next"]) {
    const input = { VpcId: vpcId, GroupName, Description: GroupName };
    securityGroupIds.push((await operator<{ GroupId: string }>("ec2", "CreateSecurityGroup", input)).GroupId);
  }
  return { vpcId, subnetIds, securityGroupIds, routeTableIds };
}

/** Allocates the pool's egress addresses, tagged as a deployment tags them. Returns their allocation ids. */
export async function allocateAddresses(operator: Operator, poolName: string, count: number): Promise<string[]> {
  const allocationIds: string[] = [];
  for (let index = 0; index < count; index++) {
    const { AllocationId } = await operator<{ AllocationId: string }>("ec2", "AllocateAddress", {
      Domain: "vpc",
      TagSpecifications: [
        {
          ResourceType: "elastic-ip",
          Tags: [
            { Key: tagKeys.pool, Value: poolName },
            { Key: tagKeys.role, Value: "egress" },
          ],
        },
      ],
    });
    allocationIds.push(AllocationId);
  }
  return allocationIds;
}
