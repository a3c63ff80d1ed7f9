import type {
  Address as AddressItem,
  InternetGateway as InternetGatewayItem,
  IpPermission,
  NatGatewayAddress as NatGatewayAddressItem,
  NatGateway as NatGatewayItem,
  NetworkAcl as NetworkAclItem,
  NetworkInterfaceAssociation,
  NetworkInterfaceAttachment,
  NetworkInterface as NetworkInterfaceItem,
  RouteTable as RouteTableItem,
  SecurityGroup as SecurityGroupItem,
  SubnetIpv6CidrBlockAssociation,
  Subnet as SubnetItem,
  Tag,
  Vpc as VpcItem,
} from "@aws-sdk/client-ec2";
import type {
  Address,
  EgressRule,
  InternetGatewayBlockMode,
  NatGateway,
  NatGatewayAddress,
  NetworkAcl,
  NetworkAclEntry,
  NetworkInterface,
  RouteTable,
  World,
} from "./world.ts";

/** What describe calls answer, by kind. */
export interface Ec2Items {
  vpcs: VpcItem;
  subnets: SubnetItem;
  securityGroups: SecurityGroupItem;
  networkAcls: NetworkAclItem;
  internetGateways: InternetGatewayItem;
  routeTables: RouteTableItem;
  natGateways: NatGatewayItem;
  networkInterfaces: NetworkInterfaceItem;
  addresses: AddressItem;
}

/** Returns a record of the world as AWS shows it, or nothing when there is no such record. */
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
        OwnerId: ownerOf(world, id),
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
        OwnerId: ownerOf(world, subnet.vpcId),
        BlockPublicAccessStates: { InternetGatewayBlockMode: blockModeOf(world, subnet.vpcId) },
        Ipv6CidrBlockAssociationSet: subnet.ipv6CidrBlock ? [dualStack(id, subnet.ipv6CidrBlock)] : [],
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
        IpPermissions: group.ingress.map(renderRule),
        IpPermissionsEgress: group.egress.map(renderRule),
        Tags: toTags(group.tags),
      }
    );
  },
  networkAcls: (world: World, id: string): NetworkAclItem | undefined => {
    const acl = world.networkAcls.get(id);
    return acl && renderNetworkAcl(world, acl);
  },
  internetGateways: (world: World, id: string): InternetGatewayItem | undefined => {
    const gateway = world.internetGateways.get(id);
    return (
      gateway && {
        InternetGatewayId: id,
        Attachments: gateway.vpcId ? [{ VpcId: gateway.vpcId, State: "available" as never }] : [],
        OwnerId: ownerOf(world, gateway.vpcId ?? ""),
        Tags: toTags(gateway.tags),
      }
    );
  },
  routeTables: (world: World, id: string): RouteTableItem | undefined => {
    const table = world.routeTables.get(id);
    return table && renderRouteTable(world, table);
  },
  natGateways: (world: World, id: string): NatGatewayItem | undefined => {
    const gateway = world.natGateways.get(id);
    return gateway && renderNatGateway(world, gateway);
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

/** Returns the account that owns a VPC, and with it its subnets, route tables and gateways. */
export function ownerOf({ vpcs, accountId }: World, vpcId: string): string {
  return vpcs.get(vpcId)?.ownerId ?? accountId;
}

/** Returns what VPC Block Public Access does to a VPC: an account's mode is for the VPCs that it owns. */
export function blockModeOf(world: World, vpcId: string): InternetGatewayBlockMode {
  return ownerOf(world, vpcId) === world.accountId ? world.publicAccess.blockMode : "off";
}

function dualStack(subnetId: string, Ipv6CidrBlock: string): SubnetIpv6CidrBlockAssociation {
  const AssociationId = subnetId.replace("subnet-", "subnet-cidr-assoc-");
  return { AssociationId, Ipv6CidrBlock, Ipv6CidrBlockState: { State: "associated" } };
}

export function toTags(tags: Readonly<Record<string, string>>): Tag[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

/** A subnet has at most one explicit association and a table at most one main one, so the ids can be derived. */
export function routeTableAssociationId(subnetOrTableId: string): string {
  return subnetOrTableId.replace(/^[a-z]+-/, "rtbassoc-");
}

function renderRule({ protocol, fromPort, toPort, cidrBlocks }: EgressRule): IpPermission {
  const IpRanges = cidrBlocks.map((CidrIp) => ({ CidrIp }));
  return { IpProtocol: protocol, FromPort: fromPort, ToPort: toPort, IpRanges };
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
      DestinationPrefixListId: route.destinationPrefixListId,
      GatewayId: route.gatewayId,
      NatGatewayId: route.natGatewayId,
      Origin: route.gatewayId === "local" ? ("CreateRouteTable" as const) : ("CreateRoute" as const),
      State: route.state,
    })),
    OwnerId: ownerOf(world, table.vpcId),
    Tags: toTags(table.tags),
  };
}

/** Every ACL ends with a rule that denies what no other matched. */
const LAST_RULE = 32_767;

function renderNetworkAcl(world: World, acl: NetworkAcl): NetworkAclItem {
  const last = [false, true].map((egress): NetworkAclEntry => {
    return { ruleNumber: LAST_RULE, egress, protocol: "-1", action: "deny", cidrBlock: "0.0.0.0/0", ports: undefined };
  });
  const subnetIds = [...world.subnets.values()].filter(({ vpcId }) => vpcId === acl.vpcId).map((it) => it.subnetId);
  return {
    NetworkAclId: acl.networkAclId,
    VpcId: acl.vpcId,
    IsDefault: acl.isDefault,
    OwnerId: ownerOf(world, acl.vpcId),
    Associations: subnetIds.map((SubnetId) => ({
      NetworkAclAssociationId: SubnetId.replace("subnet-", "aclassoc-"),
      NetworkAclId: acl.networkAclId,
      SubnetId,
    })),
    Entries: [...acl.entries, ...last].map(({ ruleNumber, egress, protocol, action, cidrBlock, ports }) => ({
      RuleNumber: ruleNumber,
      Egress: egress,
      Protocol: protocol,
      RuleAction: action,
      CidrBlock: cidrBlock,
      PortRange: ports && { From: ports.from, To: ports.to },
    })),
    Tags: toTags(acl.tags),
  };
}

const NAT_ADDRESS_STATUS = {
  pending: "associating",
  failed: "failed",
  available: "succeeded",
  deleting: "disassociating",
  deleted: undefined,
} as const;

function renderNatGateway(world: World, gateway: NatGateway): NatGatewayItem {
  const regional = gateway.subnetId === undefined;
  return {
    NatGatewayId: gateway.natGatewayId,
    VpcId: gateway.vpcId,
    SubnetId: gateway.subnetId,
    State: gateway.state,
    FailureCode: gateway.failureCode,
    FailureMessage: gateway.failureMessage,
    ConnectivityType: gateway.connectivityType,
    AvailabilityMode: regional ? "regional" : "zonal",
    ...(regional && { AutoProvisionZones: "disabled", AutoScalingIps: "disabled" }),
    NatGatewayAddresses: gateway.addresses.map((address, index) => ({
      ...renderNatAddress(world, gateway, address),
      IsPrimary: index === 0,
    })),
    CreateTime: new Date(gateway.createdMs),
    DeleteTime: gateway.deletedMs === undefined ? undefined : new Date(gateway.deletedMs),
    Tags: toTags(gateway.tags),
  };
}

/** The public side is shown once the gateway has taken its address. */
function renderNatAddress(world: World, gateway: NatGateway, address: NatGatewayAddress): NatGatewayAddressItem {
  const { allocationId, networkInterfaceId, availabilityZone } = address;
  const elastic = allocationId === undefined ? undefined : world.addresses.get(allocationId);
  const taken = elastic?.associationId && (gateway.state === "available" || gateway.state === "deleting");
  return {
    AllocationId: allocationId,
    NetworkInterfaceId: networkInterfaceId,
    PrivateIp: networkInterfaceId && world.networkInterfaces.get(networkInterfaceId)?.privateIpAddress,
    Status: NAT_ADDRESS_STATUS[gateway.state],
    ...(taken && { PublicIp: elastic.publicIp, AssociationId: elastic.associationId }),
    ...(gateway.subnetId === undefined && { AvailabilityZone: availabilityZone }),
    ...(gateway.state === "failed" && { FailureMessage: gateway.failureMessage }),
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
    RequesterManaged: source.interfaceType === "nat_gateway",
    Operator: { Managed: false },
    SourceDestCheck: source.interfaceType !== "nat_gateway",
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
  const hyperplane = source.interfaceType === "lambda" || source.interfaceType === "nat_gateway";
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
    NetworkBorderGroup: address.networkBorderGroup,
    ServiceManaged: address.serviceManaged,
    AssociationId: address.associationId,
    NetworkInterfaceId: address.networkInterfaceId,
    NetworkInterfaceOwnerId: target && world.accountId,
    PrivateIpAddress: target?.privateIpAddress,
    Tags: toTags(address.tags),
  };
}
