/** How late CloudTrail's events reach a queue by way of EventBridge, and how many never do. */
import { PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge";
import { TagResourceCommand } from "@aws-sdk/client-lambda";
import { CreateQueueCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { type Account, ask, notYetThere, pause, until } from "./account.ts";
import { check, secondsOf, type Verdict } from "./check.ts";
import { measureEvents } from "./measured.ts";
import { nameOf } from "./names.ts";
import type { Scene } from "./scene.ts";

interface Arrival {
  readonly eventId: string;
  readonly eventName: string;
  /** From CloudTrail's time of the call, in whole seconds, to the queue's. */
  readonly lateMs: number;
}

interface Seen {
  readonly calls: number;
  readonly arrivals: readonly Arrival[];
}

/** The part of the rule and of the queue. */
export const eventsPart = "events";
const calls = 20;
const betweenMs = 2_000;
const patience = { stepMs: 3_000, limitMs: 5 * 60_000 };
/** P99 90 s was reported (cloud-custodian pull request 965); the sweep is no later than a minute. */
const expectedMs = 90_000;

export const eventsCheck = check<Seen>({
  id: "events",
  question: "Do CloudTrail's events reach a queue, and how late?",
  needs: ["role"],
  makes: "a rule and a queue",
  seconds: 120,
  observe: watchEvents,
  judge: judgeEvents,
  measure: ({ calls, arrivals }) =>
    measureEvents(
      calls,
      arrivals.map(({ lateMs }) => lateMs),
    ),
});

async function watchEvents({ account, run, member }: Scene): Promise<Seen> {
  const { lambda } = account.clients;
  const { partition, region, accountId } = account.place;
  const { name } = await member();
  const QueueUrl = await listen(account, nameOf(run, eventsPart));
  account.say(`tagging a function ${calls} times, and waiting until CloudTrail's events have arrived: at most 5 min`);
  // A rule takes effect within a minute or so (EventBridge user guide, "Troubleshooting").
  await pause(account, 60_000);
  const Resource = `arn:${partition}:lambda:${region}:${accountId}:function:${name}`;
  for (let trial = 1; trial <= calls; trial++) {
    const command = new TagResourceCommand({ Resource, Tags: { "holdfast:rehearsal-trial": String(trial) } });
    await ask(account, "lambda:TagResource", () => lambda.send(command));
    await pause(account, betweenMs);
  }
  const arrivals = new Map<string, Arrival>();
  await until(account, patience, async () => {
    for (const it of await receive(account, QueueUrl, name)) arrivals.set(it.eventId, it);
    return arrivals.size >= calls || undefined;
  });
  return { calls, arrivals: [...arrivals.values()] };
}

/** Makes the rule and the queue, or finds those of an interrupted run: all of these calls may be made again. */
async function listen(account: Account, name: string): Promise<string> {
  const { eventBridge, sqs } = account.clients;
  const { partition, region, accountId } = account.place;
  const queueArn = `arn:${partition}:sqs:${region}:${accountId}:${name}`;
  const Statement = {
    Effect: "Allow",
    Principal: { Service: "events.amazonaws.com" },
    Action: "sqs:SendMessage",
    Resource: queueArn,
    Condition: { ArnEquals: { "aws:SourceArn": `arn:${partition}:events:${region}:${accountId}:rule/${name}` } },
  };
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement });
  const create = new CreateQueueCommand({ QueueName: name, Attributes: { Policy } });
  const { QueueUrl = "" } = await ask(account, "sqs:CreateQueue", () => sqs.send(create));
  const EventPattern = JSON.stringify({
    source: ["aws.lambda"],
    "detail-type": ["AWS API Call via CloudTrail"],
    detail: { eventSource: ["lambda.amazonaws.com"], eventName: [{ prefix: "TagResource" }] },
  });
  const rule = new PutRuleCommand({ Name: name, EventPattern, Description: "Of a rehearsal of Holdfast" });
  await ask(account, "events:PutRule", () => eventBridge.send(rule));
  const targets = new PutTargetsCommand({ Rule: name, Targets: [{ Id: "queue", Arn: queueArn }] });
  await ask(account, "events:PutTargets", () => eventBridge.send(targets), notYetThere);
  return QueueUrl;
}

/** Returns what has arrived about a function. It stays in the queue, which is deleted with all that is in it. */
async function receive(account: Account, QueueUrl: string, functionName: string): Promise<Arrival[]> {
  const arrivals: Arrival[] = [];
  for (;;) {
    const command = new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: 10,
      VisibilityTimeout: 900,
      MessageSystemAttributeNames: ["SentTimestamp"],
    });
    const { Messages = [] } = await ask(account, "sqs:ReceiveMessage", () => account.clients.sqs.send(command));
    if (Messages.length === 0) return arrivals;
    for (const { Body = "{}", Attributes } of Messages) {
      if (!Body.includes(functionName)) continue;
      const { detail } = JSON.parse(Body) as { detail: { eventID: string; eventName: string; eventTime: string } };
      const lateMs = Number(Attributes?.SentTimestamp) - Date.parse(detail.eventTime);
      arrivals.push({ eventId: detail.eventID, eventName: detail.eventName, lateMs });
    }
  }
}

export function judgeEvents({ calls: made, arrivals }: Seen): Verdict {
  const late = arrivals.map(({ lateMs }) => lateMs).sort((a, b) => a - b);
  const [median = 0, longest = 0] = [late[Math.floor(late.length / 2)], late.at(-1)];
  const missing = Math.max(0, made - arrivals.length);
  const found = `${arrivals.length} of ${made} events arrived${late.length > 0 ? `, the latest after ${secondsOf(longest)} s` : ""}`;
  const seconds =
    late.length > 0 ? { "median delay of an event": secondsOf(median), "longest delay": secondsOf(longest) } : {};
  if (arrivals.length === 0) {
    return {
      outcome: "differs",
      found,
      meaning: "no event starts a run: healing begins with the sweep, up to a minute later",
      remediation: "look for a trail that logs write events of management, and exclusions in its event selectors",
    };
  }
  if (missing > 1 || longest > expectedMs) {
    return {
      outcome: "differs",
      found,
      meaning: "more healing than described begins with the sweep, up to a minute later",
      remediation: "nothing has to be done; a shorter sweep is no option, since schedules have a precision of a minute",
      seconds,
    };
  }
  return { outcome: "pass", found, seconds };
}
