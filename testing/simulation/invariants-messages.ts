/** What becomes of the messages that start Holdfast's functions. */
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import type { CallRecord } from "../twin/call-log.ts";
import { currentInvocation } from "../twin/lambda-invocation.ts";
import type { Checking } from "./invariant.ts";

/** Takes what a function that reads a queue got, and what it answered. */
export type Answered = (event: SQSEvent, answer: SQSBatchResponse) => void;

interface Sent {
  readonly MessageBody?: string;
  readonly Entries?: readonly { readonly MessageBody: string }[];
}

/** What SQS answers for a time. */
const passing = ["ThrottlingException", "InternalError"];

/**
 * A function gives a message back only while SQS does not take what it sends on behalf of it, to the pools or to the
 * dead-letter queue. What follows such a message in its group is given back unread (SQS developer guide, FIFO delivery logic).
 */
export function checkGivenBack({ account, isOurs, report }: Checking): Answered {
  /** By invocation: the texts that SQS did not take when they were last sent. */
  const refused = new Map<string, Set<string>>();
  account.region.calls.onCall((call) => {
    if (call.service !== "sqs" || !isOurs(call)) return;
    const id = currentInvocation()?.awsRequestId ?? "";
    const texts = refused.get(id) ?? new Set();
    refused.set(id, texts);
    const { MessageBody, Entries = [] } = call.input as Sent;
    for (const text of [MessageBody, ...Entries.map((it) => it.MessageBody)]) {
      if (text === undefined) continue;
      if (failsForATime(call)) texts.add(text);
      else texts.delete(text);
    }
  });
  return ({ Records }, { batchItemFailures }) => {
    const id = currentInvocation()?.awsRequestId ?? "";
    const texts = refused.get(id) ?? new Set();
    refused.delete(id);
    const givenBack = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    const heldUp = new Set<string | undefined>();
    for (const { messageId, body, attributes } of Records) {
      if (!givenBack.has(messageId)) continue;
      if (texts.has(body)) heldUp.add(attributes.MessageGroupId);
      if (!heldUp.has(attributes.MessageGroupId))
        report("given back", `a message, though SQS refused nothing: ${body}`);
    }
  };
}

function failsForATime({ error, delivery }: CallRecord): boolean {
  return error ? passing.includes(error.code) : delivery !== "answered";
}
