/** Reads how the actuators are reached: functions, queues, rules, schedules, mappings, trails, alarms. */
import {
  DescribeTrailsCommand,
  type EventSelector,
  GetEventSelectorsCommand,
  type GetEventSelectorsResponse,
  GetTrailStatusCommand,
} from "@aws-sdk/client-cloudtrail";
import {
  DescribeRuleCommand,
  ListRuleNamesByTargetCommand,
  ListTargetsByRuleCommand,
} from "@aws-sdk/client-eventbridge";
import {
  type FunctionConfiguration,
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  paginateListEventSourceMappings,
  paginateListFunctions,
} from "@aws-sdk/client-lambda";
import { GetScheduleCommand, paginateListSchedules, type ScheduleSummary } from "@aws-sdk/client-scheduler";
import { GetQueueAttributesCommand, GetQueueUrlCommand } from "@aws-sdk/client-sqs";
import { call } from "../../src/aws/errors.ts";
import { queueNameOf } from "../../src/config/names.ts";
import type { Clients } from "../support/clients.ts";
import { type Deployment, functionNameOf } from "../support/deployment-model.ts";
import type { Actuator, FunctionFact, FunctionUse, Mapping, Queue, Rule, Schedule, Trail } from "./facts.ts";
import { orNull, type Reader } from "./reader.ts";

export async function readTrails({ cloudTrail }: Clients, reader: Reader): Promise<Trail[] | undefined> {
  const described = await reader.attempt(() =>
    call("cloudtrail:DescribeTrails", () => cloudTrail.send(new DescribeTrailsCommand({}))),
  );
  if (!described) return undefined;
  const trails = (described.trailList ?? []).map(async ({ Name = "", TrailARN = Name }) => {
    const [status, selectors] = await Promise.all([
      reader.attempt(() =>
        call("cloudtrail:GetTrailStatus", () => cloudTrail.send(new GetTrailStatusCommand({ Name: TrailARN }))),
      ),
      // Of an organisation's trail members may not see it; such a trail records management events by default.
      reader.attempt(() =>
        call("cloudtrail:GetEventSelectors", () =>
          cloudTrail.send(new GetEventSelectorsCommand({ TrailName: TrailARN })),
        ),
      ),
    ]);
    if (!status) return undefined;
    return { name: Name, logging: status.IsLogging === true, writes: selectors ? recordsWrites(selectors) : true };
  });
  const read = await Promise.all(trails);
  return read.includes(undefined) ? undefined : (read as Trail[]);
}

function recordsWrites({ EventSelectors = [], AdvancedEventSelectors = [] }: GetEventSelectorsResponse): boolean {
  const basic = ({ IncludeManagementEvents, ReadWriteType }: EventSelector) =>
    IncludeManagementEvents !== false && ReadWriteType !== "ReadOnly";
  const advanced = AdvancedEventSelectors.some(({ FieldSelectors = [] }) => {
    const field = (name: string) => FieldSelectors.find(({ Field }) => Field === name)?.Equals;
    return field("eventCategory")?.includes("Management") === true && field("readOnly")?.includes("true") !== true;
  });
  return advanced || EventSelectors.some(basic);
}

/** The deployment's functions with what keeps them from running. */
export async function readFunctions(
  { lambda }: Clients,
  deployment: Deployment,
  reader: Reader,
): Promise<FunctionFact[]> {
  const read = [...deployment.functionArns.keys()].map(async (FunctionName): Promise<FunctionFact> => {
    const [configuration, concurrency] = await Promise.all([
      reader.attempt(() =>
        call("lambda:GetFunctionConfiguration", () =>
          lambda.send(new GetFunctionConfigurationCommand({ FunctionName })),
        ),
      ),
      reader.attempt(() =>
        call("lambda:GetFunctionConcurrency", () => lambda.send(new GetFunctionConcurrencyCommand({ FunctionName }))),
      ),
    ]);
    return {
      name: FunctionName,
      state: configuration?.State,
      reason: configuration?.StateReason,
      reservedConcurrency: concurrency?.ReservedConcurrentExecutions,
    };
  });
  return Promise.all(read);
}

/** All functions of the account and region, as their unpublished versions are configured. */
export function listFunctions({ lambda }: Pick<Clients, "lambda">): Promise<FunctionUse[]> {
  return call("lambda:ListFunctions", async () => {
    const functions: FunctionUse[] = [];
    for await (const { Functions = [] } of paginateListFunctions({ client: lambda }, {})) {
      functions.push(...Functions.map(toFunctionUse));
    }
    return functions;
  });
}

function toFunctionUse({ FunctionName: name = "", VpcConfig, CapacityProviderConfig }: FunctionConfiguration) {
  return {
    name,
    // Empty of a function that has left its VPC.
    vpcId: VpcConfig?.VpcId || undefined,
    subnetIds: VpcConfig?.SubnetIds ?? [],
    securityGroupIds: VpcConfig?.SecurityGroupIds ?? [],
    ipv6: VpcConfig?.Ipv6AllowedForDualStack === true,
    capacityProvider: CapacityProviderConfig?.LambdaManagedInstancesCapacityProviderConfig?.CapacityProviderArn,
  };
}

/** Queues are named after what the actuator does. */
const actuators = { relocate: "relocation", fallback: "fallback", attach: "attach" } as const;

/** The actuators whose functions are there, or should be. */
export async function readActuators(clients: Clients, deployment: Deployment, reader: Reader): Promise<Actuator[]> {
  const parts = (["relocate", "fallback", "attach"] as const).filter(
    (part) => part === "relocate" || deployment.functionArns.has(functionNameOf(deployment, part)),
  );
  return Promise.all(parts.map((part) => readActuator(clients, deployment, part, reader)));
}

async function readActuator(
  clients: Clients,
  deployment: Deployment,
  part: keyof typeof actuators,
  reader: Reader,
): Promise<Actuator> {
  const queueName = queueNameOf(deployment.stage, actuators[part]);
  const queue = await reader.attempt(() => orNull(() => readQueue(clients, queueName)));
  const [mappings, rules] = await Promise.all([
    reader.attempt(() => listMappings(clients, functionNameOf(deployment, part))),
    queue ? reader.attempt(() => listRules(clients, queue.arn)) : undefined,
  ]);
  return { part, queueName, queue, mappings, rules };
}

/** @throws AwsCallError of class `gone` when there is no such queue */
export async function readQueue({ sqs }: Clients, QueueName: string): Promise<Queue> {
  const { QueueUrl } = await call("sqs:GetQueueUrl", () => sqs.send(new GetQueueUrlCommand({ QueueName })));
  const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] });
  const { Attributes = {} } = await call("sqs:GetQueueAttributes", () => sqs.send(command));
  const redrive = JSON.parse(Attributes["RedrivePolicy"] ?? "{}") as { deadLetterTargetArn?: string };
  return {
    name: QueueName,
    arn: Attributes["QueueArn"] ?? "",
    messages: Number(Attributes["ApproximateNumberOfMessages"] ?? 0),
    deadLetterArn: redrive.deadLetterTargetArn,
  };
}

function listMappings({ lambda }: Clients, FunctionName: string): Promise<Mapping[]> {
  return call("lambda:ListEventSourceMappings", async () => {
    const found: Mapping[] = [];
    for await (const page of paginateListEventSourceMappings({ client: lambda }, { FunctionName })) {
      found.push(
        ...(page.EventSourceMappings ?? []).map(
          ({ UUID: uuid = "", EventSourceArn: queueArn = "", State: state = "" }) => ({
            uuid,
            queueArn,
            state,
          }),
        ),
      );
    }
    return found;
  });
}

async function listRules({ eventBridge }: Clients, TargetArn: string): Promise<Rule[]> {
  const { RuleNames = [] } = await call("events:ListRuleNamesByTarget", () =>
    eventBridge.send(new ListRuleNamesByTargetCommand({ TargetArn })),
  );
  const rules = RuleNames.map(async (name) => {
    const [rule, { Targets = [] }] = await Promise.all([
      call("events:DescribeRule", () => eventBridge.send(new DescribeRuleCommand({ Name: name }))),
      call("events:ListTargetsByRule", () => eventBridge.send(new ListTargetsByRuleCommand({ Rule: name }))),
    ]);
    return Targets.filter(({ Arn }) => Arn === TargetArn).map((target) => ({
      name,
      pattern: rule.EventPattern ?? "{}",
      enabled: rule.State !== "DISABLED",
      targetArn: TargetArn,
      deadLetterArn: target.DeadLetterConfig?.Arn,
    }));
  });
  return (await Promise.all(rules)).flat();
}

/** Schedules that send to one of these. */
export function readSchedules(
  { scheduler }: Clients,
  targetArns: ReadonlySet<string>,
  reader: Reader,
): Promise<Schedule[] | undefined> {
  return reader.attempt(async () => {
    const ours = await call("scheduler:ListSchedules", async () => {
      const found: ScheduleSummary[] = [];
      for await (const { Schedules = [] } of paginateListSchedules({ client: scheduler }, {})) {
        found.push(...Schedules.filter(({ Target }) => targetArns.has(Target?.Arn ?? "")));
      }
      return found;
    });
    return Promise.all(
      ours.map(async ({ Name, GroupName }) => {
        const { State, Target, ScheduleExpression } = await call("scheduler:GetSchedule", () =>
          scheduler.send(new GetScheduleCommand({ Name, GroupName })),
        );
        return {
          name: Name ?? "",
          enabled: State !== "DISABLED",
          targetArn: Target?.Arn ?? "",
          everyMinutes: minutesOf(ScheduleExpression),
          deadLetterArn: Target?.DeadLetterConfig?.Arn,
        };
      }),
    );
  });
}

function minutesOf(expression = ""): number | undefined {
  const [, minutes] = /^rate\((\d+) minutes?\)$/.exec(expression) ?? [];
  return minutes === undefined ? undefined : Number(minutes);
}
