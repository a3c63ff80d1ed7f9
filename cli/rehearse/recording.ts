/** Keeps what AWS answered about a run's own things, and CloudTrail's records of its calls. */
import type { Account } from "./account.ts";
import { namePrefix } from "./names.ts";

/** What one call was answered. */
export interface RecordedAnswer {
  /** Service and operation, such as `ec2:DescribeNetworkInterfaces`. */
  readonly call: string;
  /** As the SDK gives it, without metadata. */
  readonly output?: unknown;
  /** Code of the error in which it ended. */
  readonly error?: string;
}

export interface Recording {
  /** In the order in which they came; the same answer once. */
  readonly answers: readonly RecordedAnswer[];
  /** As CloudTrail's events have them, one of each name. */
  readonly records: readonly object[];
}

type Input = Readonly<Record<string, unknown>>;

const always = () => true;

/** Which answers hold nothing but what the run has made: lists of what an account has are none of them. */
const kept: Readonly<Record<string, (input: Input) => boolean>> = {
  "ec2:AllocateAddress": always,
  "ec2:AssociateAddress": always,
  "ec2:CreateNetworkInterface": always,
  "ec2:DescribeAddresses": ({ AllocationIds, Filters }) => AllocationIds !== undefined || Filters !== undefined,
  "ec2:DescribeNetworkInterfaces": always,
  "ec2:DetachInternetGateway": always,
  "ec2:DisassociateAddress": always,
  "ec2:ReleaseAddress": always,
  "lambda:CreateFunction": always,
  "lambda:DeleteFunction": always,
  "lambda:GetFunctionConfiguration": always,
  "lambda:UpdateFunctionConfiguration": always,
  "tag:GetResources": always,
};

/** What of a record is kept: not who called, from where and with what. */
const recordFields = [
  "eventVersion",
  "eventTime",
  "eventSource",
  "eventName",
  "awsRegion",
  "errorCode",
  "requestParameters",
  "responseElements",
  "readOnly",
  "eventType",
  "managementEvent",
  "eventCategory",
];

/** A command of the SDK. The names of its classes do not outlive a bundle; the third part of a schema is the operation's. */
interface Command {
  readonly input: object;
  readonly schema?: readonly unknown[];
}

/** A client of the SDK. */
interface Sender {
  send(command: Command, ...more: unknown[]): Promise<unknown>;
}

/** Returns an account like the one given, and what it has answered so far. */
export function record(account: Account): { readonly account: Account; readonly recording: () => Recording } {
  const answers = new Map<string, RecordedAnswer>();
  const records = new Map<string, object>();
  const keep = (answer: RecordedAnswer) => {
    const text = JSON.stringify(answer);
    if (!answers.has(text)) answers.set(text, answer);
  };
  const observed = <Client extends object>(service: string, client: Client): Client => {
    const { send } = client as unknown as Sender;
    return Object.assign(Object.create(client) as Client, {
      async send(command: Command, ...more: unknown[]) {
        const call = `${service}:${command.schema?.[2]}`;
        const isKept = kept[call]?.(command.input as Input) ?? false;
        try {
          const output = await send.call(client, command, ...more);
          if (isKept) keep({ call, output: withoutMetadata(output) });
          if (call === "sqs:ReceiveMessage") for (const it of recordsIn(output)) records.set(it.eventName, it);
          return output;
        } catch (error) {
          if (isKept && error instanceof Error) keep({ call, error: error.name });
          throw error;
        }
      },
    });
  };
  const { ec2, lambda, sqs, tagging } = account.clients;
  return {
    account: {
      ...account,
      clients: {
        ...account.clients,
        ec2: observed("ec2", ec2),
        lambda: observed("lambda", lambda),
        sqs: observed("sqs", sqs),
        tagging: observed("tag", tagging),
      },
      ec2Of: (credentials) => observed("ec2", account.ec2Of(credentials)),
    },
    recording: () => ({ answers: [...answers.values()], records: [...records.values()] }),
  };
}

function withoutMetadata(output: unknown): unknown {
  const { $metadata: _, ...rest } = output as Record<string, unknown>;
  return rest;
}

/** Returns the records of calls about a rehearsal's functions in a queue's messages. */
function recordsIn(output: unknown): { readonly eventName: string }[] {
  const { Messages = [] } = output as { Messages?: { Body?: string }[] };
  return Messages.flatMap(({ Body = "{}" }) => {
    const { detail = {} } = JSON.parse(Body) as { detail?: Record<string, unknown> };
    const isOwn = JSON.stringify(detail["requestParameters"] ?? "").includes(`:function:${namePrefix}-`);
    if (!isOwn) return [];
    const fields = recordFields.filter((field) => detail[field] !== undefined).map((field) => [field, detail[field]]);
    return [Object.fromEntries(fields) as { eventName: string }];
  });
}
