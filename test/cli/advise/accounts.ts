/** Accounts that advice is tested on. */
import type { NetworkInterface } from "@aws-sdk/client-ec2";
import { accountId, functionIn, privateSubnet, type Recorded, vpcWith } from "./account.ts";

const zones = ["a", "b", "c"];
const named = (count: number, of: readonly string[]) =>
  Array.from({ length: count }, (_, index) => functionIn(`orders-${index + 1}`, of));
const capacityProvider = `arn:aws:lambda:us-east-1:${accountId}:capacity-provider:batch`;
const onInstances = {
  CapacityProviderConfig: { LambdaManagedInstancesCapacityProviderConfig: { CapacityProviderArn: capacityProvider } },
};
const instanceIn = (letter: string): NetworkInterface => ({
  NetworkInterfaceId: `eni-1${letter}`,
  InterfaceType: "interface",
  SubnetId: privateSubnet(letter),
  Status: "in-use",
  Attachment: { InstanceId: "i-0a", Status: "attached" },
});
const taskIn = (letter: string): NetworkInterface => ({
  ...instanceIn(letter),
  NetworkInterfaceId: `eni-2${letter}`,
  Description: `arn:aws:ecs:us-east-1:${accountId}:attachment/0a`,
  Attachment: { InstanceOwnerId: "345678901234", Status: "attached" },
});
const databaseIn = (letter: string): NetworkInterface => ({
  ...instanceIn(letter),
  NetworkInterfaceId: `eni-3${letter}`,
  Description: "RDSNetworkInterface",
  Attachment: { InstanceOwnerId: "amazon-rds", Status: "attached" },
});

const three = vpcWith({ zones: 3 });
const one = vpcWith({ zones: 1, gb: 2 });
const idle = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    AllocationId: `eipalloc-2${index}1b2c3d4e5f60718`,
    PublicIp: `198.51.100.${index + 1}`,
  }));

/** A regional gateway's addresses have a zone and no interface. */
const regionalAddresses = zones.map((letter) => ({
  AllocationId: `eipalloc-3${letter}1b2c3d4e5f60718`,
  PublicIp: `198.51.100.${letter.charCodeAt(0)}`,
  AvailabilityZone: `us-east-1${letter}`,
}));

export const accounts = {
  "three NAT gateways and twelve functions": {
    ...three,
    functions: [
      ...named(11, zones),
      functionIn("batch", ["a"], onInstances),
      functionIn("web", []),
      functionIn("other-groups", zones, {
        VpcConfig: { ...functionIn("", zones).VpcConfig, SecurityGroupIds: ["sg-0b"] },
      }),
    ],
    interfaces: [...three.interfaces, databaseIn("b")],
    addresses: [...three.addresses, ...idle(2)],
  },
  nothing: {
    natGateways: [],
    addresses: [],
    subnets: [],
    routeTables: [],
    interfaces: [],
    functions: [functionIn("web", [])],
    gb: {},
  },
  IPv6: { ...vpcWith({ zones: 2, ipv6: true }), functions: named(3, ["a", "b"]) },
  "shared VPC": { ...vpcWith({ zones: 2, ownerId: "210987654321" }), functions: named(2, ["a", "b"]) },
  "one NAT gateway and little traffic": { ...one, functions: named(2, ["a"]) },
  "a hundred functions": { ...vpcWith({ zones: 2, gateways: 1, gb: 3000 }), functions: named(100, ["a", "b"]) },
  "instances and tasks behind the gateways": {
    ...vpcWith({ zones: 2 }),
    functions: named(5, ["a", "b"]),
    interfaces: [instanceIn("a"), instanceIn("a"), taskIn("b")],
  },
  "a gateway for instances alone": { ...one, interfaces: [instanceIn("a")], functions: [] },
  "instances of Lambda alone": { ...one, functions: [functionIn("batch", ["a"], onInstances)] },
  "idle addresses, enough for a pool": {
    ...three,
    functions: named(3, zones),
    addresses: [...three.addresses, ...idle(5)],
  },
  "a regional gateway and no public subnet": {
    ...three,
    natGateways: three.natGateways
      .slice(0, 1)
      .map((it) => ({ ...it, SubnetId: undefined, NatGatewayAddresses: regionalAddresses })),
    addresses: regionalAddresses,
    interfaces: [],
    subnets: three.subnets.filter(({ SubnetId }) => zones.some((it) => SubnetId === privateSubnet(it))),
    routeTables: three.routeTables.map((it) => ({
      ...it,
      Routes: [
        { DestinationCidrBlock: "0.0.0.0/0", NatGatewayId: three.natGateways[0]?.NatGatewayId, State: "active" },
      ],
    })),
    functions: named(4, zones),
  },
} satisfies Record<string, Recorded>;
