import { BlockList } from "node:net";
import type {
  AttachInternetGatewayRequest,
  CreateInternetGatewayRequest,
  CreateSecurityGroupRequest,
  CreateSubnetRequest,
  CreateVpcRequest,
  DescribeInternetGatewaysRequest,
  DescribeRegionsRequest,
  DescribeSecurityGroupsRequest,
  DescribeSubnetsRequest,
  DescribeVpcAttributeRequest,
  DescribeVpcsRequest,
  ModifyVpcAttributeRequest,
  ModifyVpcBlockPublicAccessOptionsRequest,
  VpcBlockPublicAccessOptions,
} from "@aws-sdk/client-ec2";
import { describeItems, type Ec2Context, requireRecord, tagsFrom } from "./ec2-context.ts";
import type { FilterPaths } from "./ec2-filters.ts";
import { addDefaultAcl, allowsAll } from "./ec2-firewalls.ts";
import { renderItem } from "./ec2-render.ts";
import { addRouteTable } from "./ec2-routes.ts";
import { AwsError, type Operation } from "./service.ts";
import type { World } from "./world.ts";

const VPC_FILTERS: FilterPaths = { "vpc-id": "VpcId", cidr: "CidrBlock", "cidr-block": "CidrBlock", state: "State" };
const SUBNET_FILTERS: FilterPaths = {
  "subnet-id": "SubnetId",
  "vpc-id": "VpcId",
  "availability-zone": "AvailabilityZone",
  cidr: "CidrBlock",
  "cidr-block": "CidrBlock",
  state: "State",
};
const GROUP_FILTERS: FilterPaths = { "group-id": "GroupId", "group-name": "GroupName", "vpc-id": "VpcId" };
const GATEWAY_FILTERS: FilterPaths = {
  "internet-gateway-id": "InternetGatewayId",
  "attachment.vpc-id": "Attachments.VpcId",
  "attachment.state": "Attachments.State",
};

/** Some of AWS's regions; the twin's own is among them. */
const REGIONS = ["eu-central-1", "eu-west-1", "us-east-1", "us-west-2"];

/** The network that interfaces stand in: as much of it as a caller needs to set a scene up and to look at it. */
export function networkOperations(context: Ec2Context): Record<string, Operation> {
  return { ...describeOperations(context), ...createOperations(context), ...gatewayOperations(context) };
}

function describeOperations(context: Ec2Context): Record<string, Operation> {
  return {
    DescribeVpcs: ({ VpcIds: ids, Filters: filters }: DescribeVpcsRequest) => ({
      Vpcs: describeItems(context, "vpcs", { ids, filters, paths: VPC_FILTERS }),
    }),
    DescribeVpcAttribute: ({ VpcId, Attribute }: DescribeVpcAttributeRequest) => {
      const { dnsSupport, dnsHostnames } = requireRecord(context.world, "vpcs", VpcId);
      if (Attribute === "enableDnsSupport") return { VpcId, EnableDnsSupport: { Value: dnsSupport } };
      if (Attribute === "enableDnsHostnames") return { VpcId, EnableDnsHostnames: { Value: dnsHostnames } };
      throw new AwsError("InvalidParameterValue", `Value (${Attribute}) for parameter attribute is invalid.`);
    },
    DescribeAvailabilityZones: () => ({
      AvailabilityZones: ["a", "b", "c"].map((letter) => ({
        ZoneName: `${context.world.region}${letter}`,
        RegionName: context.world.region,
        State: "available",
        OptInStatus: "opt-in-not-required",
        ZoneType: "availability-zone",
      })),
    }),
    DescribeRegions: ({ RegionNames: names = [] }: DescribeRegionsRequest) => ({
      Regions: REGIONS.filter((name) => names.length === 0 || names.includes(name)).map((RegionName) => ({
        RegionName,
        Endpoint: `ec2.${RegionName}.amazonaws.com`,
        OptInStatus: "opt-in-not-required",
      })),
    }),
    DescribeSubnets: ({ SubnetIds: ids, Filters: filters }: DescribeSubnetsRequest) => ({
      Subnets: describeItems(context, "subnets", { ids, filters, paths: SUBNET_FILTERS }),
    }),
    DescribeVpcBlockPublicAccessOptions: () => ({ VpcBlockPublicAccessOptions: describePublicAccess(context.world) }),
    ModifyVpcBlockPublicAccessOptions: (input: ModifyVpcBlockPublicAccessOptionsRequest) => {
      const { world, views } = context;
      world.publicAccess.blockMode = input.InternetGatewayBlockMode ?? "off";
      for (const subnetId of world.subnets.keys()) views.changed("subnets", subnetId);
      return { VpcBlockPublicAccessOptions: describePublicAccess(world) };
    },
    DescribeSecurityGroups: ({ GroupIds: ids, Filters: filters }: DescribeSecurityGroupsRequest) => ({
      SecurityGroups: describeItems(context, "securityGroups", { ids, filters, paths: GROUP_FILTERS }),
    }),
    DescribeInternetGateways: ({ InternetGatewayIds: ids, Filters: filters }: DescribeInternetGatewaysRequest) => ({
      InternetGateways: describeItems(context, "internetGateways", { ids, filters, paths: GATEWAY_FILTERS }),
    }),
  };
}

/** Gives the VPC another owner, as if that account had made it and shared its subnets. */
export function shareVpc({ world, views }: Ec2Context, id: string, ownerId: string): void {
  requireRecord(world, "vpcs", id).ownerId = ownerId;
  views.changed("vpcs", id);
  for (const kind of ["subnets", "routeTables", "networkAcls", "internetGateways"] as const) {
    for (const [itsId, { vpcId }] of world[kind]) if (vpcId === id) views.changed(kind, itsId);
  }
}

/** A change takes effect at once here; AWS's takes minutes (VPC user guide, "Block public access"). */
function describePublicAccess({ publicAccess: { blockMode } }: World): VpcBlockPublicAccessOptions {
  return { State: blockMode === "off" ? "default-state" : "update-complete", InternetGatewayBlockMode: blockMode };
}

function createOperations(context: Ec2Context): Record<string, Operation> {
  const { world, views, identifiers } = context;
  return {
    CreateVpc: (input: CreateVpcRequest) => {
      const vpcId = identifiers.resource("vpc");
      const cidrBlock = input.CidrBlock ?? "10.0.0.0/16";
      const tags = tagsFrom(input.TagSpecifications);
      // As a VPC that is not the default one begins (EC2 API reference, ModifyVpcAttribute).
      world.vpcs.set(vpcId, { vpcId, cidrBlock, dnsSupport: true, dnsHostnames: false, tags });
      views.created("vpcs", vpcId);
      addDefaultAcl(context, vpcId);
      addRouteTable(context, vpcId, { main: true, tags: {} });
      return { Vpc: renderItem(world, "vpcs", vpcId) };
    },
    ModifyVpcAttribute: (input: ModifyVpcAttributeRequest) => {
      const vpc = requireRecord(world, "vpcs", input.VpcId);
      vpc.dnsSupport = input.EnableDnsSupport?.Value ?? vpc.dnsSupport;
      vpc.dnsHostnames = input.EnableDnsHostnames?.Value ?? vpc.dnsHostnames;
      return {};
    },
    CreateSubnet: (input: CreateSubnetRequest) => {
      const vpc = requireRecord(world, "vpcs", input.VpcId);
      if (input.CidrBlock) demandFreeRange(world, vpc.vpcId, input.CidrBlock);
      const subnetId = identifiers.resource("subnet");
      world.subnets.set(subnetId, {
        subnetId,
        vpcId: vpc.vpcId,
        availabilityZone: input.AvailabilityZone ?? `${world.region}a`,
        cidrBlock: input.CidrBlock ?? vpc.cidrBlock,
        ipv6CidrBlock: input.Ipv6CidrBlock,
        tags: tagsFrom(input.TagSpecifications),
      });
      views.created("subnets", subnetId);
      for (const acl of world.networkAcls.values()) {
        if (acl.vpcId === vpc.vpcId) views.changed("networkAcls", acl.networkAclId);
      }
      return { Subnet: renderItem(world, "subnets", subnetId) };
    },
    CreateSecurityGroup: (input: CreateSecurityGroupRequest) => {
      const { vpcId } = requireRecord(world, "vpcs", input.VpcId);
      const groupName = input.GroupName ?? "";
      if ([...world.securityGroups.values()].some((group) => group.vpcId === vpcId && group.groupName === groupName)) {
        throw new AwsError(
          "InvalidGroup.Duplicate",
          `The security group '${groupName}' already exists for VPC '${vpcId}'`,
        );
      }
      const groupId = identifiers.resource("sg");
      const tags = tagsFrom(input.TagSpecifications);
      world.securityGroups.set(groupId, { groupId, groupName, vpcId, ingress: [], egress: [allowsAll()], tags });
      views.created("securityGroups", groupId);
      return { GroupId: groupId };
    },
  };
}

function gatewayOperations({ world, views, identifiers }: Ec2Context): Record<string, Operation> {
  return {
    CreateInternetGateway: (input: CreateInternetGatewayRequest) => {
      const internetGatewayId = identifiers.resource("igw");
      const tags = tagsFrom(input.TagSpecifications);
      world.internetGateways.set(internetGatewayId, { internetGatewayId, vpcId: undefined, tags });
      views.created("internetGateways", internetGatewayId);
      return { InternetGateway: renderItem(world, "internetGateways", internetGatewayId) };
    },
    AttachInternetGateway: (input: AttachInternetGatewayRequest) => {
      const gateway = requireRecord(world, "internetGateways", input.InternetGatewayId);
      const { vpcId } = requireRecord(world, "vpcs", input.VpcId);
      if (gateway.vpcId) {
        throw new AwsError(
          "Resource.AlreadyAssociated",
          `resource ${gateway.internetGatewayId} is already attached to network ${gateway.vpcId}`,
        );
      }
      gateway.vpcId = vpcId;
      views.changed("internetGateways", gateway.internetGatewayId);
      return {};
    },
  };
}

/** @throws AwsError `InvalidSubnet.Conflict` (EC2 API, "Error codes") */
function demandFreeRange(world: World, vpcId: string, cidrBlock: string): void {
  const taken = [...world.subnets.values()].find((it) => it.vpcId === vpcId && overlap(it.cidrBlock, cidrBlock));
  if (!taken) return;
  throw new AwsError("InvalidSubnet.Conflict", `The CIDR '${cidrBlock}' conflicts with another subnet`);
}

/** Of two ranges that overlap, one holds the other's first address. */
function overlap(one: string, other: string): boolean {
  return holdsFirst(one, other) || holdsFirst(other, one);
}

function holdsFirst(range: string, other: string): boolean {
  const [[address = "", bits], [first = ""]] = [range.split("/"), other.split("/")];
  const list = new BlockList();
  list.addSubnet(address, Number(bits));
  return list.check(first);
}
