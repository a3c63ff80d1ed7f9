import {
  AllocateAddressCommand,
  DescribeAddressesCommand,
  EC2Client,
  type EC2ClientConfig,
  paginateDescribeNetworkInterfaces,
} from "@aws-sdk/client-ec2";
import * as lambda from "@aws-sdk/client-lambda";
import * as ssm from "@aws-sdk/client-ssm";
import { afterEach, beforeEach, expect, it } from "vitest";
import { accessKeyIdOf } from "../../testing/twin/dispatch.ts";
import { type RunningServer, startServer } from "../../testing/twin/server.ts";
import { AwsError } from "../../testing/twin/service.ts";
import { addLambdaInterface, buildNetwork, openScene, type Scene } from "./scene.ts";

const ROLE = "arn:aws:sts::123456789012:assumed-role/relocate/session";

let scene: Scene;
let server: RunningServer;

beforeEach(async () => {
  scene = openScene();
});

afterEach(async () => {
  await server.close();
});

/** An unmodified client: nothing of the twin's but the address. */
function settings(principal?: string): EC2ClientConfig {
  const accessKeyId = principal ? accessKeyIdOf(principal) : "AKIAIOSFODNN7EXAMPLE";
  return {
    endpoint: server.url,
    region: "us-east-1",
    credentials: { accessKeyId, secretAccessKey: "secret" },
    maxAttempts: 2,
  };
}

it("serves an unmodified EC2 client: results, errors, pages", async () => {
  const network = await buildNetwork(scene);
  for (let count = 0; count < 7; count++) addLambdaInterface(scene, network);
  server = await startServer(scene.region);
  const client = new EC2Client(settings(ROLE));

  const { AllocationId } = await client.send(new AllocateAddressCommand({}));
  expect((await client.send(new DescribeAddressesCommand({}))).Addresses).toMatchObject([{ AllocationId }]);
  expect(scene.region.calls.recent.at(-1)?.principal).toBe(ROLE);
  await expect(client.send(new DescribeAddressesCommand({ AllocationIds: ["eipalloc-0"] }))).rejects.toMatchObject({
    name: "InvalidAllocationID.NotFound",
  });
  const pages: number[] = [];
  for await (const page of paginateDescribeNetworkInterfaces({ client, pageSize: 5 }, {})) {
    pages.push(page.NetworkInterfaces?.length ?? 0);
  }
  expect(pages).toEqual([5, 2]);
});

it("finds JSON and REST services by the signature's scope", async () => {
  scene.region.addService({
    name: "ssm",
    sdk: ssm,
    operations: { GetParameter: (input) => ({ Parameter: { Name: input.Name } }) },
  });
  scene.region.addService({
    name: "lambda",
    sdk: lambda,
    operations: { Invoke: (input) => ({ StatusCode: 200, Payload: input.Payload }) },
  });
  server = await startServer(scene.region);
  const parameters = new ssm.SSMClient(settings() as ssm.SSMClientConfig);
  expect((await parameters.send(new ssm.GetParameterCommand({ Name: "/a" }))).Parameter?.Name).toBe("/a");
  const functions = new lambda.LambdaClient(settings() as lambda.LambdaClientConfig);
  const answer = await functions.send(new lambda.InvokeCommand({ FunctionName: "f", Payload: Buffer.from('{"a":1}') }));
  expect(answer.Payload?.transformToString()).toBe('{"a":1}');
  expect(scene.region.calls.recent.at(-1)?.principal).toBeUndefined();
});

it("lets virtual time follow the wall's", async () => {
  server = await startServer(scene.region);
  const startMs = scene.region.clock.now();
  let fired = false;
  scene.region.clock.after(50, () => {
    fired = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(fired).toBe(true);
  expect(scene.region.clock.now() - startMs).toBeGreaterThan(100);
  expect(scene.region.clock.now() - startMs).toBeLessThan(2_000);
});

it("breaks the connection when an answer is lost, after the effect", async () => {
  server = await startServer(scene.region);
  scene.region.faults.inject({ operation: "AllocateAddress", when: "after", error: "timeout", times: 2 });
  const client = new EC2Client(settings());
  await expect(client.send(new AllocateAddressCommand({}))).rejects.toMatchObject({ code: "ECONNRESET" });
  expect(scene.region.world.addresses.size).toBe(2);
});

it("answers what it cannot place with 404 and does not fall over", async () => {
  server = await startServer(scene.region);
  expect((await fetch(`${server.url}/`, { method: "POST", body: "?" })).status).toBe(404);
  const unsigned = {
    method: "POST",
    body: "Action=Nonsense",
    headers: { "content-type": "application/x-www-form-urlencoded" },
  };
  expect(await (await fetch(server.url, unsigned)).text()).toContain("InvalidAction");
  scene.region.authorize = () => new AwsError("UnauthorizedOperation", "no", 403);
  await expect(new EC2Client(settings()).send(new DescribeAddressesCommand({}))).rejects.toMatchObject({
    name: "UnauthorizedOperation",
  });
});

it("says so when the port is taken", async () => {
  server = await startServer(scene.region);
  await expect(startServer(scene.region, server.port)).rejects.toMatchObject({ code: "EADDRINUSE" });
});
