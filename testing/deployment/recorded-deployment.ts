/**
 * A deployment as it was recorded, in the twin: network, roles, queues, rules, schedules, functions and alarms are made
 * with the operator's calls, each function runs its own handler with the environment that it was given, and calls that
 * a role does not allow are refused.
 */
import { basename, dirname } from "node:path";
import type { Log } from "../../src/telemetry/log.ts";
import type { EventPath } from "../twin/event-path.ts";
import type { OnDecision } from "../twin/iam.ts";
import type { Handler } from "../twin/lambda-invocation.ts";
import type { Region } from "../twin/region.ts";
import { AwsError } from "../twin/service.ts";
import { type Operator, operatorOf } from "./operator.ts";
import { handlerOf, type Surroundings } from "./recorded-functions.ts";
import { type NetworkInputs, networkMakers } from "./recorded-network.ts";
import { asAws, type Ids, type RecordedResource, translate } from "./recorded-resource.ts";
import { enforceRoles, interfacesRefused, type Roles, type VpcConfigInput } from "./recorded-roles.ts";

export interface RecordedOptions extends Surroundings {
  readonly path: EventPath;
  /** Twin's ids of what the deployment found in the account; those of what it makes are added. */
  readonly ids: Ids;
  /** Called with every event that a function is invoked with. */
  readonly onEvent?: (functionName: string, event: unknown) => void;
  /** Called with what is seen only in a log: an invocation that failed, or one whose log could not be written. */
  readonly onTrouble?: (functionName: string, trouble: string) => void;
  /** Called with every decision on a role's call. */
  readonly onDecision?: OnDecision;
}

/**
 * What the twin has no place for, and why that does not matter here: types, or services whose every type that is true
 * of. A type that is neither here nor made is an error.
 */
const ignored: Readonly<Record<string, string>> = {
  "aws:iam/role:Role": "enforced before anything else is made",
  "aws:iam/rolePolicy:RolePolicy": "enforced before anything else is made",
  "aws:iam/policy:Policy": "enforced before anything else is made",
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": "enforced before anything else is made",
  "aws:iam/serviceLinkedRole:ServiceLinkedRole": "lets AWS make gateways, which the twin does without it",
  "aws:lambda/invocation:Invocation": "made when everything else is there",
  "aws:scheduler/scheduleGroup:ScheduleGroup": "a group of schedules does nothing",
  "aws:sns/topic:Topic": "the twin sends no notification of alarms",
  "aws:sns/topicPolicy:TopicPolicy": "the twin sends no notification of alarms",
  "aws:sns/topicSubscription:TopicSubscription": "the twin sends no notification of alarms",
  "aws:cloudtrail/trail:Trail": "the twin's account always has a trail",
  "aws:s3/bucket:Bucket": "holds the trail's records, which are not read here",
  "aws:s3/bucketPolicy:BucketPolicy": "of the trail's bucket",
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": "of the trail's bucket",
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": "of the trail's bucket",
  "aws:s3/bucketObjectv2:BucketObjectv2": "an application's own code",
  "aws:ec2/flowLog:FlowLog": "only records traffic",
  "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig":
    "configures retries of failures, and none may fail here",
  "aws:lb/": "is for incoming calls, which the twin does not model",
  "aws:globalaccelerator/": "is for incoming calls, which the twin does not model",
  "aws:apigatewayv2/": "is for incoming calls, which the twin does not model",
  "aws:lambda/permission:Permission": "is for incoming calls, which the twin does not model",
};

const isIgnored = ({ type }: RecordedResource) => Object.keys(ignored).some((known) => type.startsWith(known));

export interface Making {
  readonly options: Omit<RecordedOptions, "ids">;
  readonly operator: Operator;
  readonly roles: Roles;
  readonly logGroups: ReadonlySet<unknown>;
}

/** The inputs of a kind are what the stacks give it; they are not validated here but by the calls. */
// biome-ignore lint/suspicious/noExplicitAny: each maker names the inputs that it reads.
export type Maker = (making: Making, inputs: any, record: RecordedResource) => Promise<unknown>;

/** By the type of what is made; a network's parts have theirs in recorded-network.ts. */
export const makers: Readonly<Record<string, Maker>> = {
  "aws:sqs/queue:Queue": makeQueue,
  "aws:sqs/queuePolicy:QueuePolicy": ({ operator }, { queueUrl: QueueUrl, policy: Policy }) =>
    operator("sqs", "SetQueueAttributes", { QueueUrl, Attributes: { Policy } }),
  "aws:cloudwatch/eventRule:EventRule": ({ operator }, { eventPattern: EventPattern, state }, { outputs }) =>
    operator("events", "PutRule", { Name: outputs["name"], EventPattern, ...(state && { State: state }) }),
  "aws:cloudwatch/eventTarget:EventTarget": (
    { operator },
    { rule: Rule, sqsTarget, targetId, ...target },
    { name },
  ) => {
    const Id = targetId ?? name;
    const SqsParameters = sqsTarget && { SqsParameters: asAws(sqsTarget) };
    return operator("events", "PutTargets", {
      Rule,
      Targets: [{ Id, ...(asAws(target) as object), ...SqsParameters }],
    });
  },
  "aws:scheduler/schedule:Schedule": ({ operator }, inputs, { outputs }) =>
    operator("scheduler", "CreateSchedule", { ...(asAws(inputs) as object), Name: outputs["name"] }),
  "aws:ssm/parameter:Parameter": ({ operator }, { name: Name, type: Type, value: Value }) =>
    operator("ssm", "PutParameter", { Name, Type, Value }),
  "aws:cloudwatch/metricAlarm:MetricAlarm": makeAlarm,
  "aws:cloudwatch/dashboard:Dashboard": ({ operator }, { dashboardName, dashboardBody }) =>
    operator("monitoring", "PutDashboard", { DashboardName: dashboardName, DashboardBody: dashboardBody }),
  "aws:cloudwatch/logGroup:LogGroup": ({ operator }, { name }) =>
    operator("logs", "CreateLogGroup", { logGroupName: name }),
  "aws:lambda/function:Function": makeFunction,
  "aws:lambda/eventSourceMapping:EventSourceMapping": ({ operator }, { tags: _, ...inputs }) =>
    operator("lambda", "CreateEventSourceMapping", asAws(inputs) as object),
};

/** SQS's attributes by Pulumi's names. */
const queueAttributes: Readonly<Record<string, string>> = {
  fifoQueue: "FifoQueue",
  contentBasedDeduplication: "ContentBasedDeduplication",
  deduplicationScope: "DeduplicationScope",
  fifoThroughputLimit: "FifoThroughputLimit",
  visibilityTimeoutSeconds: "VisibilityTimeout",
  messageRetentionSeconds: "MessageRetentionPeriod",
  redrivePolicy: "RedrivePolicy",
};

function makeQueue({ operator }: Making, inputs: Record<string, unknown>, { outputs }: RecordedResource) {
  const given = Object.entries(queueAttributes).flatMap(([property, attribute]) =>
    inputs[property] === undefined ? [] : [[attribute, String(inputs[property])]],
  );
  return operator("sqs", "CreateQueue", { QueueName: outputs["name"], Attributes: Object.fromEntries(given) });
}

interface AlarmQuery {
  readonly id: string;
  readonly expression?: string;
  readonly returnData?: boolean;
  readonly metric?: {
    readonly namespace: string;
    readonly metricName: string;
    readonly dimensions: Readonly<Record<string, string>>;
    readonly stat: string;
    readonly period: number;
  };
}

interface AlarmInputs {
  readonly name: string;
  readonly dimensions?: Readonly<Record<string, string>>;
  readonly metricQueries?: readonly AlarmQuery[];
  readonly tags?: unknown;
}

function makeAlarm({ operator }: Making, { name, dimensions, metricQueries, tags: _, ...alarm }: AlarmInputs) {
  const listOf = (named: Readonly<Record<string, string>>) =>
    Object.entries(named).map(([Name, Value]) => ({ Name, Value }));
  const queries = metricQueries?.map(({ id: Id, expression: Expression, returnData: ReturnData = false, metric }) =>
    metric === undefined
      ? { Id, Expression, ReturnData }
      : {
          Id,
          ReturnData,
          MetricStat: {
            Metric: {
              Namespace: metric.namespace,
              MetricName: metric.metricName,
              Dimensions: listOf(metric.dimensions),
            },
            Stat: metric.stat,
            Period: metric.period,
          },
        },
  );
  const watched = queries ? { Metrics: queries } : { Dimensions: listOf(dimensions ?? {}) };
  return operator("monitoring", "PutMetricAlarm", { ...(asAws(alarm) as object), AlarmName: name, ...watched });
}

interface FunctionInputs {
  readonly name: string;
  readonly description?: string;
  readonly role: string;
  readonly runtime: string;
  readonly handler: string;
  readonly timeout?: number;
  readonly vpcConfig?: object;
  readonly environment?: { readonly variables?: Readonly<Record<string, string>> };
  readonly loggingConfig?: { readonly logGroup?: string };
  readonly tags?: Readonly<Record<string, string>>;
  readonly code?: { readonly assets?: Readonly<Record<string, { readonly path?: string }>> };
}

async function makeFunction(making: Making, inputs: FunctionInputs, record: RecordedResource): Promise<void> {
  const { operator, roles } = making;
  const { name: functionName, role: roleArn, vpcConfig, environment } = inputs;
  const network = vpcConfig && (asAws(vpcConfig) as VpcConfigInput);
  const refused = network && interfacesRefused(making.options.region, roles, roleArn, network);
  if (refused) throw refused;
  await operator("lambda", "CreateFunction", {
    FunctionName: functionName,
    Role: roleArn,
    Description: inputs.description,
    Runtime: inputs.runtime,
    Handler: inputs.handler,
    Timeout: inputs.timeout,
    Code: { ZipFile: new Uint8Array() },
    ...(network && { VpcConfig: network }),
    ...(environment && { Environment: { Variables: environment.variables } }),
    ...(inputs.tags && { Tags: inputs.tags }),
  });
  registerCode(making, inputs, record);
}

/**
 * Lets a function run the code of its bundle, with the environment that it was given. An application's own function has
 * none here: which address it leaves by does not depend on its code.
 */
export function registerCode(making: Making, inputs: FunctionInputs, { urn }: Pick<RecordedResource, "urn">): void {
  if (!urn.includes("::holdfast:index:")) return;
  const { options, roles, logGroups } = making;
  const { name: functionName, role: roleArn, environment } = inputs;
  const bundle = basename(dirname(inputs.code?.assets?.["index.mjs"]?.path ?? ""));
  const group = inputs.loggingConfig?.logGroup;
  const stream = `arn:aws:logs:${options.region.world.region}:${options.region.world.accountId}:log-group:${group}:*`;
  const writes = ["logs:CreateLogStream", "logs:PutLogEvents"].every((it) => roles.allows(roleArn, it, stream));
  const logged = (log: Log["info"]) => (message: string, detail: Record<string, unknown>) => {
    if (writes) options.path.logs.write(group ?? "", JSON.stringify({ message, ...detail }));
    log(message, detail);
  };
  const handler = handlerOf(bundle, {
    ...options,
    functionName,
    roleArn,
    variables: environment?.variables ?? {},
    writeLine: (line) => {
      if (!writes || !logGroups.has(group)) return;
      options.path.emf(line);
      options.path.logs.write(group ?? "", line);
    },
    log: { info: logged(options.log.info), error: logged(options.log.error) },
  });
  const observed: Handler = async (event, context) => {
    options.onEvent?.(functionName, event);
    if (!writes) options.onTrouble?.(functionName, "its role may not write its log");
    try {
      return await handler(event, context);
    } catch (error) {
      options.onTrouble?.(functionName, String(error));
      throw error;
    }
  };
  options.path.registerHandler(functionName, observed);
}

/**
 * Makes everything that was recorded, waits until the functions are active, and invokes what is to be invoked at the end.
 *
 * @throws AwsError when AWS would refuse a resource, Error for a kind that is neither made nor known to be of no account
 */
export async function deployRecorded(records: readonly RecordedResource[], options: RecordedOptions): Promise<void> {
  const { region, ids } = options;
  const operator = patient(region, operatorOf(region));
  const isNetwork = ({ type }: RecordedResource) => type.replace("aws:ec2/", "") in networkMakers;
  for (const record of records.filter(isNetwork)) {
    const make = networkMakers[record.type.replace("aws:ec2/", "")];
    const id = await make?.(operator, translate(ids, record.inputs) as NetworkInputs, record.name);
    if (id === undefined) continue;
    ids.set(record.id, id);
    const publicIp = region.world.addresses.get(id)?.publicIp;
    if (publicIp !== undefined) ids.set(String(record.outputs["publicIp"]), publicIp);
  }
  const roles = enforceRoles(region, records, ids, options.onDecision);
  const logGroups = new Set(records.filter(({ type }) => type.endsWith(":LogGroup")).map((it) => it.inputs["name"]));
  for (const record of records.filter((it) => !isNetwork(it) && !isIgnored(it))) {
    const make = makers[record.type];
    if (!make) throw new Error(`the twin does not know what to make of ${record.type}: make it, or say why not`);
    await make({ options, operator, roles, logGroups }, translate(ids, record.inputs), record);
  }
  await settle(region);
  for (const record of records.filter(({ type }) => type === "aws:lambda/invocation:Invocation")) {
    await invokeRecorded(record, "create", { region, ids });
  }
}

/** Repeats a call that AWS throttles, as a provider does. */
export function patient({ clock }: Region, operator: Operator): Operator {
  return async <Output>(service: string, operation: string, input: object): Promise<Output> => {
    for (;;) {
      try {
        return await operator<Output>(service, operation, input);
      } catch (error) {
        if (!(error instanceof AwsError) || !/^(Throttling|TooManyRequests|RequestLimitExceeded)/.test(error.code))
          throw error;
        await clock.advance(1_000);
      }
    }
  };
}

/** Longer than Lambda takes for the first interface of a function. */
const settledWithinMs = 10 * 60_000;
/** Longer than Lambda lets a function run. */
const invokedWithinMs = 16 * 60_000;

async function settle({ clock, world }: Region): Promise<void> {
  const active = () => [...world.functions.values()].every((it) => it.versions.get("$LATEST")?.state === "Active");
  if (!(await clock.runUntil(active, settledWithinMs)))
    throw new Error("a function of the deployment never got active");
}

/** As the provider does it: an invocation that fails fails the deployment, or the removal. Lets time pass meanwhile. */
export function invokeRecorded(
  record: RecordedResource,
  action: "create" | "delete",
  deployed: Pick<RecordedOptions, "region" | "ids">,
): Promise<unknown> {
  return deployed.region.clock.run(startRecorded(record, action, deployed), invokedWithinMs);
}

/**
 * An invocation with the whole lifecycle gets the action in its input (hashicorp/terraform-provider-aws,
 * internal/service/lambda/invocation.go); any other is made once. A time in an input is the region's.
 *
 * @returns what the function returned
 * @throws Error with the function's own error
 */
export async function startRecorded(
  { inputs }: RecordedResource,
  action: "create" | "delete",
  { region, ids }: Pick<RecordedOptions, "region" | "ids">,
): Promise<unknown> {
  const { functionName: FunctionName, input, lifecycleScope } = translate(ids, inputs);
  const isWhole = lifecycleScope === "CRUD";
  if (!isWhole && action === "delete") return undefined;
  const now = new Date(region.clock.now()).toISOString();
  const asked = JSON.parse(String(input).replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, now));
  const tf = { action, prev_input: action === "create" ? null : asked };
  const Payload = Buffer.from(JSON.stringify(isWhole ? { ...asked, tf } : asked));
  const operator = patient(region, operatorOf(region));
  const output = await operator<{ FunctionError?: string; Payload: Uint8Array }>("lambda", "Invoke", {
    FunctionName,
    Payload,
  });
  const answer = Buffer.from(output.Payload).toString();
  if (output.FunctionError) throw new Error(`the invocation of ${FunctionName} failed: ${answer}`);
  return JSON.parse(answer);
}
