import type {
  CreateEventSourceMappingRequest,
  DeleteEventSourceMappingRequest,
  EventSourceMappingConfiguration,
  ListEventSourceMappingsRequest,
  UpdateEventSourceMappingRequest,
} from "@aws-sdk/client-lambda";
import type { VirtualClock } from "./clock.ts";
import type { Identifiers } from "./identifiers.ts";
import { conflict, findFunction, invalid, notFound } from "./lambda-names.ts";
import { AwsError, type Operation } from "./service.ts";
import type { World } from "./world.ts";

/** What polls a queue for a function. */
export interface EventSourceInput {
  readonly queueName: string;
  readonly functionName: string;
  readonly batchSize?: number;
  readonly maximumConcurrency?: number;
  readonly reportBatchItemFailures?: boolean;
}

export interface EventSourceOptions {
  readonly world: World;
  readonly clock: VirtualClock;
  readonly identifiers: Identifiers;
  /** Starts the polling; answers the function that stops it. Throws `QueueDoesNotExist`. */
  readonly connect: (input: EventSourceInput) => () => void;
  /** The refusal that the function's role meets at the queue, if any. */
  readonly refusal: (functionName: string, queueName: string) => AwsError | undefined;
}

interface Mapping {
  readonly config: EventSourceMappingConfiguration;
  readonly stop: () => void;
}

/** Messages of one batch from a FIFO queue (SDK, `CreateEventSourceMappingRequest.BatchSize`). */
const MOST_FIFO = 10;

/** Event source mappings from queues to functions. They work at once; AWS takes some seconds. */
export function eventSourceOperations(options: EventSourceOptions): Record<string, Operation> {
  const { world, clock, connect } = options;
  const mappings = new Map<string, Mapping>();
  const find = (uuid: string | undefined): Mapping => {
    const mapping = mappings.get(uuid ?? "");
    if (!mapping) throw notFound("The resource you requested does not exist.");
    return mapping;
  };
  const keep = (config: EventSourceMappingConfiguration) => {
    const stop = config.State === "Disabled" ? () => {} : start(connect, config);
    mappings.set(config.UUID ?? "", { config, stop });
    return config;
  };
  const listed = () => [...mappings.values()].map(({ config }) => config);
  return {
    CreateEventSourceMapping: (input: CreateEventSourceMappingRequest) => keep(created(input, listed(), options)),
    /** Messages under way end as they began; the next batch is of the new size. */
    UpdateEventSourceMapping(input: UpdateEventSourceMappingRequest) {
      const { config, stop } = find(input.UUID);
      stop();
      return keep(changed(config, input, clock.now()));
    },
    GetEventSourceMapping: (input: DeleteEventSourceMappingRequest) => find(input.UUID).config,
    DeleteEventSourceMapping(input: DeleteEventSourceMappingRequest) {
      const { config, stop } = find(input.UUID);
      stop();
      mappings.delete(config.UUID ?? "");
      return { ...config, State: "Deleting" };
    },
    ListEventSourceMappings(input: ListEventSourceMappingsRequest) {
      const functionArn = input.FunctionName && findFunction(world, input.FunctionName).functionArn;
      return {
        EventSourceMappings: listed().filter(
          (it) =>
            (!functionArn || it.FunctionArn === functionArn) &&
            (!input.EventSourceArn || it.EventSourceArn === input.EventSourceArn),
        ),
      };
    },
  };
}

function created(
  input: CreateEventSourceMappingRequest,
  others: readonly EventSourceMappingConfiguration[],
  { world, clock, identifiers, refusal }: EventSourceOptions,
): EventSourceMappingConfiguration {
  const fn = findFunction(world, input.FunctionName);
  const arn = input.EventSourceArn ?? "";
  const queueName = nameIn(arn);
  if (arn.split(":")[2] !== "sqs") throw invalid("The twin's event sources are SQS queues.");
  if (queueName.endsWith(".fifo") && (input.BatchSize ?? MOST_FIFO) > MOST_FIFO) {
    throw invalid("Batch size cannot be greater than 10 for FIFO queues.");
  }
  if (others.some((it) => it.EventSourceArn === arn && it.FunctionArn === fn.functionArn)) {
    throw conflict("An event source mapping with this event source and function already exists.");
  }
  if (refusal(fn.functionName, queueName)) {
    throw invalid("The provided execution role does not have permissions to call ReceiveMessage on SQS");
  }
  const uuid = identifiers.uuid();
  return {
    UUID: uuid,
    EventSourceMappingArn: `arn:aws:lambda:${world.region}:${world.accountId}:event-source-mapping:${uuid}`,
    EventSourceArn: arn,
    FunctionArn: fn.functionArn,
    BatchSize: input.BatchSize ?? MOST_FIFO,
    FunctionResponseTypes: input.FunctionResponseTypes ?? [],
    ...(input.ScalingConfig && { ScalingConfig: input.ScalingConfig }),
    State: input.Enabled === false ? "Disabled" : "Enabled",
    LastModified: new Date(clock.now()),
  };
}

function changed(
  config: EventSourceMappingConfiguration,
  input: UpdateEventSourceMappingRequest,
  nowMs: number,
): EventSourceMappingConfiguration {
  return {
    ...config,
    ...(input.BatchSize !== undefined && { BatchSize: input.BatchSize }),
    ...(input.ScalingConfig && { ScalingConfig: input.ScalingConfig }),
    ...(input.Enabled !== undefined && { State: input.Enabled ? "Enabled" : "Disabled" }),
    LastModified: new Date(nowMs),
  };
}

/** Starts the polling. Returns the function that stops it. @throws AwsError as Lambda has it of a queue that is not there */
function start(connect: EventSourceOptions["connect"], config: EventSourceMappingConfiguration): () => void {
  const maximumConcurrency = config.ScalingConfig?.MaximumConcurrency;
  try {
    return connect({
      queueName: nameIn(config.EventSourceArn),
      functionName: nameIn(config.FunctionArn),
      batchSize: config.BatchSize ?? MOST_FIFO,
      reportBatchItemFailures: config.FunctionResponseTypes?.includes("ReportBatchItemFailures") ?? false,
      ...(maximumConcurrency !== undefined && { maximumConcurrency }),
    });
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw invalid(`Error occurred while ReceiveMessage. SQS Error Code: ${error.code}. ${error.message}`);
  }
}

function nameIn(arn: string | undefined): string {
  return arn?.split(":").at(-1) ?? "";
}
