import { type CloudTrail, createCloudTrail } from "./cloudtrail.ts";
import { createCloudTrailApi } from "./cloudtrail-api.ts";
import { type CloudWatch, createCloudWatch } from "./cloudwatch.ts";
import type { Delays } from "./delays.ts";
import { admitDelivery, mayConsume } from "./delivery-admission.ts";
import { type EgressRecord, recordEgress } from "./egress.ts";
import { startEventSource } from "./event-source.ts";
import type { DeliveryOptions } from "./event-target.ts";
import { createEventBridge, type EventBridge } from "./eventbridge.ts";
import { createIamRoles } from "./iam-roles.ts";
import { createLambda, type Lambda } from "./lambda.ts";
import { type EventSourceInput, eventSourceOperations } from "./lambda-event-sources.ts";
import { currentInvocation, type Handler } from "./lambda-invocation.ts";
import { findFunction, latestOf } from "./lambda-names.ts";
import type { ShownDuringUpdate } from "./lambda-shapes.ts";
import { createLogs, type Logs } from "./logs.ts";
import type { Region } from "./region.ts";
import { createScheduler } from "./scheduler.ts";
import { createSecrets } from "./secrets.ts";
import type { Call } from "./service.ts";
import { createServiceQuotas } from "./service-quotas.ts";
import { createSqs, type Sqs } from "./sqs.ts";
import { createSsm } from "./ssm.ts";
import { createSts } from "./sts.ts";
import { createTagging, type TagIndex } from "./tagging.ts";

export interface EventPathOptions {
  readonly delays?: Partial<Delays>;
  readonly showsDuringUpdate?: ShownDuringUpdate;
  readonly interfacesPerVpc?: number;
  /** Whether an interface of Lambda's stays as long as an address is on it. Default false. */
  readonly addressKeepsInterface?: boolean;
}

/** Everything around Lambda in one region, wired: calls → CloudTrail → EventBridge → queues → functions. */
export interface EventPath {
  readonly delays: Delays;
  readonly lambda: Lambda;
  readonly sqs: Sqs;
  readonly bus: EventBridge;
  readonly cloudTrail: CloudTrail;
  readonly egress: EgressRecord;
  readonly cloudWatch: CloudWatch;
  readonly logs: Logs;
  readonly tagIndex: TagIndex;
  /** One line of a function's standard output: metrics in the embedded metric format are kept. */
  emf(line: string): void;
  /** The code of a function, run in this process. */
  registerHandler(functionName: string, handler: Handler): void;
  /** Returns the function that stops the polling. */
  connectQueue(input: EventSourceInput): () => void;
}

/** Adds Lambda and all that is around it to a region. */
export function addEventPath(region: Region, options: EventPathOptions = {}): EventPath {
  const { world, clock, random, identifiers, ec2 } = region;
  const delays = Object.assign(region.delays, options.delays);
  const egress = recordEgress(world, clock);
  const lambda = createLambda({
    ...options,
    delays,
    world,
    clock,
    random,
    identifiers,
    ec2,
    onRoleCall: (call) => cloudTrail.recordRoleCall(call),
    onChange: egress.observe,
  });
  const sqs = createSqs({ world, clock, identifiers });
  const admit: DeliveryOptions["admit"] = (sender, targetArn) => admitDelivery(region, sqs, sender, targetArn);
  const shared = { world, clock, random, identifiers, delays, sqs, invoker: lambda.invoker, admit };
  const bus = createEventBridge(shared);
  const cloudWatch = createCloudWatch({ ...shared, bus });
  const cloudTrail: CloudTrail = createCloudTrail({ ...shared, bus });
  const logs = createLogs(clock);
  const tagging = createTagging({ world, clock });
  const refusal = (functionName: string, queueName: string) =>
    mayConsume(region, latestOf(findFunction(world, functionName)).settings.role, queueName);
  const connectQueue: EventPath["connectQueue"] = ({ queueName, ...input }) => {
    const permitted = () => refusal(input.functionName, queueName) === undefined;
    const queue = sqs.queueByName(queueName);
    return startEventSource({ ...shared, ...input, queue, permitted, region: world.region });
  };
  const eventSources = eventSourceOperations({ world, clock, identifiers, connect: connectQueue, refusal });
  for (const service of [
    { ...lambda, operations: { ...lambda.operations, ...eventSources } },
    sqs,
    bus,
    createScheduler(shared),
    createSsm({ world, clock }),
    tagging,
    createSecrets({ world, clock, identifiers }),
    cloudWatch,
    logs,
    createCloudTrailApi(world, cloudTrail),
    createServiceQuotas(region),
    createIamRoles(region),
    createSts(region),
  ]) {
    region.addService(service);
  }
  ec2.onChange(egress.observe);
  region.calls.onCall((call) => {
    cloudTrail.record(call);
    if (mayChangeEgress(call)) egress.observe();
  });
  // A crash ends the invocation that made the call.
  region.faults.onCrash(() => currentInvocation()?.kill());
  return {
    delays,
    lambda,
    sqs,
    bus,
    cloudTrail,
    egress,
    cloudWatch,
    logs,
    tagIndex: tagging.index,
    emf: cloudWatch.emf,
    registerHandler: (functionName, handler) => lambda.invoker.register(functionName, handler),
    connectQueue,
  };
}

/** Reads, invocations, and calls of services that own nothing in the world leave egress as it is. */
function mayChangeEgress({ service, operation }: Call): boolean {
  return (service === "ec2" || service === "lambda") && !/^(Describe|Get|List|Invoke)/.test(operation);
}
