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
  const { world, clock, identifiers, connect, refusal } = options;
  const mappings = new Map<string, Mapping>();

  function create(input: CreateEventSourceMappingRequest): EventSourceMappingConfiguration {
    const fn = findFunction(world, input.FunctionName);
    const arn = input.EventSourceArn ?? "";
    const queueName = arn.split(":").at(-1) ?? "";
    if (arn.split(":")[2] !== "sqs") throw invalid("The twin's event sources are SQS queues.");
    if (queueName.endsWith(".fifo") && (input.BatchSize ?? MOST_FIFO) > MOST_FIFO) {
      throw invalid("Batch size cannot be greater than 10 for FIFO queues.");
    }
    const same = [...mappings.values()].some(
      ({ config }) => config.EventSourceArn === arn && config.FunctionArn === fn.functionArn,
    );
    if (same) throw conflict("An event source mapping with this event source and function already exists.");
    if (refusal(fn.functionName, queueName)) {
      throw invalid("The provided execution role does not have permissions to call ReceiveMessage on SQS");
    }
    const config: EventSourceMappingConfiguration = {
      UUID: identifiers.uuid(),
      EventSourceArn: arn,
      FunctionArn: fn.functionArn,
      BatchSize: input.BatchSize ?? MOST_FIFO,
      FunctionResponseTypes: input.FunctionResponseTypes ?? [],
      ...(input.ScalingConfig && { ScalingConfig: input.ScalingConfig }),
      State: input.Enabled === false ? "Disabled" : "Enabled",
      LastModified: new Date(clock.now()),
    };
    const stop = input.Enabled === false ? () => {} : start(fn.functionName, queueName, config);
    mappings.set(config.UUID ?? "", { config, stop });
    return config;
  }

  function start(functionName: string, queueName: string, config: EventSourceMappingConfiguration): () => void {
    const maximumConcurrency = config.ScalingConfig?.MaximumConcurrency;
    try {
      return connect({
        queueName,
        functionName,
        batchSize: config.BatchSize ?? MOST_FIFO,
        reportBatchItemFailures: config.FunctionResponseTypes?.includes("ReportBatchItemFailures") ?? false,
        ...(maximumConcurrency !== undefined && { maximumConcurrency }),
      });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      throw invalid(`Error occurred while ReceiveMessage. SQS Error Code: ${error.code}. ${error.message}`);
    }
  }

  function find(uuid: string | undefined): Mapping {
    const mapping = mappings.get(uuid ?? "");
    if (!mapping) throw notFound("The resource you requested does not exist.");
    return mapping;
  }

  /** Messages under way end as they began; the next batch is of the new size. */
  function update(input: UpdateEventSourceMappingRequest): EventSourceMappingConfiguration {
    const { config, stop } = find(input.UUID);
    const changed: EventSourceMappingConfiguration = {
      ...config,
      ...(input.BatchSize !== undefined && { BatchSize: input.BatchSize }),
      ...(input.ScalingConfig && { ScalingConfig: input.ScalingConfig }),
      ...(input.Enabled !== undefined && { State: input.Enabled ? "Enabled" : "Disabled" }),
      LastModified: new Date(clock.now()),
    };
    stop();
    const [functionName = "", queueName = ""] = [config.FunctionArn, config.EventSourceArn].map((arn) =>
      arn?.split(":").at(-1),
    );
    const restarted = changed.State === "Disabled" ? () => {} : start(functionName, queueName, changed);
    mappings.set(config.UUID ?? "", { config: changed, stop: restarted });
    return changed;
  }

  return {
    CreateEventSourceMapping: create,
    UpdateEventSourceMapping: update,
    GetEventSourceMapping: (input: DeleteEventSourceMappingRequest) => find(input.UUID).config,
    DeleteEventSourceMapping(input: DeleteEventSourceMappingRequest) {
      const { config, stop } = find(input.UUID);
      stop();
      mappings.delete(config.UUID ?? "");
      return { ...config, State: "Deleting" };
    },
    ListEventSourceMappings(input: ListEventSourceMappingsRequest) {
      const functionArn = input.FunctionName && findFunction(world, input.FunctionName).functionArn;
      const found = [...mappings.values()].map(({ config }) => config);
      return {
        EventSourceMappings: found.filter(
          (it) =>
            (!functionArn || it.FunctionArn === functionArn) &&
            (!input.EventSourceArn || it.EventSourceArn === input.EventSourceArn),
        ),
      };
    },
  };
}
