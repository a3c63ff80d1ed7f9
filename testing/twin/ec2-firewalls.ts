import type {
  AuthorizeSecurityGroupEgressRequest,
  AuthorizeSecurityGroupIngressRequest,
  CreateNetworkAclEntryRequest,
  DeleteNetworkAclEntryRequest,
  DescribeNetworkAclsRequest,
  IpPermission,
  RevokeSecurityGroupEgressRequest,
  RevokeSecurityGroupIngressRequest,
} from "@aws-sdk/client-ec2";
import { describeItems, type Ec2Context, requireRecord } from "./ec2-context.ts";
import type { FilterPaths } from "./ec2-filters.ts";
import { AwsError, type Operation } from "./service.ts";
import type { EgressRule, NetworkAcl, SecurityGroup } from "./world.ts";

const FILTERS: FilterPaths = {
  "association.subnet-id": "Associations.SubnetId",
  default: "IsDefault",
  "network-acl-id": "NetworkAclId",
  "vpc-id": "VpcId",
};

/** What a new security group lets out (EC2 API reference, CreateSecurityGroup). */
export function allowsAll(): EgressRule {
  return { protocol: "-1", fromPort: undefined, toPort: undefined, cidrBlocks: ["0.0.0.0/0"] };
}

/** The ACL that every VPC begins with lets everything through (VPC user guide, "Default network ACL"). */
export function addDefaultAcl({ world, views, identifiers }: Ec2Context, vpcId: string): void {
  const networkAclId = identifiers.resource("acl");
  const entries = [false, true].map((egress) => {
    return {
      ruleNumber: 100,
      egress,
      protocol: "-1",
      action: "allow",
      cidrBlock: "0.0.0.0/0",
      ports: undefined,
    } as const;
  });
  world.networkAcls.set(networkAclId, { networkAclId, vpcId, isDefault: true, entries: [...entries], tags: {} });
  views.created("networkAcls", networkAclId);
}

/** Security groups' rules, and network ACLs. They are kept and shown; no packet is held up by them. */
export function firewallOperations(context: Ec2Context): Record<string, Operation> {
  const { world, views } = context;
  const changeGroup = (id: string | undefined, edit: (group: SecurityGroup) => void) => {
    const group = requireRecord(world, "securityGroups", id);
    edit(group);
    views.changed("securityGroups", group.groupId);
    return { Return: true };
  };
  const rulesOf = (permissions: readonly IpPermission[] = []) => permissions.map(toRule);
  const without = (rules: readonly EgressRule[], permissions: readonly IpPermission[] = []) => {
    const revoked = new Set(permissions.map((it) => JSON.stringify(toRule(it))));
    return rules.filter((rule) => !revoked.has(JSON.stringify(rule)));
  };
  const changeAcl = (id: string | undefined, edit: (acl: NetworkAcl) => void) => {
    const acl = requireRecord(world, "networkAcls", id);
    edit(acl);
    views.changed("networkAcls", acl.networkAclId);
    return {};
  };
  return {
    DescribeNetworkAcls: ({ NetworkAclIds: ids, Filters: filters }: DescribeNetworkAclsRequest) => ({
      NetworkAcls: describeItems(context, "networkAcls", { ids, filters, paths: FILTERS }),
    }),
    CreateNetworkAclEntry: (input: CreateNetworkAclEntryRequest) =>
      changeAcl(input.NetworkAclId, ({ entries }) => {
        const { RuleNumber: ruleNumber = 0, Egress: egress = false, PortRange } = input;
        if (entries.some((it) => it.ruleNumber === ruleNumber && it.egress === egress)) {
          throw new AwsError(
            "NetworkAclEntryAlreadyExists",
            `The network acl entry identified by ${ruleNumber} already exists.`,
          );
        }
        entries.push({
          ruleNumber,
          egress,
          protocol: input.Protocol ?? "-1",
          action: input.RuleAction ?? "deny",
          cidrBlock: input.CidrBlock ?? "0.0.0.0/0",
          ports: PortRange && { from: PortRange.From ?? 0, to: PortRange.To ?? 65_535 },
        });
        entries.sort((a, b) => a.ruleNumber - b.ruleNumber);
      }),
    DeleteNetworkAclEntry: ({ NetworkAclId, RuleNumber, Egress }: DeleteNetworkAclEntryRequest) =>
      changeAcl(NetworkAclId, (acl) => {
        const kept = acl.entries.filter((it) => it.ruleNumber !== RuleNumber || it.egress !== Egress);
        if (kept.length === acl.entries.length) {
          throw new AwsError("InvalidNetworkAclEntry.NotFound", `The network acl entry ${RuleNumber} does not exist.`);
        }
        acl.entries = kept;
      }),
    AuthorizeSecurityGroupEgress: ({ GroupId, IpPermissions }: AuthorizeSecurityGroupEgressRequest) =>
      changeGroup(GroupId, (group) => group.egress.push(...rulesOf(IpPermissions))),
    AuthorizeSecurityGroupIngress: ({ GroupId, IpPermissions }: AuthorizeSecurityGroupIngressRequest) =>
      changeGroup(GroupId, (group) => group.ingress.push(...rulesOf(IpPermissions))),
    RevokeSecurityGroupEgress: ({ GroupId, IpPermissions }: RevokeSecurityGroupEgressRequest) =>
      changeGroup(GroupId, (group) => {
        group.egress = without(group.egress, IpPermissions);
      }),
    RevokeSecurityGroupIngress: ({ GroupId, IpPermissions }: RevokeSecurityGroupIngressRequest) =>
      changeGroup(GroupId, (group) => {
        group.ingress = without(group.ingress, IpPermissions);
      }),
  };
}

function toRule({ IpProtocol, FromPort, ToPort, IpRanges = [] }: IpPermission): EgressRule {
  const cidrBlocks = IpRanges.flatMap(({ CidrIp }) => CidrIp ?? []);
  return { protocol: IpProtocol ?? "-1", fromPort: FromPort, toPort: ToPort, cidrBlocks };
}
