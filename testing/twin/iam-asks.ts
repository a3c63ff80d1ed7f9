import type { RequestContext } from "./iam-conditions.ts";
import { ec2Asks, requestTags } from "./iam-ec2.ts";
import { roleArn } from "./iam-names.ts";
import type { Ask } from "./iam-policy.ts";
import { parseFunctionName } from "./lambda-names.ts";
import { secretArn } from "./secrets.ts";
import type { Call } from "./service.ts";
import type { World } from "./world.ts";

/**
 * What a call needs to be allowed. Sources: Service Authorization Reference, the pages "Actions, resources, and
 * condition keys" of each service. Operations not listed there with a resource have none.
 */
export function asksOf(world: World, call: Call): Ask[] {
  const asks = (SERVICES[call.service] ?? plain)(world, call);
  return asks.map((ask) => ({ ...ask, context: new Map(ask.context).set("aws:requestedregion", [world.region]) }));
}

const SERVICES: Readonly<Record<string, (world: World, call: Call) => Ask[]>> = {
  ec2: ec2Asks,
  lambda: lambdaAsks,
  sqs: sqsAsks,
  events: eventsAsks,
  monitoring: cloudWatchAsks,
  ssm: (world, call) => named(world, call, "ssm", "Name", (name) => `parameter/${name.replace(/^\//, "")}`),
  secretsmanager: (world, call) => secretAsks(world, call),
  scheduler: (world, call) => {
    const group = String(call.input["GroupName"] ?? "default");
    return named(world, call, "scheduler", "Name", (name) => `schedule/${group}/${name}`);
  },
  iam: iamAsks,
  sts: (_world, { operation, input }) =>
    operation === "AssumeRole"
      ? [{ action: "sts:AssumeRole", resource: String(input["RoleArn"]), context: new Map() }]
      : [],
  tagging: (_world, { operation }) => [{ action: `tag:${operation}`, resource: "*", context: new Map() }],
};

function plain(_world: World, { service, operation }: Call): Ask[] {
  return [{ action: `${service}:${operation}`, resource: "*", context: new Map() }];
}

/** IAM has no region. Tags at the creation of a role need a permission of their own (IAM API reference, CreateRole). */
function iamAsks({ accountId, roles }: World, { operation, input }: Call): Ask[] {
  const action = `iam:${operation}`;
  const name = input["RoleName"];
  if (typeof name !== "string") return [{ action, resource: "*", context: new Map() }];
  const role = roles.get(name);
  const resource = roleArn(accountId, { roleName: name, path: role?.path ?? String(input["Path"] ?? "/") });
  const context = new Map([...resourceTags(role?.tags ?? {}), ...requestTags(input["Tags"])]);
  const tagging = input["Tags"] ? [{ action: "iam:TagRole", resource, context }] : [];
  return [{ action, resource, context }, ...tagging];
}

/** An action on the resource that one member of the input names, by name or ARN. */
function named(
  world: World,
  { operation, input }: Call,
  prefix: string,
  member: string,
  toResource: (name: string) => string,
): Ask[] {
  const name = input[member];
  const resource = typeof name === "string" ? arn(world, prefix, name, toResource) : "*";
  return [{ action: `${prefix}:${operation}`, resource, context: requestTags(input["Tags"]) }];
}

function arn(world: World, service: string, name: string, toResource: (name: string) => string): string {
  return name.startsWith("arn:") ? name : `arn:aws:${service}:${world.region}:${world.accountId}:${toResource(name)}`;
}

/** Calls that look at all functions, or at event source mappings, which have no function's name. */
const LAMBDA_WITHOUT_FUNCTION = new Set(["ListFunctions", "ListEventSourceMappings", "GetAccountSettings"]);

function lambdaAsks(world: World, { operation, input }: Call): Ask[] {
  const action = `lambda:${operation === "Invoke" ? "InvokeFunction" : operation}`;
  const name = input["FunctionName"] ?? input["Resource"];
  if (operation.endsWith("EventSourceMapping")) {
    const context = typeof name === "string" ? [["lambda:functionarn", [functionArn(world, name)]] as const] : [];
    return [{ action, resource: "*", context: new Map(context) }];
  }
  if (LAMBDA_WITHOUT_FUNCTION.has(operation) || typeof name !== "string") {
    return [{ action, resource: "*", context: new Map() }];
  }
  const { functionName, qualifier } = parseFunctionName(name);
  const suffix = input["Qualifier"] ?? qualifier;
  const resource = functionArn(world, functionName) + (suffix === undefined ? "" : `:${suffix}`);
  const tags = resourceTags(world.functions.get(functionName)?.tags ?? {});
  const context = new Map([...tags, ...requestTags(input["Tags"]), ...vpcKeys(world, input["VpcConfig"])]);
  const asks = [{ action, resource, context }];
  if (operation !== "CreateFunction") return asks;
  // Tags at creation, and the role, need permissions of their own (Lambda developer guide, "Identity-based policies").
  const passed = new Map([["iam:passedtoservice", ["lambda.amazonaws.com"]]]);
  return [
    ...asks,
    ...(input["Tags"] ? [{ action: "lambda:TagResource", resource, context }] : []),
    { action: "iam:PassRole", resource: String(input["Role"]), context: passed },
  ];
}

function resourceTags(tags: Readonly<Record<string, string>>): (readonly [string, readonly string[]])[] {
  return Object.entries(tags).map(([key, value]) => [`aws:resourcetag/${key.toLowerCase()}`, [value]] as const);
}

function functionArn(world: World, name: string): string {
  return arn(world, "lambda", name, (it) => `function:${it}`);
}

function vpcKeys(world: World, config: unknown): RequestContext {
  if (typeof config !== "object" || config === null) return new Map();
  const { SubnetIds = [], SecurityGroupIds = [] } = config as { SubnetIds?: string[]; SecurityGroupIds?: string[] };
  const vpcIds = new Set(SubnetIds.flatMap((id) => world.subnets.get(id)?.vpcId ?? []));
  const keys: readonly (readonly [string, readonly string[]])[] = [
    ["lambda:subnetids", SubnetIds],
    ["lambda:securitygroupids", SecurityGroupIds],
    ["lambda:vpcids", [...vpcIds]],
  ];
  return new Map(keys.filter(([, values]) => values.length > 0));
}

function secretAsks(world: World, { operation, input }: Call): Ask[] {
  const id = input["SecretId"] ?? input["Name"];
  const resource = typeof id === "string" ? secretArn(world, id) : "*";
  return [{ action: `secretsmanager:${operation}`, resource, context: requestTags(input["Tags"]) }];
}

function sqsAsks(world: World, call: Call): Ask[] {
  const url = call.input["QueueUrl"] ?? call.input["QueueName"];
  const operation = call.operation.replace(/Batch$/, "");
  const name = typeof url === "string" ? url.split("/").at(-1) : undefined;
  return named(world, { ...call, operation, input: { name } }, "sqs", "name", (it) => it);
}

/**
 * PutEvents is asked for once for each bus, with the sources and detail types of all its entries: both keys have several values
 * (EventBridge user guide, "Using IAM policy conditions"). Rules by name.
 */
function eventsAsks(world: World, call: Call): Ask[] {
  const { operation, input } = call;
  if (operation !== "PutEvents") {
    return named(world, call, "events", input["Rule"] ? "Rule" : "Name", (name) => `rule/${name}`);
  }
  const entries = (input["Entries"] ?? []) as { EventBusName?: string; Source?: string; DetailType?: string }[];
  const buses = new Set(entries.map(({ EventBusName = "default" }) => EventBusName));
  return [...buses].map((bus) => {
    const ofBus = entries.filter(({ EventBusName = "default" }) => EventBusName === bus);
    return {
      action: "events:PutEvents",
      resource: arn(world, "events", bus, (name) => `event-bus/${name}`),
      context: new Map([
        ["events:source", ofBus.map(({ Source = "" }) => Source)],
        ["events:detail-type", ofBus.map(({ DetailType = "" }) => DetailType)],
      ]),
    };
  });
}

function cloudWatchAsks(world: World, { operation, input }: Call): Ask[] {
  const action = `cloudwatch:${operation}`;
  const alarms = operation.includes("Alarm") ? alarmNames(input) : [];
  const alarmArn = (name: string) => arn(world, "cloudwatch", name, (it) => `alarm:${it}`);
  if (alarms.length > 0) {
    return alarms.map((name) => ({ action, resource: alarmArn(name), context: requestTags(input["Tags"]) }));
  }
  const dashboard = input["DashboardName"];
  const resource =
    typeof dashboard === "string" ? `arn:aws:cloudwatch::${world.accountId}:dashboard/${dashboard}` : "*";
  const namespace =
    operation === "PutMetricData" ? [["cloudwatch:namespace", [String(input["Namespace"])]] as const] : [];
  return [{ action, resource, context: new Map(namespace) }];
}

/** DescribeAlarms by prefix or without names looks at all alarms. */
function alarmNames(input: Readonly<Record<string, unknown>>): string[] {
  const names = (input["AlarmNames"] ?? []) as string[];
  const name = input["AlarmName"];
  return typeof name === "string" ? [name] : names.length > 0 ? names : ["*"];
}
