import { expect, it } from "vitest";
import type { Checking } from "../../testing/simulation/invariant.ts";
import { checkGivenBack } from "../../testing/simulation/invariants-messages.ts";
import type { CallRecord } from "../../testing/twin/call-log.ts";

const sweep = '{"kind":"sweep","scheduledTime":"2026-01-01T00:27:00Z","everyMinutes":1}';
const inFull = '{"kind":"sweep","scheduledTime":"2026-01-01T00:27:00Z","inFull":true}';
const later = '{"kind":"sweep","scheduledTime":"2026-01-01T00:28:00Z","everyMinutes":1}';

/** What a function sends on, as `pool text`, with `!` before what SQS refuses for now; it then gives the sweep back. */
function reportsAfter(...sends: string[]): string[] {
  const reports: string[] = [];
  const listeners: ((call: CallRecord) => void)[] = [];
  const region = { calls: { onCall: (listener: (call: CallRecord) => void) => listeners.push(listener) } };
  const account = { region } as unknown as Checking["account"];
  const answered = checkGivenBack({ account, isOurs: () => true, report: (_, text) => reports.push(text) });
  for (const send of sends) {
    const [, refused, MessageGroupId, MessageBody] = /^(!?)(\S+) (.*)$/.exec(send) ?? [];
    const input = { Entries: [{ MessageBody, MessageGroupId }] };
    const error = refused ? { code: "InternalError", message: "" } : undefined;
    const call = { service: "sqs", operation: "SendMessageBatch", input, error, delivery: "answered" };
    for (const listener of listeners) listener(call as unknown as CallRecord);
  }
  const record = { messageId: "1", body: sweep, attributes: { MessageGroupId: "*sweeps" } };
  const event = { Records: [record] } as unknown as Parameters<typeof answered>[0];
  answered(event, { batchItemFailures: [{ itemIdentifier: "1" }] });
  return reports;
}

it.each([
  ["SQS refuses what it sends to a pool", [`!pool0 ${sweep}`], 0],
  ["… and takes the same for another pool", [`!pool1 ${sweep}`, `pool0 ${sweep}`], 0],
  ["… though it says more than the sweep did", [`!pool0 ${inFull}`], 0],
  ["SQS takes all of it", [`pool0 ${sweep}`], 1],
  ["SQS takes it at the second attempt", [`!pool0 ${sweep}`, `pool0 ${sweep}`], 1],
  ["SQS refuses another sweep", [`!pool0 ${later}`], 1],
])("a sweep is given back when %s", (_, sends, objections) => {
  expect(reportsAfter(...sends)).toHaveLength(objections);
});
