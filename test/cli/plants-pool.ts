/** Misconfigurations of a pool: its network, its addresses, its members. Each with its way back. */
import { environment, type Plant, relocate, stage } from "./plant.ts";
import { networkOf, type Scene } from "./scene.ts";

const everything = { IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] };

/** Another member, which is made and deleted. */
function anotherMember(vpc: (scene: Scene) => Promise<object | undefined>): Plant["plant"] {
  return anotherFunction("orders-too", vpc);
}

function anotherFunction(
  name: string,
  vpc: (scene: Scene) => Promise<object | undefined>,
  more: object = {},
): Plant["plant"] {
  return async (scene) => {
    const VpcConfig = await vpc(scene);
    await scene.operator("lambda", "CreateFunction", {
      FunctionName: name,
      Runtime: "nodejs24.x",
      Handler: "index.handler",
      Code: { ZipFile: new Uint8Array() },
      Role: "arn:aws:iam::123456789012:role/member",
      ...(VpcConfig && { VpcConfig }),
      ...more,
    });
    // What matters is what Lambda says of it, not how long it takes.
    const version = scene.region.world.functions.get(name)?.versions.get("$LATEST");
    if (version) version.state = "Active";
    return () => scene.operator("lambda", "DeleteFunction", { FunctionName: name });
  };
}

/** A header of the target, in the canary's settings. */
const header = (value: object): Plant["plant"] => changedTarget({ headers: { authorization: value } });

/** The target, with other settings for the canary. */
function changedTarget(change: object): Plant["plant"] {
  return async ({ operator }) => {
    const Name = `/holdfast/${stage}/canary`;
    const { Parameter } = await operator<{ Parameter: { Value: string } }>("ssm", "GetParameter", { Name });
    const settings = JSON.parse(Parameter.Value) as { pools: { targets: object[] }[] };
    for (const { targets } of settings.pools) for (const it of targets) Object.assign(it, change);
    await operator("ssm", "PutParameter", { Name, Value: JSON.stringify(settings), Overwrite: true });
    return () => operator("ssm", "PutParameter", { Name, Value: Parameter.Value, Overwrite: true });
  };
}

/** The same, where the partner's edge answers OPTIONS. */
function atEdge(change: object): Plant["plant"] {
  return async (scene) => {
    const undo = await changedTarget(change)(scene);
    const rules = scene.partners.get("partner")?.rules;
    rules?.unshift({ kind: "edge" });
    return () => {
      rules?.shift();
      return undo();
    };
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
    finding: "interface-shared",
    what: "a function that is no member uses a subnet and exactly the groups of members",
    plant: anotherFunction("billing", async ({ region }) => {
      const { subnetIds, groupId } = networkOf(region);
      return { SubnetIds: subnetIds, SecurityGroupIds: [groupId] };
    }),
  },
  {
    finding: "member-on-instances",
    also: ["outside-vpc"],
    what: "a member runs on Lambda Managed Instances",
    plant: anotherFunction("orders-too", async () => undefined, {
      CapacityProviderConfig: {
        LambdaManagedInstancesCapacityProviderConfig: {
          CapacityProviderArn: "arn:aws:lambda:us-east-1:123456789012:capacity-provider:batch",
        },
      },
    }),
  },
  {
    finding: "dual-stack",
    what: "a member may leave a dual-stack subnet by IPv6",
    plant: async ({ region }) => {
      const { subnetIds } = networkOf(region);
      const subnet = region.world.subnets.get(subnetIds[0] ?? "");
      const config = region.world.functions.get("orders")?.versions.get("$LATEST")?.vpcConfig;
      if (!subnet || !config) throw new Error("the scene has another member");
      subnet.ipv6CidrBlock = "2600:1f18:1:2::/64";
      config.ipv6AllowedForDualStack = true;
      return async () => {
        subnet.ipv6CidrBlock = undefined;
        config.ipv6AllowedForDualStack = false;
      };
    },
  },
  {
    finding: "public-access-blocked",
    what: "VPC Block Public Access was turned on",
    plant: async ({ operator }) => {
      const turn = (InternetGatewayBlockMode: string) =>
        operator("ec2", "ModifyVpcBlockPublicAccessOptions", { InternetGatewayBlockMode });
      await turn("block-ingress");
      return () => turn("off");
    },
  },
  {
    finding: "group-open",
    what: "the members' security group lets the internet in",
    plant: async (scene) => {
      const change = { GroupId: networkOf(scene.region).groupId, IpPermissions: [everything] };
      await scene.operator("ec2", "AuthorizeSecurityGroupIngress", change);
      return () => scene.operator("ec2", "RevokeSecurityGroupIngress", change);
    },
  },
  {
    finding: "gateway-unattended",
    what: "a NAT gateway of the pool was left behind, and the pool has no fallback",
    plant: async ({ operator, region }) => {
      const nat = [...region.world.subnets.values()].find(({ tags }) => tags["Name"]?.endsWith("-nat"));
      const { AllocationId } = await operator<{ AllocationId: string }>("ec2", "AllocateAddress", { Domain: "vpc" });
      const Tags = [{ Key: "holdfast:pool", Value: "partners" }];
      const made = await operator<{ NatGateway: { NatGatewayId: string } }>("ec2", "CreateNatGateway", {
        SubnetId: nat?.subnetId,
        AllocationId,
        TagSpecifications: [{ ResourceType: "natgateway", Tags }],
      });
      return () => operator("ec2", "DeleteNatGateway", { NatGatewayId: made.NatGateway.NatGatewayId });
    },
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
  {
    finding: "options-differs",
    what: "something in front of the partner answers OPTIONS",
    plant: atEdge({ method: "OPTIONS" }),
  },
  {
    finding: "secret-missing",
    what: "something in front of a partner that is asked with secrets answers OPTIONS: nothing is asked",
    plant: atEdge({ method: "OPTIONS", headers: { authorization: { ssm: "/partner/key" } } }),
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
