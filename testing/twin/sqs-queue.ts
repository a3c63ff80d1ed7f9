import { createHash } from "node:crypto";
import type { MessageAttributeValue } from "@aws-sdk/client-sqs";
import type { Timer, VirtualClock } from "./clock.ts";
import type { Identifiers } from "./identifiers.ts";
import { AwsError } from "./service.ts";

/** A message given again within this time is accepted, but not delivered again (SQS developer guide, exactly-once processing). */
const DEDUPLICATION_MS = 5 * 60_000;

export interface QueueSettings {
  readonly queueName: string;
  readonly queueArn: string;
  readonly fifo: boolean;
  readonly contentBasedDeduplication: boolean;
  readonly deduplicationScope: "queue" | "messageGroup";
  readonly visibilityTimeoutMs: number;
  readonly delayMs: number;
  readonly retentionMs: number;
  readonly redrive: { readonly deadLetterTargetArn: string; readonly maxReceiveCount: number } | undefined;
}

export interface MessageInput {
  readonly body: string;
  readonly groupId?: string | undefined;
  readonly deduplicationId?: string | undefined;
  readonly delayMs?: number | undefined;
  readonly senderId?: string | undefined;
  readonly attributes?: Readonly<Record<string, MessageAttributeValue>> | undefined;
}

export interface Message {
  readonly messageId: string;
  readonly body: string;
  readonly groupId: string | undefined;
  readonly deduplicationId: string | undefined;
  readonly sequenceNumber: string | undefined;
  readonly sentMs: number;
  readonly senderId: string;
  readonly attributes: Readonly<Record<string, MessageAttributeValue>>;
  /** ARN of the queue that it was dead-lettered from. */
  readonly deadLetterSourceArn: string | undefined;
  firstReceivedMs: number | undefined;
  receiveCount: number;
  receiptHandle: string | undefined;
  visibleAtMs: number;
}

/** One queue. Standard ones keep order here too, which AWS does not promise. */
export class Queue {
  settings: QueueSettings;
  readonly createdMs: number;
  readonly #clock: VirtualClock;
  readonly #identifiers: Identifiers;
  readonly #deadLetter: (arn: string, message: Message, sourceArn: string) => void;
  readonly #seen = new Map<string, { readonly message: Message; readonly untilMs: number }>();
  readonly #listeners = new Set<() => void>();
  #messages: Message[] = [];
  #sequence = 18_849_496_460_467_696_128n;
  #wake: Timer | undefined;

  constructor(
    settings: QueueSettings,
    clock: VirtualClock,
    identifiers: Identifiers,
    deadLetter: (arn: string, message: Message, sourceArn: string) => void,
  ) {
    this.settings = settings;
    this.createdMs = clock.now();
    this.#clock = clock;
    this.#identifiers = identifiers;
    this.#deadLetter = deadLetter;
  }

  /** Calls the listener when messages may have become receivable. Returns the function that removes it. */
  onVisible(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Throws `MissingParameter` or `InvalidParameterValue` when a FIFO queue misses a group or a deduplication id. */
  send(input: MessageInput): Message {
    const deduplicationId = this.#deduplicationId(input);
    const scope = this.settings.deduplicationScope === "messageGroup" ? input.groupId : "";
    const seen = deduplicationId && `${scope} ${deduplicationId}`;
    const known = seen ? this.#seen.get(seen) : undefined;
    if (known && known.untilMs > this.#clock.now()) return known.message;
    const message: Message = {
      messageId: this.#identifiers.uuid(),
      body: input.body,
      groupId: input.groupId,
      deduplicationId,
      sequenceNumber: this.settings.fifo ? String(this.#sequence++) : undefined,
      sentMs: this.#clock.now(),
      senderId: input.senderId ?? "AIDAEXAMPLESENDER",
      attributes: input.attributes ?? {},
      deadLetterSourceArn: undefined,
      firstReceivedMs: undefined,
      receiveCount: 0,
      receiptHandle: undefined,
      visibleAtMs: this.#clock.now() + (input.delayMs ?? this.settings.delayMs),
    };
    if (seen) this.#seen.set(seen, { message, untilMs: this.#clock.now() + DEDUPLICATION_MS });
    this.#messages.push(message);
    this.#announce();
    return message;
  }

  /** Takes in a message that failed too often elsewhere. It keeps its id, its body, and when it was sent. */
  adopt(message: Message, sourceArn: string): void {
    this.#messages.push({
      ...message,
      sequenceNumber: this.settings.fifo ? String(this.#sequence++) : undefined,
      deadLetterSourceArn: sourceArn,
      receiptHandle: undefined,
      visibleAtMs: this.#clock.now(),
    });
    this.#announce();
  }

  /** Up to `most` visible messages, which become invisible. No message of a FIFO group that has one in flight. */
  receive(most: number, visibilityTimeoutMs = this.settings.visibilityTimeoutMs): Message[] {
    const now = this.#clock.now();
    this.#drop((message) => message.sentMs + this.settings.retentionMs <= now);
    this.#redrive(now);
    const received = this.#receivable(now).slice(0, most);
    for (const message of received) {
      message.receiveCount++;
      message.firstReceivedMs ??= now;
      message.receiptHandle = this.#identifiers.uuid();
      message.visibleAtMs = now + visibilityTimeoutMs;
    }
    this.#announce();
    return received.map((message) => ({ ...message }));
  }

  /** A handle of an earlier receive deletes a standard queue's message no more once it was received again. */
  delete(receiptHandle: string): void {
    this.#drop((message) => message.receiptHandle === receiptHandle);
    this.#announce();
  }

  /** Returns false when the handle is not that of a message in flight. */
  changeVisibility(receiptHandle: string, visibilityTimeoutMs: number): boolean {
    const now = this.#clock.now();
    const message = this.#messages.find((it) => it.receiptHandle === receiptHandle);
    if (!message || message.visibleAtMs <= now) return false;
    message.visibleAtMs = now + visibilityTimeoutMs;
    this.#announce();
    return true;
  }

  purge(): void {
    this.#messages = [];
  }

  counts(): { readonly visible: number; readonly inFlight: number; readonly delayed: number } {
    const now = this.#clock.now();
    const hidden = this.#messages.filter((it) => it.visibleAtMs > now);
    const inFlight = hidden.filter((it) => it.receiptHandle !== undefined).length;
    return { visible: this.#messages.length - hidden.length, inFlight, delayed: hidden.length - inFlight };
  }

  #receivable(now: number): Message[] {
    const locked = new Set(this.#messages.filter((it) => it.visibleAtMs > now).map((it) => it.groupId));
    const free = ({ groupId }: Message) => !this.settings.fifo || !locked.has(groupId);
    return this.#messages.filter((it) => it.visibleAtMs <= now && free(it));
  }

  #deduplicationId(input: MessageInput): string | undefined {
    const { fifo, contentBasedDeduplication } = this.settings;
    if (!fifo) return undefined;
    if (!input.groupId) {
      throw new AwsError("MissingParameter", "The request must contain the parameter MessageGroupId.");
    }
    if (input.deduplicationId) return input.deduplicationId;
    if (contentBasedDeduplication) return createHash("sha256").update(input.body).digest("hex");
    throw new AwsError(
      "InvalidParameterValue",
      "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
    );
  }

  #redrive(now: number): void {
    const { redrive, queueArn } = this.settings;
    if (!redrive) return;
    const spent = this.#messages.filter((it) => it.visibleAtMs <= now && it.receiveCount >= redrive.maxReceiveCount);
    this.#drop((message) => spent.includes(message));
    for (const message of spent) this.#deadLetter(redrive.deadLetterTargetArn, message, queueArn);
  }

  #drop(unwanted: (message: Message) => boolean): void {
    this.#messages = this.#messages.filter((message) => !unwanted(message));
  }

  /** Tells the listeners now when something can be received, and again when the next message becomes visible. */
  #announce(): void {
    this.#wake?.cancel();
    this.#wake = undefined;
    const now = this.#clock.now();
    const dueMs = this.#messages.map((it) => it.visibleAtMs).filter((ms) => ms > now);
    if (dueMs.length > 0) this.#wake = this.#clock.after(Math.min(...dueMs) - now, () => this.#announce());
    if (this.#receivable(now).length > 0) for (const listener of this.#listeners) listener();
  }
}
