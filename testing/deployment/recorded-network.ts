/** A recorded deployment's network and addresses, made in the twin. */
import type { Operator } from "./operator.ts";
import { tagList } from "./recorded-resource.ts";

/** The inputs that are read here; each kind has some of them. */
export interface NetworkInputs {
  readonly vpcId?: string;
  readonly cidrBlock?: string;
  readonly availabilityZone?: string;
  readonly description?: string;
  readonly subnetId?: string;
  readonly routeTableId?: string;
  readonly destinationCidrBlock?: string;
  readonly gatewayId?: string;
  readonly natGatewayId?: string;
  readonly resourceId?: string;
  readonly key?: string;
  readonly value?: string;
  readonly enableDnsSupport?: boolean;
  readonly enableDnsHostnames?: boolean;
  readonly vpcEndpointType?: string;
  readonly serviceName?: string;
  readonly routeTableIds?: readonly string[];
  readonly tags?: Readonly<Record<string, string>>;
}

/** Makes one resource. Returns its id in the twin where others name it by its id. */
type Maker = (operator: Operator, inputs: NetworkInputs, name: string) => Promise<string | undefined>;

const tagged = (ResourceType: string, { tags }: NetworkInputs) => ({
  ...(tags && { TagSpecifications: [{ ResourceType, Tags: tagList(tags) }] }),
});

/** Kinds of EC2's resources, by their type after `aws:ec2/`. */
export const networkMakers: Readonly<Record<string, Maker>> = {
  async "vpc:Vpc"(operator, inputs) {
    const input = { CidrBlock: inputs.cidrBlock, ...tagged("vpc", inputs) };
    const { VpcId } = (await operator<{ Vpc: { VpcId: string } }>("ec2", "CreateVpc", input)).Vpc;
    // One attribute a call, as EC2 has it (API reference, ModifyVpcAttribute).
    const { enableDnsSupport, enableDnsHostnames } = inputs;
    if (enableDnsSupport !== undefined) {
      await operator("ec2", "ModifyVpcAttribute", { VpcId, EnableDnsSupport: { Value: enableDnsSupport } });
    }
    if (enableDnsHostnames !== undefined) {
      await operator("ec2", "ModifyVpcAttribute", { VpcId, EnableDnsHostnames: { Value: enableDnsHostnames } });
    }
    return VpcId;
  },
  async "internetGateway:InternetGateway"(operator, inputs) {
    const input = tagged("internet-gateway", inputs);
    const made = await operator<{ InternetGateway: { InternetGatewayId: string } }>(
      "ec2",
      "CreateInternetGateway",
      input,
    );
    const { InternetGatewayId } = made.InternetGateway;
    await operator("ec2", "AttachInternetGateway", { VpcId: inputs.vpcId, InternetGatewayId });
    return InternetGatewayId;
  },
  async "subnet:Subnet"(operator, inputs) {
    const { vpcId: VpcId, cidrBlock: CidrBlock, availabilityZone: AvailabilityZone } = inputs;
    const input = { VpcId, CidrBlock, AvailabilityZone, ...tagged("subnet", inputs) };
    return (await operator<{ Subnet: { SubnetId: string } }>("ec2", "CreateSubnet", input)).Subnet.SubnetId;
  },
  async "securityGroup:SecurityGroup"(operator, inputs, GroupName) {
    const { vpcId: VpcId, description: Description } = inputs;
    const input = { VpcId, Description, GroupName, ...tagged("security-group", inputs) };
    return (await operator<{ GroupId: string }>("ec2", "CreateSecurityGroup", input)).GroupId;
  },
  async "routeTable:RouteTable"(operator, inputs) {
    const input = { VpcId: inputs.vpcId, ...tagged("route-table", inputs) };
    const made = await operator<{ RouteTable: { RouteTableId: string } }>("ec2", "CreateRouteTable", input);
    return made.RouteTable.RouteTableId;
  },
  async "routeTableAssociation:RouteTableAssociation"(operator, { subnetId: SubnetId, routeTableId: RouteTableId }) {
    await operator("ec2", "AssociateRouteTable", { SubnetId, RouteTableId });
    return undefined;
  },
  async "route:Route"(operator, { routeTableId, destinationCidrBlock, gatewayId, natGatewayId }) {
    await operator("ec2", "CreateRoute", {
      RouteTableId: routeTableId,
      DestinationCidrBlock: destinationCidrBlock,
      ...(gatewayId && { GatewayId: gatewayId }),
      ...(natGatewayId && { NatGatewayId: natGatewayId }),
    });
    return undefined;
  },
  /** An interface endpoint is a way to AWS services, which no member calls here. */
  async "vpcEndpoint:VpcEndpoint"(operator, inputs) {
    const { vpcId: VpcId, vpcEndpointType: VpcEndpointType, serviceName: ServiceName, routeTableIds } = inputs;
    if (VpcEndpointType !== "Gateway") return undefined;
    const input = { VpcId, VpcEndpointType, ServiceName, RouteTableIds: routeTableIds };
    await operator("ec2", "CreateVpcEndpoint", { ...input, ...tagged("vpc-endpoint", inputs) });
    return undefined;
  },
  async "eip:Eip"(operator, inputs) {
    const input = { Domain: "vpc", ...tagged("elastic-ip", inputs) };
    return (await operator<{ AllocationId: string }>("ec2", "AllocateAddress", input)).AllocationId;
  },
  async "tag:Tag"(operator, { resourceId, key, value }) {
    await operator("ec2", "CreateTags", { Resources: [resourceId], Tags: [{ Key: key, Value: value }] });
    return undefined;
  },
};
