import type { VirtualClock } from "./clock.ts";
import type { Delays } from "./delays.ts";
import type { Invoker } from "./lambda-invoke.ts";
import { AwsError } from "./service.ts";
import type { Sqs } from "./sqs.ts";

/** Where EventBridge and Scheduler send: a queue or a function. */
export interface EventTarget {
  readonly arn: string;
  /** For FIFO queues: the group of every message. */
  readonly messageGroupId?: string | undefined;
  readonly deadLetterArn?: string | undefined;
  /** Unless given: 185 attempts and 24 h (EventBridge user guide, "Retrying the delivery of events"). */
  readonly maximumRetryAttempts?: number | undefined;
  readonly maximumEventAgeMs?: number | undefined;
  readonly sender: Sender;
}

/** In whose name events are sent: a role's, or the service's own on behalf of a rule. */
export type Sender = { readonly roleArn: string } | { readonly service: string; readonly sourceArn: string };

export interface DeliveryOptions {
  readonly clock: VirtualClock;
  readonly delays: Delays;
  readonly sqs: Sqs;
  readonly invoker: Invoker;
  /** The error with which the target refuses the sender, if it does. */
  readonly admit: (sender: Sender, targetArn: string) => AwsError | undefined;
}

/** Errors that no retry cures: the event goes to the dead-letter queue at once (same page). */
const HOPELESS = new Set([
  "QueueDoesNotExist",
  "ResourceNotFoundException",
  "InvalidParameterValue",
  "MissingParameter",
  "AccessDeniedException",
]);

/** Delivers one event to one target: retries with exponential backoff, then the target's dead-letter queue, then nothing. */
export function deliver(options: DeliveryOptions, target: EventTarget, payload: string): void {
  const { clock, delays } = options;
  const untilMs = clock.now() + (target.maximumEventAgeMs ?? 24 * 3_600_000);
  const attempt = (retries: number) => {
    try {
      send(options, target, payload);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const pauseMs = Math.min(delays.targetRetryLongestMs, delays.targetRetryFirstMs * 2 ** retries);
      const exhausted = retries >= (target.maximumRetryAttempts ?? 185) || clock.now() + pauseMs > untilMs;
      if (HOPELESS.has(error.code) || exhausted) bury(options, target, payload);
      else clock.after(pauseMs, () => attempt(retries + 1));
    }
  };
  attempt(0);
}

/** Refuses ARNs of other services. Throws `AwsError` as the target does. */
function send({ sqs, invoker, admit }: DeliveryOptions, target: EventTarget, payload: string): void {
  const refusal = admit(target.sender, target.arn);
  if (refusal) throw refusal;
  const service = target.arn.split(":")[2];
  if (service === "sqs") sqs.queueByArn(target.arn).send({ body: payload, groupId: target.messageGroupId });
  else if (service === "lambda") invoker.callAsync(target.arn, JSON.parse(payload));
  else throw new Error(`the twin delivers to queues and functions, not to ${target.arn}`);
}

function bury({ sqs, admit }: DeliveryOptions, target: EventTarget, payload: string): void {
  if (target.deadLetterArn === undefined || admit(target.sender, target.deadLetterArn)) return;
  try {
    sqs.queueByArn(target.deadLetterArn).send({ body: payload });
  } catch (error) {
    // A dead-letter queue that refuses loses the event, as in AWS.
    if (!(error instanceof AwsError)) throw error;
  }
}
