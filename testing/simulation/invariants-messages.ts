/** What becomes of the messages that start Holdfast's functions. */
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import type { CallRecord } from "../twin/call-log.ts";
import { currentInvocation } from "../twin/lambda-invocation.ts";
import type { Checking } from "./invariant.ts";

/** Takes what a function that reads a queue got, and what it answered. */
export type Answered = (event: SQSEvent, answer: SQSBatchResponse) => void;

interface Message {
  readonly MessageBody: string;
  readonly MessageGroupId: string;
}

type Sent = Partial<Message> & { readonly Entries?: readonly Message[] };

/** What SQS answers for a time. */
const passing = ["ThrottlingException", "InternalError"];

/**
 * A function gives a message back only while SQS does not take what it sends on behalf of it, to the pools or to the
 * dead-letter queue. What follows such a message in its group is given back unread (SQS developer guide, FIFO delivery logic).
 */
export function checkGivenBack({ account, isOurs, report }: Checking): Answered {
  /** By invocation: what SQS did not take for a group when it was last sent there. */
  const refused = new Map<string, Map<string, string>>();
  account.region.calls.onCall((call) => {
    if (call.service !== "sqs" || !isOurs(call)) return;
    const id = currentInvocation()?.awsRequestId ?? "";
    const sent = refused.get(id) ?? new Map();
    refused.set(id, sent);
    const { Entries = [], ...single } = call.input as Sent;
    for (const { MessageBody, MessageGroupId } of [single, ...Entries]) {
      if (MessageBody === undefined) continue;
      const about = subjectOf(MessageBody);
      if (failsForATime(call)) sent.set(`${MessageGroupId} ${about}`, about);
      else sent.delete(`${MessageGroupId} ${about}`);
    }
  });
  return ({ Records }, { batchItemFailures }) => {
    const id = currentInvocation()?.awsRequestId ?? "";
    const notTaken = new Set(refused.get(id)?.values());
    refused.delete(id);
    const givenBack = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    const heldUp = new Set<string | undefined>();
    for (const { messageId, body, attributes } of Records) {
      if (!givenBack.has(messageId)) continue;
      if (notTaken.has(subjectOf(body))) heldUp.add(attributes.MessageGroupId);
      if (!heldUp.has(attributes.MessageGroupId))
        report("given back", `a message, though SQS refused nothing: ${body}`);
    }
  };
}

/** A sweep may be passed on with more in it than came. */
function subjectOf(body: string): string {
  try {
    const { kind, scheduledTime } = JSON.parse(body) as { kind?: string; scheduledTime?: string };
    return kind === "sweep" ? `${kind} ${scheduledTime}` : body;
  } catch {
    return body;
  }
}

function failsForATime({ error, delivery }: CallRecord): boolean {
  return error ? passing.includes(error.code) : delivery !== "answered";
}
