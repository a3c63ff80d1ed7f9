import type {
  DescribeRuleRequest,
  ListRuleNamesByTargetRequest,
  PutEventsRequest,
  PutEventsRequestEntry,
  PutEventsResultEntry,
  PutRuleRequest,
  PutTargetsRequest,
  RemoveTargetsRequest,
  Target,
} from "@aws-sdk/client-eventbridge";
import * as sdk from "@aws-sdk/client-eventbridge";
import { draw } from "./delays.ts";
import { type DeliveryOptions, deliver } from "./event-target.ts";
import { shapeInput } from "./eventbridge-input.ts";
import type { Identifiers } from "./identifiers.ts";
import { compilePattern, type EventPattern, InvalidPattern } from "./pattern.ts";
import type { Random } from "./random.ts";
import { AwsError, type Service } from "./service.ts";
import type { World } from "./world.ts";

/** Limits of PutEvents: entries per call, and bytes of all of them (1 MB since January 2026, SDK `PutEventsCommand`). */
const MOST_ENTRIES = 10;
const MOST_BYTES = 1_048_576;
/** Targets per rule (SDK, `PutTargetsRequest`). */
const MOST_TARGETS = 5;

/** An event as rules see it. */
export interface BusEvent {
  readonly version: "0";
  readonly id: string;
  readonly "detail-type": string;
  readonly source: string;
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: unknown;
}

export interface EventBridgeOptions extends DeliveryOptions {
  readonly world: World;
  readonly random: Random;
  readonly identifiers: Identifiers;
}

export interface EventBridge extends Service {
  /** Puts an AWS service's event on the default bus. `atMs` is when it happened; now unless given. */
  publish(
    source: string,
    detailType: string,
    detail: unknown,
    more?: { readonly atMs?: number; readonly resources?: readonly string[] },
  ): BusEvent;
  /** Puts a complete event on the bus: a duplicate has the id of its original. */
  emit(event: BusEvent): void;
}

interface Rule {
  readonly name: string;
  readonly source: string;
  readonly matches: EventPattern;
  state: string;
  readonly description: string | undefined;
  readonly targets: Map<string, Target>;
}

/** EventBridge's default bus: rules with patterns, targets that are queues or functions. Schedules are Scheduler's. */
export function createEventBridge(options: EventBridgeOptions): EventBridge {
  const { world, clock, delays, identifiers } = options;
  const random = options.random.fork("events");
  const rules = new Map<string, Rule>();
  const arnOf = (name: string) => `arn:aws:events:${world.region}:${world.accountId}:rule/${name}`;

  function find(name: string | undefined): Rule {
    const rule = rules.get(name ?? "");
    if (!rule) throw new AwsError("ResourceNotFoundException", `Rule ${name} does not exist on EventBus default.`);
    return rule;
  }

  function putRule(input: PutRuleRequest): { RuleArn: string } {
    if (input.EventPattern === undefined) {
      throw new AwsError(
        "ValidationException",
        "Parameter EventPattern must be specified: the twin's schedules are Scheduler's.",
      );
    }
    const name = input.Name ?? "";
    rules.set(name, {
      name,
      source: input.EventPattern,
      matches: compile(input.EventPattern),
      state: input.State ?? "ENABLED",
      description: input.Description,
      targets: rules.get(name)?.targets ?? new Map(),
    });
    return { RuleArn: arnOf(name) };
  }

  function putTargets(input: PutTargetsRequest) {
    const { targets } = find(input.Rule);
    for (const target of input.Targets ?? []) {
      if (target.Arn?.endsWith(".fifo") && !target.SqsParameters?.MessageGroupId) {
        throw new AwsError(
          "ValidationException",
          `Parameter(s) SqsParameters must be specified for target: ${target.Id}.`,
        );
      }
      if (!targets.has(target.Id ?? "") && targets.size >= MOST_TARGETS) {
        throw new AwsError("LimitExceededException", "The requested resource exceeds the maximum number allowed.");
      }
      targets.set(target.Id ?? "", target);
    }
    return { FailedEntryCount: 0, FailedEntries: [] };
  }

  function putEvents(input: PutEventsRequest) {
    const entries = input.Entries ?? [];
    if (entries.length < 1 || entries.length > MOST_ENTRIES) {
      throw new AwsError("ValidationException", `Entries must have between 1 and ${MOST_ENTRIES} members.`);
    }
    if (entries.reduce((bytes, entry) => bytes + sizeOf(entry), 0) > MOST_BYTES) {
      throw new AwsError("ValidationException", "Total size of the entries in the request is over the limit.");
    }
    const results = entries.map(putEntry);
    return { FailedEntryCount: results.filter(({ ErrorCode }) => ErrorCode !== undefined).length, Entries: results };
  }

  function putEntry(entry: PutEventsRequestEntry): PutEventsResultEntry {
    if (!entry.Source || !entry.DetailType || !entry.Detail) {
      return { ErrorCode: "InvalidArgument", ErrorMessage: "Parameters Source, DetailType and Detail are required." };
    }
    const detail = parse(entry.Detail);
    if (detail === undefined) return { ErrorCode: "MalformedDetail", ErrorMessage: "Detail is malformed." };
    const made = envelope(entry.Source, entry.DetailType, detail, entry.Time?.getTime());
    emit({ ...made, resources: entry.Resources ?? [] });
    return { EventId: made.id };
  }

  function envelope(source: string, detailType: string, detail: unknown, atMs = clock.now()): BusEvent {
    return {
      version: "0",
      id: identifiers.uuid(),
      "detail-type": detailType,
      source,
      account: world.accountId,
      time: `${new Date(atMs).toISOString().slice(0, 19)}Z`,
      region: world.region,
      resources: [],
      detail,
    };
  }

  function emit(event: BusEvent): void {
    for (const rule of rules.values()) {
      if (rule.state === "DISABLED" || !rule.matches(event)) continue;
      const times = random.chance(delays.eventBridgeDuplicateRate) ? 2 : 1;
      for (let time = 0; time < times; time++) {
        for (const target of rule.targets.values()) dispatch(target, event, arnOf(rule.name));
      }
    }
  }

  function dispatch(target: Target, event: BusEvent, ruleArn: string): void {
    const ageSeconds = target.RetryPolicy?.MaximumEventAgeInSeconds;
    clock.after(draw(random, delays.eventBridgeToTarget), () =>
      deliver(
        options,
        {
          arn: target.Arn ?? "",
          messageGroupId: target.SqsParameters?.MessageGroupId,
          deadLetterArn: target.DeadLetterConfig?.Arn,
          maximumRetryAttempts: target.RetryPolicy?.MaximumRetryAttempts,
          maximumEventAgeMs: ageSeconds === undefined ? undefined : ageSeconds * 1_000,
          sender: target.RoleArn
            ? { roleArn: target.RoleArn }
            : { service: "events.amazonaws.com", sourceArn: ruleArn },
        },
        shapeInput(target, event),
      ),
    );
  }

  return {
    name: "events",
    sdk,
    emit,
    publish(source, detailType, detail, { atMs, resources = [] } = {}) {
      const event = { ...envelope(source, detailType, detail, atMs), resources };
      emit(event);
      return event;
    },
    operations: {
      PutRule: putRule,
      PutTargets: putTargets,
      PutEvents: putEvents,
      DescribeRule: (input: DescribeRuleRequest) => {
        const { name, source, state, description } = find(input.Name);
        return {
          Name: name,
          Arn: arnOf(name),
          EventPattern: source,
          State: state,
          Description: description,
          EventBusName: "default",
        };
      },
      ListTargetsByRule: (input: { Rule?: string }) => ({ Targets: [...find(input.Rule).targets.values()] }),
      RemoveTargets: (input: RemoveTargetsRequest) => {
        for (const id of input.Ids ?? []) find(input.Rule).targets.delete(id);
        return { FailedEntryCount: 0, FailedEntries: [] };
      },
      ListRuleNamesByTarget: ({ TargetArn }: ListRuleNamesByTargetRequest) => ({
        RuleNames: [...rules.values()]
          .filter(({ targets }) => [...targets.values()].some(({ Arn }) => Arn === TargetArn))
          .map(({ name }) => name),
      }),
      DisableRule: (input: DescribeRuleRequest) => {
        find(input.Name).state = "DISABLED";
        return {};
      },
      EnableRule: (input: DescribeRuleRequest) => {
        find(input.Name).state = "ENABLED";
        return {};
      },
      DeleteRule: (input: DescribeRuleRequest) => {
        rules.delete(input.Name ?? "");
        return {};
      },
    },
  };
}

function compile(pattern: string): EventPattern {
  try {
    return compilePattern(pattern);
  } catch (error) {
    if (error instanceof InvalidPattern) throw new AwsError(error.name, error.message);
    throw error;
  }
}

function parse(detail: string): unknown {
  try {
    return JSON.parse(detail);
  } catch {
    return undefined;
  }
}

/** As the user guide counts: 14 bytes for a time, and the UTF-8 lengths of the rest. */
function sizeOf(entry: PutEventsRequestEntry): number {
  const texts = [entry.Source, entry.DetailType, entry.Detail, ...(entry.Resources ?? [])];
  return (entry.Time ? 14 : 0) + texts.reduce((bytes, text) => bytes + Buffer.byteLength(text ?? ""), 0);
}
