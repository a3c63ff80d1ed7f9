import * as cloudwatch from "@aws-sdk/client-cloudwatch";
import * as ec2 from "@aws-sdk/client-ec2";
import * as eventbridge from "@aws-sdk/client-eventbridge";
import * as lambda from "@aws-sdk/client-lambda";
import * as scheduler from "@aws-sdk/client-scheduler";
import * as secretsManager from "@aws-sdk/client-secrets-manager";
import * as sqs from "@aws-sdk/client-sqs";
import * as ssm from "@aws-sdk/client-ssm";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createCodec } from "../../testing/twin/codec.ts";
import { readModel } from "../../testing/twin/codec-model.ts";
import { clientConfig } from "../../testing/twin/endpoint.ts";
import { createRegion } from "../../testing/twin/region.ts";
import { AwsError, type Operation } from "../../testing/twin/service.ts";
import { canonical, valuesOf } from "./schema-values.ts";

type Sdk = Record<string, unknown>;
type Client = { send(command: unknown): Promise<unknown> };

/** A service that does whatever the test says, behind a real client. */
function stub(sdk: Sdk, clientName: string, operation: string, answer: Operation) {
  const region = createRegion({ seed: 1, throttling: false });
  const { signingName } = readModel(sdk);
  region.addService({ name: signingName, sdk, operations: { [operation]: answer } });
  const client = new (sdk[clientName] as new (config: object) => Client)(clientConfig(region));
  const Command = sdk[`${operation}Command`] as new (input: unknown) => unknown;
  return (input: unknown) => region.clock.run(client.send(new Command(input)));
}

const OPERATIONS: readonly (readonly [sdk: Sdk, client: string, operation: string])[] = [
  [ec2, "EC2Client", "DescribeNetworkInterfaces"],
  [ec2, "EC2Client", "AssociateAddress"],
  [ec2, "EC2Client", "CreateTags"],
  [ec2, "EC2Client", "CreateNatGateway"],
  [ec2, "EC2Client", "DescribeRouteTables"],
  [ssm, "SSMClient", "GetParametersByPath"],
  [ssm, "SSMClient", "PutParameter"],
  [sqs, "SQSClient", "ListQueues"],
  [sqs, "SQSClient", "CreateQueue"],
  [eventbridge, "EventBridgeClient", "PutTargets"],
  [eventbridge, "EventBridgeClient", "DescribeRule"],
  [secretsManager, "SecretsManagerClient", "GetSecretValue"],
  [cloudwatch, "CloudWatchClient", "PutMetricData"],
  [cloudwatch, "CloudWatchClient", "GetMetricData"],
  [lambda, "LambdaClient", "CreateFunction"],
  [lambda, "LambdaClient", "UpdateFunctionConfiguration"],
  [lambda, "LambdaClient", "GetFunctionConfiguration"],
  [lambda, "LambdaClient", "ListFunctions"],
  [lambda, "LambdaClient", "PutProvisionedConcurrencyConfig"],
  [lambda, "LambdaClient", "DeleteFunction"],
  [lambda, "LambdaClient", "Invoke"],
  [scheduler, "SchedulerClient", "CreateSchedule"],
  [scheduler, "SchedulerClient", "ListSchedules"],
];

describe("inputs and outputs survive the wire", () => {
  it.each(OPERATIONS.map(([sdk, client, operation]) => ({ sdk, client, operation })))(
    "$client $operation",
    async ({ sdk, client, operation }) => {
      const model = readModel(sdk).operations.get(operation);
      if (!model) throw new Error(`no schema for ${operation}`);
      let seen: unknown;
      let output: unknown;
      const send = stub(sdk, client, operation, (input) => {
        seen = input;
        return output;
      });
      await fc.assert(
        fc.asyncProperty(valuesOf(model.input), valuesOf(model.output), async (input, answer) => {
          // A status code member is answered as the HTTP status, so that it has to be a good one.
          output = "StatusCode" in (answer as object) ? { ...(answer as object), StatusCode: 202 } : answer;
          const { StatusCode: _, ...received } = (await send(input)) as Record<string, unknown>;
          const { StatusCode: __, ...given } = output as Record<string, unknown>;
          expect(canonical(seen)).toEqual(canonical(input));
          expect(canonical(received)).toEqual(canonical(given));
        }),
        { numRuns: 25, seed: 7 },
      );
    },
  );
});

describe("errors arrive as the client's typed exceptions", () => {
  it.each([
    {
      sdk: ssm,
      client: "SSMClient",
      operation: "GetParameter",
      input: { Name: "/a" },
      code: "ParameterNotFound",
      status: 400,
    },
    {
      sdk: lambda,
      client: "LambdaClient",
      operation: "GetFunctionConfiguration",
      input: { FunctionName: "f" },
      code: "ResourceNotFoundException",
      status: 404,
    },
    {
      sdk: lambda,
      client: "LambdaClient",
      operation: "UpdateFunctionConfiguration",
      input: { FunctionName: "f" },
      code: "ResourceConflictException",
      status: 409,
    },
    {
      sdk: sqs,
      client: "SQSClient",
      operation: "GetQueueUrl",
      input: { QueueName: "q" },
      code: "QueueDoesNotExist",
      status: 400,
    },
    {
      sdk: scheduler,
      client: "SchedulerClient",
      operation: "GetSchedule",
      input: { Name: "s" },
      code: "ResourceNotFoundException",
      status: 404,
    },
  ])("$client $operation $code", async ({ sdk, client, operation, input, code, status }) => {
    const send = stub(sdk, client, operation, () => {
      throw new AwsError(code, "as asked");
    });
    const error = await send(input).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf((sdk as Sdk)[code] as new () => Error);
    expect(error).toMatchObject({ message: "as asked", $metadata: { httpStatusCode: status } });
  });

  it("EC2 errors carry code, message and status without a type of their own", async () => {
    const send = stub(ec2, "EC2Client", "ReleaseAddress", () => {
      throw new AwsError("InvalidIPAddress.InUse", "a <b> & c &lt;");
    });
    await expect(send({ AllocationId: "eipalloc-1" })).rejects.toMatchObject({
      name: "InvalidIPAddress.InUse",
      message: "a <b> & c &lt;",
      $metadata: { httpStatusCode: 400 },
    });
  });
});

it("puts the members of a form's list in order, whatever order they come in", () => {
  const body = Buffer.from("Action=DescribeAddresses&AllocationId.10=j&AllocationId.2=b&AllocationId.1=a");
  const request = { method: "POST", path: "/", query: new URLSearchParams(), headers: {}, body };
  expect(createCodec(ec2).decode(request)).toEqual({
    operation: "DescribeAddresses",
    input: { AllocationIds: ["a", "b", "j"] },
  });
});

it("finds a REST operation by its path, escapes undone", async () => {
  const send = stub(lambda, "LambdaClient", "GetFunctionConfiguration", (input) => ({
    FunctionName: input.FunctionName,
  }));
  const arn = "arn:aws:lambda:us-east-1:123456789012:function:partner:live";
  await expect(send({ FunctionName: arn })).resolves.toMatchObject({ FunctionName: arn });
});

it("tells operations of one path apart by the query parameter that is part of the route", async () => {
  const send = stub(lambda, "LambdaClient", "ListProvisionedConcurrencyConfigs", () => ({ NextMarker: "more" }));
  await expect(send({ FunctionName: "partner" })).resolves.toMatchObject({ NextMarker: "more" });
});

it("answers a status code member as the HTTP status", async () => {
  const send = stub(lambda, "LambdaClient", "Invoke", () => ({ StatusCode: 202 }));
  await expect(send({ FunctionName: "partner" })).resolves.toMatchObject({ StatusCode: 202 });
});

it("refuses a package that is no client's", () => {
  expect(() => createCodec({})).toThrow("exports no client");
});
