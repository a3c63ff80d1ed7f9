/** Resources that the twin simulates: made, changed and deleted with the calls that the provider makes. */

import { routeTableAssociationId } from "../../twin/ec2-render.ts";
import type { EventPath } from "../../twin/event-path.ts";
import type { Region } from "../../twin/region.ts";
import { AwsError } from "../../twin/service.ts";
import { type Maker, type Making, makers, registerCode } from "../recorded-deployment.ts";
import { type NetworkInputs, networkMakers } from "../recorded-network.ts";
import { asAws } from "../recorded-resource.ts";
import type { Kind } from "./schema.ts";
import { isSame, type Properties, Refusal } from "./wire.ts";

/** The simulated account, as the provider reaches it. */
export interface TwinAccess {
  readonly region: Region;
  readonly path: EventPath;
  readonly making: Making;
  /** Lets virtual time pass, together with all others that wait. */
  wait(ms: number): Promise<void>;
}

/** A resource while it is made or changed. Inputs hold what the program and the provider's default tags say. */
export interface Made {
  readonly urn: string;
  readonly name: string;
  readonly inputs: Properties;
}

export interface TwinKind {
  /** Returns the id where AWS gives one, and outputs besides the inputs. */
  create(twin: TwinAccess, made: Made): Promise<{ readonly id?: string; readonly outputs?: Properties }>;
  /** Returns what else it changes. `before`: the state that Pulumi has. Without this, nothing of AWS's changes. */
  readonly update?: (twin: TwinAccess, id: string, made: Made, before: Properties) => Promise<Properties | undefined>;
  readonly delete: (twin: TwinAccess, id: string, state: Properties) => Promise<void>;
  /** What AWS shows now of what the running system or an operator may have changed; undefined: it is gone. */
  readonly look?: (twin: TwinAccess, id: string, state: Properties) => Properties | undefined;
}

type Text = Record<string, string>;

const ec2 = (twin: TwinAccess, operation: string, input: object) => twin.making.operator("ec2", operation, input);

/** Made by the maker of recorded deployments, which answers the id of what has one. */
function network(kind: string, more: Omit<TwinKind, "create">): TwinKind {
  return {
    async create(twin, { inputs, name }) {
      const groupName = String(inputs["name"] ?? name);
      const id = await networkMakers[kind]?.(twin.making.operator, inputs as NetworkInputs, groupName);
      return id === undefined ? {} : { id };
    },
    ...more,
  };
}

/** As the provider: what the program's tags lack is taken away, what they have is written. */
async function updateTags(twin: TwinAccess, id: string, { inputs }: Made, before: Properties): Promise<undefined> {
  const tags = (inputs["tags"] ?? {}) as Text;
  const old = { ...(before["tagsAll"] as Text), ...(before["tags"] as Text) };
  const written = Object.entries(tags).filter(([key, value]) => old[key] !== value);
  const removed = Object.keys(old).filter((key) => !(key in tags));
  const asList = (entries: [string, string][]) => entries.map(([Key, Value]) => ({ Key, Value }));
  if (written.length > 0) await ec2(twin, "CreateTags", { Resources: [id], Tags: asList(written) });
  const keys = removed.map((Key) => ({ Key }));
  if (removed.length > 0) await ec2(twin, "DeleteTags", { Resources: [id], Tags: keys });
}

const deleteBy = (operation: string, parameter: string) => async (twin: TwinAccess, id: string) => {
  await ec2(twin, operation, { [parameter]: id });
};

const tagsOf = (record: { readonly tags: Text } | undefined) => record && { tags: { ...record.tags } };

const networkKinds: Readonly<Record<Kind, TwinKind>> = {
  "ec2/vpc:Vpc": network("vpc:Vpc", {
    update: updateTags,
    delete: deleteBy("DeleteVpc", "VpcId"),
    look: ({ region }, id) => tagsOf(region.world.vpcs.get(id)),
  }),
  "ec2/internetGateway:InternetGateway": network("internetGateway:InternetGateway", {
    update: updateTags,
    async delete(twin, id) {
      const VpcId = twin.region.world.internetGateways.get(id)?.vpcId;
      if (VpcId) await ec2(twin, "DetachInternetGateway", { InternetGatewayId: id, VpcId });
      await ec2(twin, "DeleteInternetGateway", { InternetGatewayId: id });
    },
    look: ({ region }, id) => tagsOf(region.world.internetGateways.get(id)),
  }),
  "ec2/subnet:Subnet": network("subnet:Subnet", {
    update: updateTags,
    delete: deleteBy("DeleteSubnet", "SubnetId"),
    look({ region: { world } }, id) {
      const arn = `arn:aws:ec2:${world.region}:${world.accountId}:subnet/${id}`;
      const tagged = tagsOf(world.subnets.get(id));
      return tagged && { ...tagged, arn };
    },
  }),
  "ec2/securityGroup:SecurityGroup": network("securityGroup:SecurityGroup", {
    update: updateTags,
    delete: deleteBy("DeleteSecurityGroup", "GroupId"),
    look: ({ region }, id) => tagsOf(region.world.securityGroups.get(id)),
  }),
  "ec2/routeTable:RouteTable": network("routeTable:RouteTable", {
    update: updateTags,
    delete: deleteBy("DeleteRouteTable", "RouteTableId"),
    look: ({ region }, id) => tagsOf(region.world.routeTables.get(id)),
  }),
  "ec2/routeTableAssociation:RouteTableAssociation": {
    async create(twin, { inputs }) {
      const { subnetId: SubnetId, routeTableId: RouteTableId } = inputs;
      await ec2(twin, "AssociateRouteTable", { SubnetId, RouteTableId });
      return { id: routeTableAssociationId(String(SubnetId)) };
    },
    delete: deleteBy("DisassociateRouteTable", "AssociationId"),
    look({ region }, id, { routeTableId }) {
      const table = region.world.routeTables.get(String(routeTableId));
      return table?.subnetIds.some((subnetId) => routeTableAssociationId(subnetId) === id) ? {} : undefined;
    },
  },
  "ec2/route:Route": {
    async create(twin, { inputs }) {
      await networkMakers["route:Route"]?.(twin.making.operator, inputs as NetworkInputs, "");
      return { id: `r-${inputs["routeTableId"]}${inputs["destinationCidrBlock"]}`, outputs: { state: "active" } };
    },
    async delete(twin, _, { routeTableId, destinationCidrBlock }) {
      const input = { RouteTableId: routeTableId, DestinationCidrBlock: destinationCidrBlock };
      await ec2(twin, "DeleteRoute", input);
    },
    look({ region }, _, { routeTableId, destinationCidrBlock }) {
      const routes = region.world.routeTables.get(String(routeTableId))?.routes ?? [];
      const route = routes.find((it) => it.destinationCidrBlock === destinationCidrBlock);
      return route && { gatewayId: route.gatewayId ?? "", natGatewayId: route.natGatewayId ?? "", state: route.state };
    },
  },
  "ec2/eip:Eip": {
    async create(twin, { inputs }) {
      const id = String(await networkMakers["eip:Eip"]?.(twin.making.operator, inputs as NetworkInputs, ""));
      return { id, outputs: lookAtAddress(twin, id) ?? {} };
    },
    update: updateTags,
    /** The provider knows of the association that its state has, and of no other (terraform-provider-aws, ec2_eip.go). */
    async delete(twin, id, { associationId: AssociationId }) {
      if (AssociationId) await unlessGone(ec2(twin, "DisassociateAddress", { AssociationId }));
      await ec2(twin, "ReleaseAddress", { AllocationId: id });
    },
    look: lookAtAddress,
  },
  "ec2/tag:Tag": {
    async create(twin, { inputs }) {
      await networkMakers["tag:Tag"]?.(twin.making.operator, inputs as NetworkInputs, "");
      return { id: `${inputs["resourceId"]},${inputs["key"]}` };
    },
    async update(twin, _, { inputs }) {
      await networkMakers["tag:Tag"]?.(twin.making.operator, inputs as NetworkInputs, "");
    },
    async delete(twin, _, { resourceId, key: Key, value: Value }) {
      await unlessGone(ec2(twin, "DeleteTags", { Resources: [resourceId], Tags: [{ Key, Value }] }));
    },
    look({ region: { world } }, _, { resourceId, key }) {
      const id = String(resourceId);
      const value = (world.addresses.get(id) ?? world.routeTables.get(id) ?? world.subnets.get(id))?.tags[String(key)];
      return value === undefined ? undefined : { value };
    },
  },
};

function lookAtAddress({ region }: TwinAccess, id: string): Properties | undefined {
  const address = region.world.addresses.get(id);
  if (!address) return undefined;
  const { publicIp, tags, associationId = "", networkInterfaceId: networkInterface = "" } = address;
  return { allocationId: id, publicIp, associationId, networkInterface, tags: { ...tags } };
}

/** A deletion of what is gone already succeeds. */
async function unlessGone(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof AwsError) || !/NotFound|ResourceNotFound|DoesNotExist/.test(error.code)) throw error;
  }
}

/** Made by the maker of recorded deployments; the same call with other values changes it, unless an update is given. */
function recorded(type: string, more: Pick<TwinKind, "delete" | "update" | "look">): TwinKind {
  const make = async (twin: TwinAccess, made: Made): Promise<undefined> => {
    const maker = makers[type] as Maker;
    await maker(twin.making, made.inputs, recordOf(type, made));
  };
  return {
    async create(twin, made) {
      await make(twin, made);
      return {};
    },
    update: (twin, _, made) => make(twin, made),
    ...more,
  };
}

const recordOf = (type: string, { urn, name, inputs }: Made) => ({
  type,
  name,
  urn,
  id: "",
  inputs,
  outputs: { name: inputs["name"] },
});

const call =
  (service: string, operation: string, input: (state: Properties, id: string) => object) =>
  ({ making }: TwinAccess, id: string, state: Properties) =>
    unlessGone(making.operator(service, operation, input(state, id)));

const otherKinds: Readonly<Record<Kind, TwinKind>> = {
  "sqs/queue:Queue": recorded("aws:sqs/queue:Queue", {
    async update(twin, id, { inputs }) {
      const Attributes = { VisibilityTimeout: String(inputs["visibilityTimeoutSeconds"] ?? 30) };
      await twin.making.operator("sqs", "SetQueueAttributes", { QueueUrl: id, Attributes });
    },
    delete: call("sqs", "DeleteQueue", (_, id) => ({ QueueUrl: id })),
  }),
  "sqs/queuePolicy:QueuePolicy": recorded("aws:sqs/queuePolicy:QueuePolicy", {
    delete: call("sqs", "SetQueueAttributes", ({ queueUrl }) => ({ QueueUrl: queueUrl, Attributes: { Policy: "" } })),
  }),
  "cloudwatch/eventRule:EventRule": recorded("aws:cloudwatch/eventRule:EventRule", {
    delete: call("events", "DeleteRule", ({ name }) => ({ Name: name })),
  }),
  "cloudwatch/eventTarget:EventTarget": {
    async create({ making }, made) {
      await makers["aws:cloudwatch/eventTarget:EventTarget"]?.(making, made.inputs, recordOf("", made));
      return { outputs: { targetId: made.inputs["targetId"] ?? made.name } };
    },
    async update({ making }, _, made) {
      await makers["aws:cloudwatch/eventTarget:EventTarget"]?.(making, made.inputs, recordOf("", made));
    },
    delete: call("events", "RemoveTargets", ({ rule, targetId }) => ({ Rule: rule, Ids: [targetId] })),
  },
  "scheduler/schedule:Schedule": recorded("aws:scheduler/schedule:Schedule", {
    async update({ making }, _, { inputs }) {
      await making.operator("scheduler", "UpdateSchedule", asAws(inputs) as object);
    },
    delete: call("scheduler", "DeleteSchedule", ({ name, groupName }) => ({ Name: name, GroupName: groupName })),
  }),
  "ssm/parameter:Parameter": recorded("aws:ssm/parameter:Parameter", {
    async update({ making }, _, { inputs: { name: Name, type: Type, value: Value } }) {
      const { Version } = await making.operator<{ Version: number }>("ssm", "PutParameter", {
        Name,
        Type,
        Value,
        Overwrite: true,
      });
      return { version: Version };
    },
    delete: call("ssm", "DeleteParameter", ({ name }) => ({ Name: name })),
  }),
  "cloudwatch/metricAlarm:MetricAlarm": recorded("aws:cloudwatch/metricAlarm:MetricAlarm", {
    delete: call("monitoring", "DeleteAlarms", ({ name }) => ({ AlarmNames: [name] })),
  }),
  "cloudwatch/dashboard:Dashboard": recorded("aws:cloudwatch/dashboard:Dashboard", {
    delete: call("monitoring", "DeleteDashboards", ({ dashboardName }) => ({ DashboardNames: [dashboardName] })),
  }),
  "cloudwatch/logGroup:LogGroup": recorded("aws:cloudwatch/logGroup:LogGroup", {
    delete: call("logs", "DeleteLogGroup", ({ name }) => ({ logGroupName: name })),
  }),
  "lambda/function:Function": recorded("aws:lambda/function:Function", {
    update: updateFunction,
    delete: call("lambda", "DeleteFunction", ({ name }) => ({ FunctionName: name })),
    look({ region }, id) {
      const version = region.world.functions.get(id)?.versions.get("$LATEST");
      if (!version) return undefined;
      const lastModified = new Date(version.lastModifiedMs).toISOString();
      if (!version.vpcConfig) return { lastModified };
      const { subnetIds, securityGroupIds, vpcId } = version.vpcConfig;
      return { lastModified, vpcConfig: { subnetIds, securityGroupIds, vpcId } };
    },
  }),
  "lambda/eventSourceMapping:EventSourceMapping": {
    async create({ making }, { inputs: { tags: _, ...inputs } }) {
      const { UUID } = await making.operator<{ UUID: string }>("lambda", "CreateEventSourceMapping", {
        ...(asAws(inputs) as object),
      });
      return { id: UUID, outputs: { uuid: UUID } };
    },
    async update({ making }, UUID, { inputs: { batchSize: BatchSize, scalingConfig } }) {
      const ScalingConfig = asAws(scalingConfig);
      await making.operator("lambda", "UpdateEventSourceMapping", { UUID, BatchSize, ScalingConfig });
    },
    delete: call("lambda", "DeleteEventSourceMapping", (_, id) => ({ UUID: id })),
  },
};

/** By kind. Whatever is in neither table exists in the account's list of resources alone. */
export const twinKinds: Readonly<Record<Kind, TwinKind>> = { ...networkKinds, ...otherKinds };

const functionSettings: readonly string[] = [
  "environment",
  "timeout",
  "memorySize",
  "description",
  "role",
  "vpcConfig",
];
const settledWithinMs = 15 * 60_000;

async function updateFunction(twin: TwinAccess, id: string, made: Made, before: Properties): Promise<undefined> {
  const { inputs } = made;
  const changed = functionSettings.filter((key) => !isSame(inputs[key], before[key]));
  if (changed.length > 0) {
    const { environment, timeout, memorySize, description, role, vpcConfig } = inputs;
    await untilSettled(twin, id);
    await twin.making.operator("lambda", "UpdateFunctionConfiguration", {
      FunctionName: id,
      Description: description,
      MemorySize: memorySize,
      Role: role,
      Timeout: timeout,
      ...(environment !== undefined && { Environment: { Variables: (environment as Properties)["variables"] } }),
      ...(changed.includes("vpcConfig") && { VpcConfig: asAws(vpcConfig) }),
    });
    await untilSettled(twin, id);
  }
  registerCode(twin.making, inputs as unknown as Parameters<typeof registerCode>[1], made);
}

/** Waits as the provider does. @throws Refusal when the function fails, or takes longer than the provider waits */
export async function untilSettled({ region, wait }: TwinAccess, functionName: string): Promise<void> {
  for (let waitedMs = 0; waitedMs < settledWithinMs; waitedMs += 1000) {
    const version = region.world.functions.get(functionName)?.versions.get("$LATEST");
    if (!version) throw new Refusal(`ResourceNotFoundException: Function not found: ${functionName}`);
    if (version.state === "Failed") throw new Refusal(`${functionName} is Failed: ${version.stateReasonCode}`);
    if (version.state !== "Pending" && version.lastUpdateStatus !== "InProgress") return;
    await wait(1000);
  }
  throw new Refusal(`timeout while waiting for ${functionName} to become active`);
}
