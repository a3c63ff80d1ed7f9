/** The operator's calls on an emulator, by the SDK's own clients. */
import * as cloudWatch from "@aws-sdk/client-cloudwatch";
import * as logs from "@aws-sdk/client-cloudwatch-logs";
import * as ec2 from "@aws-sdk/client-ec2";
import * as events from "@aws-sdk/client-eventbridge";
import * as lambda from "@aws-sdk/client-lambda";
import * as scheduler from "@aws-sdk/client-scheduler";
import * as sqs from "@aws-sdk/client-sqs";
import * as ssm from "@aws-sdk/client-ssm";
import type { Operator } from "../deployment/operator.ts";
import { accountId, region } from "../deployment/stand-in/account.ts";

interface Client {
  send(command: object): Promise<unknown>;
}

type Commands = Readonly<Record<string, new (input: object) => object>>;

/** Returns the operator of the account that the examples are recorded for: the emulator takes a key's id for the account's. */
export function emulatedOperator(endpoint: string): Operator {
  const config = { endpoint, region, credentials: { accessKeyId: accountId, secretAccessKey: "x" } };
  const clients: Readonly<Record<string, readonly [Client, Commands]>> = {
    ec2: [new ec2.EC2Client(config) as unknown as Client, ec2 as unknown as Commands],
    lambda: [new lambda.LambdaClient(config) as unknown as Client, lambda as unknown as Commands],
    sqs: [new sqs.SQSClient(config) as unknown as Client, sqs as unknown as Commands],
    events: [new events.EventBridgeClient(config) as unknown as Client, events as unknown as Commands],
    scheduler: [new scheduler.SchedulerClient(config) as unknown as Client, scheduler as unknown as Commands],
    ssm: [new ssm.SSMClient(config) as unknown as Client, ssm as unknown as Commands],
    monitoring: [new cloudWatch.CloudWatchClient(config) as unknown as Client, cloudWatch as unknown as Commands],
    logs: [new logs.CloudWatchLogsClient(config) as unknown as Client, logs as unknown as Commands],
  };
  return async <Output>(service: string, operation: string, input: object): Promise<Output> => {
    const [client, commands] = clients[service] ?? [];
    const Command = commands?.[`${operation}Command`];
    if (!client || !Command) throw new Error(`no client for ${service}:${operation}`);
    return (await client.send(new Command(input))) as Output;
  };
}

/** IAM's calls, for which there is no client here. */
export async function callIam(endpoint: string, Action: string, parameters: Record<string, string>): Promise<void> {
  const scope = `Credential=${accountId}/20260101/${region}/iam/aws4_request`;
  const response = await fetch(endpoint, {
    method: "POST",
    headers: {
      authorization: `AWS4-HMAC-SHA256 ${scope}, SignedHeaders=host, Signature=none`,
      "content-type": "application/x-www-form-urlencoded",
    },
    body: new URLSearchParams({ Version: "2010-05-08", Action, ...parameters }),
  });
  if (!response.ok) throw new Error(`${Action}: ${await response.text()}`);
}
