/** Misconfigurations of a pool: its network, its addresses, its members. Each with its way back. */
import { environment, type Plant, relocate, stage } from "./plant.ts";
import { networkOf, type Scene } from "./scene.ts";

const everything = { IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] };

/** Another member, which is made and deleted. */
function anotherMember(vpc: (scene: Scene) => Promise<object | undefined>): Plant["plant"] {
  return async (scene) => {
    const name = "orders-too";
    const VpcConfig = await vpc(scene);
    await scene.operator("lambda", "CreateFunction", {
      FunctionName: name,
      Runtime: "nodejs24.x",
      Handler: "index.handler",
      Code: { ZipFile: new Uint8Array() },
      Role: "arn:aws:iam::123456789012:role/member",
      ...(VpcConfig && { VpcConfig }),
    });
    // What matters is what Lambda says of it, not how long it takes.
    const version = scene.region.world.functions.get(name)?.versions.get("$LATEST");
    if (version) version.state = "Active";
    return () => scene.operator("lambda", "DeleteFunction", { FunctionName: name });
  };
}

/** A header of the target, in the canary's settings. */
function header(value: object): Plant["plant"] {
  return async ({ operator }) => {
    const Name = `/holdfast/${stage}/canary`;
    const { Parameter } = await operator<{ Parameter: { Value: string } }>("ssm", "GetParameter", { Name });
    const settings = JSON.parse(Parameter.Value) as { pools: { targets: { headers: object }[] }[] };
    for (const { targets } of settings.pools) for (const it of targets) it.headers = { authorization: value };
    await operator("ssm", "PutParameter", { Name, Value: JSON.stringify(settings), Overwrite: true });
    return () => operator("ssm", "PutParameter", { Name, Value: Parameter.Value, Overwrite: true });
  };
}

function aclEntry(rule: object): Plant["plant"] {
  return async ({ operator, region }) => {
    const { vpcId } = networkOf(region);
    const acl = [...region.world.networkAcls.values()].find((it) => it.vpcId === vpcId);
    const entry = {
      NetworkAclId: acl?.networkAclId,
      RuleNumber: 50,
      Protocol: "6",
      RuleAction: "deny",
      CidrBlock: "0.0.0.0/0",
      ...rule,
    };
    await operator("ec2", "CreateNetworkAclEntry", entry);
    return () => operator("ec2", "DeleteNetworkAclEntry", entry);
  };
}

export const poolPlants: readonly Plant[] = [
  {
    finding: "route-not-to-internet",
    what: "the members' subnet has no default route",
    plant: async ({ operator, region }) => {
      const { subnetIds } = networkOf(region);
      const table = [...region.world.routeTables.values()].find((it) => it.subnetIds.includes(subnetIds[0] ?? ""));
      const route = { RouteTableId: table?.routeTableId, DestinationCidrBlock: "0.0.0.0/0" };
      const GatewayId = table?.routes.find((it) => it.destinationCidrBlock === "0.0.0.0/0")?.gatewayId;
      await operator("ec2", "DeleteRoute", route);
      return () => operator("ec2", "CreateRoute", { ...route, GatewayId });
    },
  },
  {
    finding: "network-acl-blocks",
    what: "the network ACL denies HTTPS out",
    plant: aclEntry({ Egress: true, PortRange: { From: 443, To: 443 } }),
  },
  {
    finding: "network-acl-blocks",
    what: "the network ACL denies answers",
    plant: aclEntry({ Egress: false, PortRange: { From: 32_768, To: 65_535 } }),
  },
  {
    finding: "security-group-blocks",
    what: "the security group lets nothing out",
    plant: async (scene) => {
      const change = { GroupId: networkOf(scene.region).groupId, IpPermissions: [everything] };
      await scene.operator("ec2", "RevokeSecurityGroupEgress", change);
      return () => scene.operator("ec2", "AuthorizeSecurityGroupEgress", change);
    },
  },
  {
    finding: "dns-off",
    what: "the VPC resolves no names",
    plant: async ({ operator, region }) => {
      const { vpcId: VpcId } = networkOf(region);
      await operator("ec2", "ModifyVpcAttribute", { VpcId, EnableDnsSupport: { Value: false } });
      return () => operator("ec2", "ModifyVpcAttribute", { VpcId, EnableDnsSupport: { Value: true } });
    },
  },
  {
    finding: "addresses-short",
    also: ["address-lost"],
    what: "the pool's addresses lost their tags",
    plant: async ({ region }) => {
      const own = [...region.world.addresses.values()].filter(({ tags }) => tags["holdfast:pool"]);
      const before = own.map(({ tags }) => tags);
      for (const address of own) address.tags = {};
      return async () => {
        own.forEach((address, index) => {
          address.tags = before[index] ?? {};
        });
      };
    },
  },
  {
    finding: "override",
    what: "an override was left on",
    plant: async ({ operator, region }) => {
      const Resources = [...region.world.addresses.keys()];
      await operator("ec2", "CreateTags", { Resources, Tags: [{ Key: "holdfast:override", Value: "paused" }] });
      return () => operator("ec2", "DeleteTags", { Resources, Tags: [{ Key: "holdfast:override" }] });
    },
  },
  {
    finding: "displaced",
    what: "the spare is on a foreign interface",
    plant: async ({ operator, region }) => {
      const { subnetIds, groupId } = networkOf(region);
      const made = await operator<{ NetworkInterface: { NetworkInterfaceId: string } }>(
        "ec2",
        "CreateNetworkInterface",
        {
          SubnetId: subnetIds[0],
          Groups: [groupId],
        },
      );
      const { NetworkInterfaceId } = made.NetworkInterface;
      region.ec2.setNetworkInterfaceStatus(NetworkInterfaceId, "in-use");
      const spare = [...region.world.addresses.values()].find(
        ({ tags }) => tags["holdfast:role"] === "egress" && !tags["holdfast:use"]?.startsWith("serving"),
      );
      const AllocationId = spare?.allocationId;
      await operator("ec2", "AssociateAddress", { AllocationId, NetworkInterfaceId, AllowReassociation: true });
      return async () => region.ec2.deleteNetworkInterface(NetworkInterfaceId);
    },
  },
  { finding: "outside-vpc", what: "a member is in no VPC", plant: anotherMember(async () => undefined) },
  {
    finding: "member-other-groups",
    what: "a member has another security group",
    plant: anotherMember(async ({ operator, region }) => {
      const { subnetIds, vpcId: VpcId } = networkOf(region);
      const made = await operator<{ GroupId: string }>("ec2", "CreateSecurityGroup", { VpcId, GroupName: "other" });
      return { SubnetIds: subnetIds, SecurityGroupIds: [made.GroupId] };
    }),
  },
  {
    finding: "outside-network",
    what: "a member uses a subnet that is not the pool's",
    plant: anotherMember(async ({ operator, region }) => {
      const { groupId, vpcId: VpcId } = networkOf(region);
      const made = await operator<{ Subnet: { SubnetId: string } }>("ec2", "CreateSubnet", {
        VpcId,
        CidrBlock: "10.97.240.0/24",
      });
      return { SubnetIds: [made.Subnet.SubnetId], SecurityGroupIds: [groupId] };
    }),
  },
  {
    finding: "missing-member",
    what: "a member does not exist",
    plant: environment(relocate, (text) => {
      const settings = JSON.parse(text) as { pools: { members: { names: string[] } }[] };
      settings.pools[0]?.members.names.push("nobody");
      return JSON.stringify(settings);
    }),
  },
  { finding: "secret-missing", what: "a header's parameter does not exist", plant: header({ ssm: "/partner/key" }) },
  { finding: "secret-missing", what: "a header's secret does not exist", plant: header({ secret: "partner/key" }) },
  {
    finding: "address-quota",
    also: ["addresses-short", "address-lost"],
    what: "the pool lacks addresses, and the account may have no more",
    plant: async (scene) => {
      const { operator, region } = scene;
      const own = [...region.world.addresses.values()].filter(({ tags }) => tags["holdfast:pool"]);
      const before = own.map(({ tags }) => tags);
      for (const address of own) address.tags = {};
      const more: string[] = [];
      while (region.world.addresses.size < region.addressQuota) {
        const made = await operator<{ AllocationId: string }>("ec2", "AllocateAddress", { Domain: "vpc" });
        more.push(made.AllocationId);
      }
      return async () => {
        for (const AllocationId of more) await operator("ec2", "ReleaseAddress", { AllocationId });
        own.forEach((address, index) => {
          address.tags = before[index] ?? {};
        });
      };
    },
  },
];
