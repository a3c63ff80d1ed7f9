/** Calls to EC2 on which the twin and moto have to agree. */
import * as ec2 from "@aws-sdk/client-ec2";
import { type Account, found } from "./account.ts";
import { type Call, errorOf } from "./calls.ts";

async function newInterface(account: Account, subnet = 0, group = 0, description = "one"): Promise<string> {
  const input = {
    SubnetId: account.subnetIds[subnet],
    Groups: [account.groupIds[group] as string],
    Description: description,
  };
  const made = await account.ec2.send(new ec2.CreateNetworkInterfaceCommand(input));
  return found(made.NetworkInterface?.NetworkInterfaceId);
}

async function newAddress({ ec2: client }: Account): Promise<string> {
  return found((await client.send(new ec2.AllocateAddressCommand({ Domain: "vpc" }))).AllocationId);
}

function associate(account: Account, AllocationId: string, NetworkInterfaceId: string, AllowReassociation: boolean) {
  return account.ec2.send(new ec2.AssociateAddressCommand({ AllocationId, NetworkInterfaceId, AllowReassociation }));
}

/** Where an address is: its interface and association, if any. */
async function whereabouts({ ec2: client }: Account, AllocationId: string) {
  const { Addresses } = await client.send(new ec2.DescribeAddressesCommand({ AllocationIds: [AllocationId] }));
  const { AssociationId, NetworkInterfaceId } = Addresses?.[0] ?? {};
  return { associated: Boolean(AssociationId), networkInterfaceId: NetworkInterfaceId || "none" };
}

/** The descriptions of the interfaces that pass the filters. */
async function matching(
  { ec2: client, vpcId }: Account,
  filters: Record<string, string[]>,
): Promise<(string | undefined)[]> {
  const Filters = Object.entries({ "vpc-id": [vpcId], ...filters }).map(([Name, Values]) => ({ Name, Values }));
  const { NetworkInterfaces = [] } = await client.send(new ec2.DescribeNetworkInterfacesCommand({ Filters }));
  return NetworkInterfaces.map((it) => it.Description).sort();
}

export const interfaceCalls: readonly Call[] = [
  [
    "an interface as it is described",
    async (account) => {
      const id = await newInterface(account);
      const { NetworkInterfaces } = await account.ec2.send(
        new ec2.DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [id] }),
      );
      return NetworkInterfaces?.map((it) => ({
        NetworkInterfaceId: it.NetworkInterfaceId,
        Description: it.Description,
        InterfaceType: it.InterfaceType,
        SubnetId: it.SubnetId,
        VpcId: it.VpcId,
        Groups: it.Groups,
        Status: it.Status,
        OwnerId: it.OwnerId,
        SourceDestCheck: it.SourceDestCheck,
        RequesterManaged: it.RequesterManaged,
        Association: it.Association,
        TagSet: it.TagSet,
        primary: it.PrivateIpAddresses?.map((address) => address.Primary),
      }));
    },
  ],
  [
    "interfaces by wildcard, group, subnet, tag, and all of them together",
    async (account) => {
      const first = await newInterface(account, 0, 0, "AWS Lambda VPC ENI-orders-1");
      await newInterface(account, 1, 0, "AWS Lambda VPC ENI-orders-2");
      await newInterface(account, 1, 1, "something else");
      const Tags = [{ Key: "team", Value: "a" }];
      await account.ec2.send(new ec2.CreateTagsCommand({ Resources: [first], Tags }));
      const [subnetA, subnetB] = account.subnetIds;
      const [group, other] = account.groupIds;
      return {
        wildcard: await matching(account, { description: ["AWS Lambda VPC ENI-*"] }),
        oneLetter: await matching(account, { description: ["AWS Lambda VPC ENI-orders-?"] }),
        group: await matching(account, { "group-id": [other] }),
        eitherSubnet: await matching(account, { "subnet-id": [subnetA, subnetB] }),
        both: await matching(account, { "subnet-id": [subnetB], "group-id": [group] }),
        tag: await matching(account, { "tag:team": ["a", "b"] }),
        tagKey: await matching(account, { "tag-key": ["team"] }),
        type: await matching(account, { "interface-type": ["nothing"] }),
        none: await matching(account, { description: ["absent"] }),
      };
    },
  ],
  [
    "interfaces that do not exist",
    async ({ ec2: client }) => {
      const NetworkInterfaceId = "eni-0123456789abcdef0";
      return {
        described: await errorOf(
          client.send(new ec2.DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [NetworkInterfaceId] })),
        ),
        deleted: await errorOf(client.send(new ec2.DeleteNetworkInterfaceCommand({ NetworkInterfaceId }))),
      };
    },
  ],
];

export const addressCalls: readonly Call[] = [
  [
    "a new address, by tag",
    async ({ ec2: client }) => {
      const Tags = [{ Key: "holdfast:pool", Value: "calls" }];
      const made = await client.send(
        new ec2.AllocateAddressCommand({ Domain: "vpc", TagSpecifications: [{ ResourceType: "elastic-ip", Tags }] }),
      );
      const Filters = [{ Name: "tag:holdfast:pool", Values: ["calls"] }];
      const { Addresses = [] } = await client.send(new ec2.DescribeAddressesCommand({ Filters }));
      return {
        domain: made.Domain,
        listed: Addresses.map((it) => ({
          AllocationId: it.AllocationId,
          Domain: it.Domain,
          Tags: it.Tags,
          AssociationId: it.AssociationId,
        })),
        same: Addresses[0]?.AllocationId === made.AllocationId && Addresses[0]?.PublicIp === made.PublicIp,
      };
    },
  ],
  [
    "associate, refuse to move, move, disassociate",
    async (account) => {
      const [first, second] = [await newInterface(account), await newInterface(account, 1)];
      const address = await newAddress(account);
      const made = await associate(account, address, first, false);
      const afterFirst = await whereabouts(account, address);
      const refused = await errorOf(associate(account, address, second, false));
      const afterRefusal = await whereabouts(account, address);
      const again = await errorOf(associate(account, address, first, false));
      const moved = await associate(account, address, second, true);
      const afterMove = await whereabouts(account, address);
      const { AssociationId } = moved;
      await account.ec2.send(new ec2.DisassociateAddressCommand({ AssociationId }));
      const freed = await whereabouts(account, address);
      return {
        afterFirst,
        refused,
        afterRefusal,
        again,
        afterMove,
        freed,
        newAssociation: made.AssociationId !== moved.AssociationId,
      };
    },
  ],
  [
    "the address on an interface",
    async (account) => {
      const id = await newInterface(account);
      const AllocationId = await newAddress(account);
      const { AssociationId } = await associate(account, AllocationId, id, false);
      const { NetworkInterfaces } = await account.ec2.send(
        new ec2.DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [id] }),
      );
      const shown = NetworkInterfaces?.[0]?.Association;
      const byInterface = [{ Name: "network-interface-id", Values: [id] }];
      const { Addresses } = await account.ec2.send(new ec2.DescribeAddressesCommand({ Filters: byInterface }));
      return {
        allocation: shown?.AllocationId === AllocationId,
        association: shown?.AssociationId === AssociationId,
        owner: shown?.IpOwnerId,
        byInterface: Addresses?.map((it) => it.AllocationId === AllocationId),
      };
    },
  ],
  [
    "addresses and associations that do not exist",
    async (account) => {
      const id = await newInterface(account);
      const missing = "eipalloc-0123456789abcdef0";
      const send = <T>(promise: Promise<T>) => errorOf(promise);
      const { ec2: client } = account;
      return {
        described: await send(client.send(new ec2.DescribeAddressesCommand({ AllocationIds: [missing] }))),
        associated: await send(associate(account, missing, id, false)),
        toNowhere: await send(associate(account, await newAddress(account), "eni-0123456789abcdef0", false)),
        disassociated: await send(
          client.send(new ec2.DisassociateAddressCommand({ AssociationId: "eipassoc-0123456789abcdef0" })),
        ),
        released: await send(client.send(new ec2.ReleaseAddressCommand({ AllocationId: missing }))),
      };
    },
  ],
  [
    "a dry run changes nothing",
    async (account) => {
      const [id, address] = [await newInterface(account), await newAddress(account)];
      const input = { AllocationId: address, NetworkInterfaceId: id, AllowReassociation: false, DryRun: true };
      return [
        await errorOf(account.ec2.send(new ec2.AssociateAddressCommand(input))),
        await whereabouts(account, address),
      ];
    },
  ],
  [
    "tags are added, overwritten, described and removed",
    async (account) => {
      const address = await newAddress(account);
      const { ec2: client } = account;
      const put = (Key: string, Value: string) =>
        client.send(new ec2.CreateTagsCommand({ Resources: [address], Tags: [{ Key, Value }] }));
      const list = async () => {
        const Filters = [{ Name: "resource-id", Values: [address] }];
        const { Tags = [] } = await client.send(new ec2.DescribeTagsCommand({ Filters }));
        return Tags.map((it) => `${it.Key}=${it.Value}`).sort();
      };
      await put("holdfast:use", "serving");
      await put("other", "kept");
      await put("holdfast:use", "draining");
      const written = await list();
      await client.send(new ec2.DeleteTagsCommand({ Resources: [address], Tags: [{ Key: "holdfast:use" }] }));
      return { written, left: await list() };
    },
  ],
];

export const routeCalls: readonly Call[] = [
  [
    "a default route is created once, and replaced only where there is one",
    async ({ ec2: client, vpcId }) => {
      const made = await client.send(new ec2.CreateRouteTableCommand({ VpcId: vpcId }));
      const RouteTableId = found(made.RouteTable?.RouteTableId);
      const { InternetGateways } = await client.send(
        new ec2.DescribeInternetGatewaysCommand({ Filters: [{ Name: "attachment.vpc-id", Values: [vpcId] }] }),
      );
      const GatewayId = found(InternetGateways?.[0]?.InternetGatewayId);
      const route = { RouteTableId, DestinationCidrBlock: "0.0.0.0/0", GatewayId };
      const list = async () => {
        const { RouteTables } = await client.send(
          new ec2.DescribeRouteTablesCommand({ RouteTableIds: [RouteTableId] }),
        );
        return RouteTables?.[0]?.Routes?.map((it) => [it.DestinationCidrBlock, it.State, it.GatewayId]);
      };
      const before = await errorOf(client.send(new ec2.ReplaceRouteCommand(route)));
      await client.send(new ec2.CreateRouteCommand(route));
      const twice = await errorOf(client.send(new ec2.CreateRouteCommand(route)));
      const replaced = await errorOf(client.send(new ec2.ReplaceRouteCommand(route)));
      const routes = await list();
      await client.send(new ec2.DeleteRouteCommand({ RouteTableId, DestinationCidrBlock: "0.0.0.0/0" }));
      const unknown = { ...route, RouteTableId: "rtb-0123456789abcdef0" };
      return {
        before,
        twice,
        replaced,
        routes,
        left: await list(),
        unknownTable: await errorOf(client.send(new ec2.ReplaceRouteCommand(unknown))),
      };
    },
  ],
  [
    "a gateway endpoint's route leads to a prefix list, and stays as it is beside a default route",
    async ({ ec2: client, vpcId }) => {
      const made = await client.send(new ec2.CreateRouteTableCommand({ VpcId: vpcId }));
      const RouteTableId = found(made.RouteTable?.RouteTableId);
      const endpoint = { VpcId: vpcId, ServiceName: "com.amazonaws.us-east-1.s3", RouteTableIds: [RouteTableId] };
      const { VpcEndpoint } = await client.send(
        new ec2.CreateVpcEndpointCommand({ ...endpoint, VpcEndpointType: "Gateway" }),
      );
      const { InternetGateways } = await client.send(
        new ec2.DescribeInternetGatewaysCommand({ Filters: [{ Name: "attachment.vpc-id", Values: [vpcId] }] }),
      );
      const GatewayId = found(InternetGateways?.[0]?.InternetGatewayId);
      const route = { RouteTableId, DestinationCidrBlock: "0.0.0.0/0", GatewayId };
      await client.send(new ec2.CreateRouteCommand(route));
      await client.send(new ec2.ReplaceRouteCommand(route));
      const { RouteTables } = await client.send(new ec2.DescribeRouteTablesCommand({ RouteTableIds: [RouteTableId] }));
      const kind = (id: string | undefined) => id?.split("-")[0];
      const routes = RouteTables?.[0]?.Routes?.map((it) =>
        [it.DestinationCidrBlock, kind(it.DestinationPrefixListId), kind(it.GatewayId), it.State].join(" "),
      );
      return { type: VpcEndpoint?.VpcEndpointType, endpoint: kind(VpcEndpoint?.VpcEndpointId), routes: routes?.sort() };
    },
  ],
];
