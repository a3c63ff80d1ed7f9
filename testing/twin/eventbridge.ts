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
import { compilePattern, type EventPattern } from "./pattern.ts";
import { InvalidPattern } from "./pattern-operators.ts";
import type { Random } from "./random.ts";
import { AwsError, type Operation, type Service } from "./service.ts";
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

interface EventFacts {
  /** When it happened; now unless given. */
  readonly atMs?: number | undefined;
  readonly resources?: readonly string[] | undefined;
}

export interface EventBridge extends Service {
  /** Puts an AWS service's event on the default bus. */
  publish(source: string, detailType: string, detail: unknown, more?: EventFacts): BusEvent;
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

/** The default bus: its rules, and the delivery of events to their targets. */
class Bus {
  readonly rules = new Map<string, Rule>();
  readonly #options: EventBridgeOptions;
  readonly #random: Random;

  constructor(options: EventBridgeOptions) {
    this.#options = options;
    this.#random = options.random.fork("events");
  }

  arnOf(ruleName: string): string {
    const { region, accountId } = this.#options.world;
    return `arn:aws:events:${region}:${accountId}:rule/${ruleName}`;
  }

  find(name: string | undefined): Rule {
    const rule = this.rules.get(name ?? "");
    if (!rule) throw new AwsError("ResourceNotFoundException", `Rule ${name} does not exist on EventBus default.`);
    return rule;
  }

  /** Returns a new event; it is on the bus only once it is emitted. */
  createEvent(source: string, detailType: string, detail: unknown, more: EventFacts): BusEvent {
    const { world, identifiers, clock } = this.#options;
    const { atMs = clock.now(), resources = [] } = more;
    return {
      version: "0",
      id: identifiers.uuid(),
      "detail-type": detailType,
      source,
      account: world.accountId,
      time: `${new Date(atMs).toISOString().slice(0, 19)}Z`,
      region: world.region,
      resources,
      detail,
    };
  }

  emit(event: BusEvent): void {
    for (const rule of this.rules.values()) {
      if (rule.state === "DISABLED" || !rule.matches(event)) continue;
      const times = this.#random.chance(this.#options.delays.eventBridgeDuplicateRate) ? 2 : 1;
      for (let time = 0; time < times; time++) {
        for (const target of rule.targets.values()) this.#dispatch(target, event, this.arnOf(rule.name));
      }
    }
  }

  #dispatch(target: Target, event: BusEvent, ruleArn: string): void {
    const { clock, delays } = this.#options;
    const ageSeconds = target.RetryPolicy?.MaximumEventAgeInSeconds;
    const delivery = {
      arn: target.Arn ?? "",
      messageGroupId: target.SqsParameters?.MessageGroupId,
      deadLetterArn: target.DeadLetterConfig?.Arn,
      maximumRetryAttempts: target.RetryPolicy?.MaximumRetryAttempts,
      maximumEventAgeMs: ageSeconds === undefined ? undefined : ageSeconds * 1_000,
      sender: target.RoleArn ? { roleArn: target.RoleArn } : { service: "events.amazonaws.com", sourceArn: ruleArn },
    };
    clock.after(draw(this.#random, delays.eventBridgeToTarget), () =>
      deliver(this.#options, delivery, shapeInput(target, event)),
    );
  }
}

/** EventBridge's default bus: rules with patterns, targets that are queues or functions. Schedules are Scheduler's. */
export function createEventBridge(options: EventBridgeOptions): EventBridge {
  const bus = new Bus(options);
  return {
    name: "events",
    sdk,
    emit: (event) => bus.emit(event),
    publish(source, detailType, detail, more = {}) {
      const event = bus.createEvent(source, detailType, detail, more);
      bus.emit(event);
      return event;
    },
    operations: {
      ...ruleOperations(bus),
      ...targetOperations(bus),
      PutEvents: (input: PutEventsRequest) => putEvents(bus, input),
    },
  };
}

function ruleOperations(bus: Bus): Record<string, Operation> {
  const setState = ({ Name }: DescribeRuleRequest, state: string) => {
    bus.find(Name).state = state;
    return {};
  };
  return {
    PutRule: (input: PutRuleRequest) => putRule(bus, input),
    DescribeRule: (input: DescribeRuleRequest) => {
      const { name, source, state, description } = bus.find(input.Name);
      return {
        Name: name,
        Arn: bus.arnOf(name),
        EventPattern: source,
        State: state,
        Description: description,
        EventBusName: "default",
      };
    },
    DisableRule: (input: DescribeRuleRequest) => setState(input, "DISABLED"),
    EnableRule: (input: DescribeRuleRequest) => setState(input, "ENABLED"),
    DeleteRule: ({ Name }: DescribeRuleRequest) => {
      bus.rules.delete(Name ?? "");
      return {};
    },
  };
}

function targetOperations(bus: Bus): Record<string, Operation> {
  return {
    PutTargets: (input: PutTargetsRequest) => putTargets(bus.find(input.Rule), input),
    ListTargetsByRule: (input: { Rule?: string }) => ({ Targets: [...bus.find(input.Rule).targets.values()] }),
    RemoveTargets: (input: RemoveTargetsRequest) => {
      for (const id of input.Ids ?? []) bus.find(input.Rule).targets.delete(id);
      return { FailedEntryCount: 0, FailedEntries: [] };
    },
    ListRuleNamesByTarget: ({ TargetArn }: ListRuleNamesByTargetRequest) => ({
      RuleNames: [...bus.rules.values()]
        .filter(({ targets }) => [...targets.values()].some(({ Arn }) => Arn === TargetArn))
        .map(({ name }) => name),
    }),
  };
}

function putRule(bus: Bus, input: PutRuleRequest): { RuleArn: string } {
  if (input.EventPattern === undefined) {
    throw new AwsError(
      "ValidationException",
      "Parameter EventPattern must be specified: the twin's schedules are Scheduler's.",
    );
  }
  const name = input.Name ?? "";
  bus.rules.set(name, {
    name,
    source: input.EventPattern,
    matches: compile(input.EventPattern),
    state: input.State ?? "ENABLED",
    description: input.Description,
    targets: bus.rules.get(name)?.targets ?? new Map(),
  });
  return { RuleArn: bus.arnOf(name) };
}

function putTargets({ targets }: Rule, input: PutTargetsRequest) {
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

function putEvents(bus: Bus, input: PutEventsRequest) {
  const entries = input.Entries ?? [];
  if (entries.length < 1 || entries.length > MOST_ENTRIES) {
    throw new AwsError("ValidationException", `Entries must have between 1 and ${MOST_ENTRIES} members.`);
  }
  if (entries.reduce((bytes, entry) => bytes + sizeOf(entry), 0) > MOST_BYTES) {
    throw new AwsError("ValidationException", "Total size of the entries in the request is over the limit.");
  }
  const results = entries.map((entry) => putEntry(bus, entry));
  return { FailedEntryCount: results.filter(({ ErrorCode }) => ErrorCode !== undefined).length, Entries: results };
}

function putEntry(bus: Bus, entry: PutEventsRequestEntry): PutEventsResultEntry {
  if (!entry.Source || !entry.DetailType || !entry.Detail) {
    return { ErrorCode: "InvalidArgument", ErrorMessage: "Parameters Source, DetailType and Detail are required." };
  }
  // Sources that begin so are AWS's own (EventBridge API, `PutEventsRequestEntry`, Source).
  if (entry.Source.startsWith("aws.")) {
    return { ErrorCode: "NotAuthorizedForSourceException", ErrorMessage: "Not authorized for the source." };
  }
  const detail = parse(entry.Detail);
  if (detail === undefined) return { ErrorCode: "MalformedDetail", ErrorMessage: "Detail is malformed." };
  const { Source, DetailType, Time, Resources } = entry;
  const event = bus.createEvent(Source, DetailType, detail, { atMs: Time?.getTime(), resources: Resources });
  bus.emit(event);
  return { EventId: event.id };
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
