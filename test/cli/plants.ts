/** Misconfigurations, each with its way back. */
import type { Operator } from "../../sim/operator.ts";
import { networkOf, type Scene } from "./scene.ts";

/** What the operator plants, and the way back. Each is found by the finding that it is named after. */
export interface Plant {
  readonly finding: string;
  readonly what: string;
  /** What follows from it, and is found too. */
  readonly also?: readonly string[];
  /** Answers what takes it away again. */
  readonly plant: (scene: Scene) => Promise<() => Promise<unknown>>;
}

export const stage = "holdfast-production";
export const relocate = `${stage}-relocate`;
export const queueUrl = `https://sqs.us-east-1.amazonaws.com/123456789012/${stage}-relocation.fifo`;
const queueArn = `arn:aws:sqs:us-east-1:123456789012:${stage}-relocation.fifo`;

/** A pair of calls that undo each other. */
function calls(service: string, plant: readonly [string, object], back: readonly [string, object]): Plant["plant"] {
  return async ({ operator }) => {
    await operator(service, ...plant);
    return () => operator(service, ...back);
  };
}

const everything = { IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] };

async function ruleName(operator: Operator): Promise<string> {
  const { RuleNames } = await operator<{ RuleNames: string[] }>("events", "ListRuleNamesByTarget", {
    TargetArn: queueArn,
  });
  return RuleNames[0] ?? "";
}

interface Schedule {
  readonly Name: string;
  readonly GroupName: string;
  readonly Target: { readonly Arn: string };
}

async function scheduleOf(operator: Operator, targetArn: string): Promise<Schedule> {
  const { Schedules } = await operator<{ Schedules: Schedule[] }>("scheduler", "ListSchedules", {});
  const found = Schedules.find(({ Target }) => Target.Arn === targetArn);
  if (!found) throw new Error(`nothing is scheduled for ${targetArn}`);
  const { Name, GroupName } = found;
  return operator<Schedule>("scheduler", "GetSchedule", { Name, GroupName });
}

/** Takes a schedule away, or turns it off. */
function unscheduled(targetArn: string, how: "deleted" | "disabled"): Plant["plant"] {
  return async ({ operator }) => {
    const schedule = await scheduleOf(operator, targetArn);
    if (how === "disabled") {
      await operator("scheduler", "UpdateSchedule", { ...schedule, State: "DISABLED" });
      return () => operator("scheduler", "UpdateSchedule", schedule);
    }
    await operator("scheduler", "DeleteSchedule", schedule);
    return () => operator("scheduler", "CreateSchedule", schedule);
  };
}

function environment(functionName: string, change: (text: string) => string): Plant["plant"] {
  return async ({ region }) => {
    const settings = region.world.functions.get(functionName)?.versions.get("$LATEST")?.settings;
    if (!settings?.environment) throw new Error(`${functionName} has no environment`);
    const before = settings.environment;
    settings.environment = { ...before, HOLDFAST_SETTINGS: change(before["HOLDFAST_SETTINGS"] ?? "") };
    return async () => {
      settings.environment = before;
    };
  };
}

/** Another member, which is made and deleted. */
function anotherMember(vpc: (scene: Scene) => Promise<object | undefined>): Plant["plant"] {
  return async (scene) => {
    const name = "orders-too";
    const VpcConfig = await vpc(scene);
    await scene.operator("lambda", "CreateFunction", {
      ...{ FunctionName: name, Runtime: "nodejs24.x", Handler: "index.handler", Code: { ZipFile: new Uint8Array() } },
      Role: "arn:aws:iam::123456789012:role/member",
      ...(VpcConfig && { VpcConfig }),
    });
    // What matters is what Lambda says of it, not how long it takes.
    const version = scene.region.world.functions.get(name)?.versions.get("$LATEST");
    if (version) version.state = "Active";
    return () => scene.operator("lambda", "DeleteFunction", { FunctionName: name });
  };
}

/** A header of the target, in the sentinel's settings. */
function header(value: object): Plant["plant"] {
  return async ({ operator }) => {
    const Name = `/holdfast/${stage}/sentinel`;
    const { Parameter } = await operator<{ Parameter: { Value: string } }>("ssm", "GetParameter", { Name });
    const settings = JSON.parse(Parameter.Value) as { pools: { targets: { headers: object }[] }[] };
    for (const { targets } of settings.pools) for (const it of targets) it.headers = { authorization: value };
    await operator("ssm", "PutParameter", { Name, Value: JSON.stringify(settings), Overwrite: true });
    return () => operator("ssm", "PutParameter", { Name, Value: Parameter.Value, Overwrite: true });
  };
}

const sentinelArn = `arn:aws:lambda:us-east-1:123456789012:function:${stage}-sentinel`;

export const plants: readonly Plant[] = [
  {
    finding: "trail-stopped",
    what: "the trail does not log",
    plant: calls("cloudtrail", ["StopLogging", { Name: "management" }], ["StartLogging", { Name: "management" }]),
  },
  {
    finding: "trail-missing",
    what: "there is no trail",
    plant: async ({ operator }) => {
      await operator("cloudtrail", "DeleteTrail", { Name: "management" });
      return async () => {
        await operator("cloudtrail", "CreateTrail", { Name: "management" });
        await operator("cloudtrail", "StartLogging", { Name: "management" });
      };
    },
  },
  {
    finding: "trail-reads-only",
    what: "the trail records reads alone",
    plant: calls(
      "cloudtrail",
      ["PutEventSelectors", { TrailName: "management", EventSelectors: [{ ReadWriteType: "ReadOnly" }] }],
      ["PutEventSelectors", { TrailName: "management", EventSelectors: [{ ReadWriteType: "All" }] }],
    ),
  },
  {
    finding: "rule-disabled",
    what: "the rule of a pool is disabled",
    plant: async ({ operator }) => {
      const Name = await ruleName(operator);
      await operator("events", "DisableRule", { Name });
      return () => operator("events", "EnableRule", { Name });
    },
  },
  {
    finding: "rule-missing",
    what: "the rule sends to the queue no more",
    plant: async ({ operator }) => {
      const Rule = await ruleName(operator);
      const { Targets } = await operator<{ Targets: { Id: string }[] }>("events", "ListTargetsByRule", { Rule });
      await operator("events", "RemoveTargets", { Rule, Ids: Targets.map(({ Id }) => Id) });
      return () => operator("events", "PutTargets", { Rule, Targets });
    },
  },
  { finding: "sweep-disabled", what: "the pool's sweep is disabled", plant: unscheduled(queueArn, "disabled") },
  { finding: "sweep-missing", what: "the pool's sweep is deleted", plant: unscheduled(queueArn, "deleted") },
  {
    finding: "rounds-disabled",
    what: "the sentinel's schedule is disabled",
    plant: unscheduled(sentinelArn, "disabled"),
  },
  { finding: "rounds-missing", what: "the sentinel's schedule is deleted", plant: unscheduled(sentinelArn, "deleted") },
  {
    finding: "function-off",
    what: "relocate has a reserved concurrency of 0",
    plant: calls(
      "lambda",
      ["PutFunctionConcurrency", { FunctionName: relocate, ReservedConcurrentExecutions: 0 }],
      ["DeleteFunctionConcurrency", { FunctionName: relocate }],
    ),
  },
  {
    finding: "function-missing",
    what: "the probe lost its tag",
    plant: async ({ region }) => {
      const probe = region.world.functions.get(`${stage}-partners-zone-1`);
      if (!probe) throw new Error("there is no probe");
      const { tags } = probe;
      probe.tags = {};
      return async () => {
        probe.tags = tags;
      };
    },
  },
  {
    finding: "mapping-missing",
    what: "nothing brings messages to relocate",
    plant: async ({ operator }) => {
      const { EventSourceMappings } = await operator<{ EventSourceMappings: { UUID: string }[] }>(
        "lambda",
        "ListEventSourceMappings",
        { FunctionName: relocate },
      );
      await operator("lambda", "DeleteEventSourceMapping", { UUID: EventSourceMappings[0]?.UUID });
      const mapping = { FunctionName: relocate, EventSourceArn: queueArn, BatchSize: 10 };
      return () =>
        operator("lambda", "CreateEventSourceMapping", {
          ...mapping,
          FunctionResponseTypes: ["ReportBatchItemFailures"],
        });
    },
  },
  {
    finding: "settings-invalid",
    what: "relocate's settings are of another version",
    plant: environment(relocate, (text) => JSON.stringify({ ...JSON.parse(text), surprise: true })),
  },
  {
    finding: "settings-invalid",
    what: "the parameter with the sentinel's settings is gone",
    plant: environment(`${stage}-sentinel`, () => "ssm:/holdfast/gone"),
  },
  {
    finding: "dead-letters",
    what: "a message was given up on",
    plant: async ({ operator }) => {
      const QueueUrl = queueUrl.replace(".fifo", "-dead-letters.fifo");
      await operator("sqs", "SendMessage", { QueueUrl, MessageBody: "{}", MessageGroupId: "partners" });
      return () => operator("sqs", "PurgeQueue", { QueueUrl });
    },
  },
  {
    finding: "alarm-without-action",
    what: "an alarm tells nobody",
    plant: async ({ operator }) => {
      const AlarmName = `${stage}-partners-shortage`;
      const { MetricAlarms } = await operator<{ MetricAlarms: object[] }>("monitoring", "DescribeAlarms", {
        AlarmNames: [AlarmName],
      });
      await operator("monitoring", "PutMetricAlarm", { ...MetricAlarms[0], AlarmActions: [] });
      return () => operator("monitoring", "PutMetricAlarm", { ...MetricAlarms[0] });
    },
  },
  {
    finding: "alarm-raised",
    what: "an alarm is raised",
    plant: calls(
      "monitoring",
      ["SetAlarmState", { AlarmName: `${stage}-partners-conflict`, StateValue: "ALARM", StateReason: "planted" }],
      ["SetAlarmState", { AlarmName: `${stage}-partners-conflict`, StateValue: "OK", StateReason: "planted" }],
    ),
  },
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
    also: ["conflict"],
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
    what: "the spare sits on somebody's interface",
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
        (it) => it.tags["holdfast:pool"] && !it.networkInterfaceId,
      );
      await operator("ec2", "AssociateAddress", { AllocationId: spare?.allocationId, NetworkInterfaceId });
      return async () => region.ec2.deleteNetworkInterface(NetworkInterfaceId);
    },
  },
  { finding: "member-without-vpc", what: "a member is in no VPC", plant: anotherMember(async () => undefined) },
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
    also: ["addresses-short", "conflict"],
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
