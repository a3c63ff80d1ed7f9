import type {
  Address as AddressItem,
  InternetGateway as InternetGatewayItem,
  NetworkInterfaceAssociation,
  NetworkInterfaceAttachment,
  NetworkInterface as NetworkInterfaceItem,
  RouteTable as RouteTableItem,
  SecurityGroup as SecurityGroupItem,
  Subnet as SubnetItem,
  Tag,
  Vpc as VpcItem,
} from "@aws-sdk/client-ec2";
import type { Address, NetworkInterface, RouteTable, World } from "./world.ts";

/** What describe calls answer, by kind. */
export interface Ec2Items {
  vpcs: VpcItem;
  subnets: SubnetItem;
  securityGroups: SecurityGroupItem;
  internetGateways: InternetGatewayItem;
  routeTables: RouteTableItem;
  networkInterfaces: NetworkInterfaceItem;
  addresses: AddressItem;
}

/** A record of the world as AWS shows it, or nothing when there is no such record. */
export function renderItem<K extends keyof Ec2Items>(world: World, kind: K, id: string): Ec2Items[K] | undefined {
  const render: { [Kind in keyof Ec2Items]: (world: World, id: string) => Ec2Items[Kind] | undefined } = RENDERERS;
  return render[kind](world, id);
}

const RENDERERS = {
  vpcs: (world: World, id: string): VpcItem | undefined => {
    const vpc = world.vpcs.get(id);
    return (
      vpc && {
        VpcId: id,
        CidrBlock: vpc.cidrBlock,
        State: "available",
        IsDefault: false,
        OwnerId: world.accountId,
        Tags: toTags(vpc.tags),
      }
    );
  },
  subnets: (world: World, id: string): SubnetItem | undefined => {
    const subnet = world.subnets.get(id);
    return (
      subnet && {
        SubnetId: id,
        VpcId: subnet.vpcId,
        AvailabilityZone: subnet.availabilityZone,
        CidrBlock: subnet.cidrBlock,
        State: "available",
        MapPublicIpOnLaunch: false,
        OwnerId: world.accountId,
        Tags: toTags(subnet.tags),
      }
    );
  },
  securityGroups: (world: World, id: string): SecurityGroupItem | undefined => {
    const group = world.securityGroups.get(id);
    return (
      group && {
        GroupId: id,
        GroupName: group.groupName,
        VpcId: group.vpcId,
        OwnerId: world.accountId,
        Tags: toTags(group.tags),
      }
    );
  },
  internetGateways: (world: World, id: string): InternetGatewayItem | undefined => {
    const gateway = world.internetGateways.get(id);
    return (
      gateway && {
        InternetGatewayId: id,
        Attachments: gateway.vpcId ? [{ VpcId: gateway.vpcId, State: "available" as never }] : [],
        OwnerId: world.accountId,
        Tags: toTags(gateway.tags),
      }
    );
  },
  routeTables: (world: World, id: string): RouteTableItem | undefined => {
    const table = world.routeTables.get(id);
    return table && renderRouteTable(world, table);
  },
  networkInterfaces: (world: World, id: string): NetworkInterfaceItem | undefined => {
    const networkInterface = world.networkInterfaces.get(id);
    return networkInterface && renderInterface(world, networkInterface);
  },
  addresses: (world: World, id: string): AddressItem | undefined => {
    const address = world.addresses.get(id);
    return address && renderAddress(world, address);
  },
};

export function toTags(tags: Readonly<Record<string, string>>): Tag[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

/** A subnet has at most one explicit association and a table at most one main one, so the ids can be derived. */
export function routeTableAssociationId(subnetOrTableId: string): string {
  return subnetOrTableId.replace(/^[a-z]+-/, "rtbassoc-");
}

function renderRouteTable(world: World, table: RouteTable): RouteTableItem {
  const association = (main: boolean, subnetId?: string) => ({
    Main: main,
    RouteTableAssociationId: routeTableAssociationId(subnetId ?? table.routeTableId),
    RouteTableId: table.routeTableId,
    SubnetId: subnetId,
    AssociationState: { State: "associated" as const },
  });
  return {
    RouteTableId: table.routeTableId,
    VpcId: table.vpcId,
    Associations: [...(table.main ? [association(true)] : []), ...table.subnetIds.map((id) => association(false, id))],
    PropagatingVgws: [],
    Routes: table.routes.map((route) => ({
      DestinationCidrBlock: route.destinationCidrBlock,
      GatewayId: route.gatewayId,
      NatGatewayId: route.natGatewayId,
      Origin: route.gatewayId === "local" ? ("CreateRouteTable" as const) : ("CreateRoute" as const),
      State: route.state,
    })),
    OwnerId: world.accountId,
    Tags: toTags(table.tags),
  };
}

/** The shape of a Hyperplane interface follows recorded answers: `ela-attach`, owner `amazon-aws`, no instance. */
function renderInterface(world: World, source: NetworkInterface): NetworkInterfaceItem {
  const address = [...world.addresses.values()].find((one) => one.networkInterfaceId === source.networkInterfaceId);
  const association = address && renderAssociation(world, address);
  return {
    NetworkInterfaceId: source.networkInterfaceId,
    InterfaceType: source.interfaceType as never,
    Status: source.status as never,
    Description: source.description,
    VpcId: source.vpcId,
    SubnetId: source.subnetId,
    AvailabilityZone: source.availabilityZone,
    Groups: source.securityGroupIds.map((id) => ({ GroupId: id, GroupName: world.securityGroups.get(id)?.groupName })),
    MacAddress: source.macAddress,
    OwnerId: world.accountId,
    RequesterId: source.requesterId,
    RequesterManaged: false,
    Operator: { Managed: false },
    SourceDestCheck: true,
    Ipv6Addresses: [],
    PrivateIpAddress: source.privateIpAddress,
    PrivateIpAddresses: [{ Primary: true, PrivateIpAddress: source.privateIpAddress, Association: association }],
    Attachment: renderAttachment(source),
    Association: association,
    TagSet: toTags(source.tags),
  };
}

function renderAssociation(world: World, address: Address): NetworkInterfaceAssociation {
  return {
    AllocationId: address.allocationId,
    AssociationId: address.associationId,
    IpOwnerId: world.accountId,
    PublicDnsName: publicDnsName(world, address.publicIp),
    PublicIp: address.publicIp,
  };
}

function publicDnsName(world: World, publicIp: string): string {
  const zone = world.region === "us-east-1" ? "compute-1" : `${world.region}.compute`;
  return `ec2-${publicIp.replaceAll(".", "-")}.${zone}.amazonaws.com`;
}

function renderAttachment(source: NetworkInterface): NetworkInterfaceAttachment | undefined {
  const status = ({ attaching: "attaching", "in-use": "attached", detaching: "detaching" } as const)[
    source.status as never
  ];
  if (!status) return undefined;
  const hyperplane = source.interfaceType === "lambda";
  return {
    AttachmentId: source.networkInterfaceId.replace(/^eni-/, hyperplane ? "ela-attach-" : "eni-attach-"),
    DeleteOnTermination: false,
    DeviceIndex: 1,
    InstanceOwnerId: hyperplane ? "amazon-aws" : source.requesterId,
    Status: status,
  };
}

function renderAddress(world: World, address: Address): AddressItem {
  const target = address.networkInterfaceId ? world.networkInterfaces.get(address.networkInterfaceId) : undefined;
  return {
    AllocationId: address.allocationId,
    PublicIp: address.publicIp,
    Domain: "vpc",
    PublicIpv4Pool: "amazon",
    NetworkBorderGroup: world.region,
    AssociationId: address.associationId,
    NetworkInterfaceId: address.networkInterfaceId,
    NetworkInterfaceOwnerId: target && world.accountId,
    PrivateIpAddress: target?.privateIpAddress,
    Tags: toTags(address.tags),
  };
}
