import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { AssociateAddressCommand, DescribeAddressesCommand } from "@aws-sdk/client-ec2";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { afterEach, beforeEach, describe, expect, inject, it } from "vitest";
import { defineHoldfast } from "../../src/config/holdfast.ts";
import type { Answer } from "../../src/probing/answer.ts";
import type { RoundAnswer, RoundRequest } from "../../src/probing/target.ts";
import { readEmf } from "../../testing/twin/cloudwatch-emf.ts";
import { type Account, allocate, makeInterface, openAccount, settle } from "./account.ts";
import { heard } from "./queues.ts";

const ok: Answer = { kind: "http", status: 200, headers: {}, body: "{}" };
const refused: Answer = { kind: "http", status: 403, headers: { server: "nginx" }, body: "<center>nginx</center>" };
const arnOf = (name: string) => `arn:aws:lambda:us-east-1:123456789012:function:${name}`;

let account: Account;
let probes: Server;
let canary: ChildProcess | undefined;
/** By vantage: what its probe answers for every target. */
let answers: Record<string, Answer>;
let publicIps: Record<string, string>;
let requests: RoundRequest[];
let written: string;
let invocations: number;

beforeEach(async () => {
  account = await openAccount(inject("motoUrl"));
  answers = {};
  publicIps = {};
  requests = [];
  written = "";
  invocations = 0;
  probes = await serveProbes();
});

afterEach(() => {
  canary?.kill("SIGKILL");
  canary = undefined;
  probes.close();
});

/** Lambda's place for the probes: the emulator would run them in containers. */
async function serveProbes(): Promise<Server> {
  const server = createServer(async (request, response) => {
    const vantage = decodeURIComponent(request.url ?? "").match(/function:([\w-]+)/)?.[1] ?? "";
    if (request.method === "GET") {
      const [SubnetIds, SecurityGroupIds] = [[account.subnetIds[vantage === "zone-a" ? 0 : 1]], [account.groupIds[0]]];
      const VpcConfig = { VpcId: account.vpcId, SubnetIds, SecurityGroupIds };
      response.end(JSON.stringify({ FunctionArn: arnOf(vantage), State: "Active", VpcConfig }));
      return;
    }
    let body = "";
    for await (const chunk of request) body += chunk;
    const round = JSON.parse(body) as RoundRequest;
    requests.push(round);
    const answer: RoundAnswer = {
      vantage,
      ...(publicIps[vantage] === undefined ? {} : { publicIp: publicIps[vantage] }),
      answers: round.targets.map(({ name }) => ({ target: name, answer: answers[vantage] ?? ok, timings: {} })),
    };
    response.end(JSON.stringify(answer));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

/** Runs the built function's handler once, in a process of its own that is kept between calls. */
async function minute(): Promise<void> {
  canary ??= await start();
  canary.send({});
  const [message] = (await once(canary, "message")) as [{ error?: string }];
  expect(message.error).toBeUndefined();
  invocations++;
  while (written.split("END\n").length <= invocations) await once(canary.stdout ?? canary, "data");
}

async function start(): Promise<ChildProcess> {
  const url = "https://partner.example/";
  const headers = { "x-key": { ssm: "/partner/key" } };
  const file = defineHoldfast({
    pools: { orders: { network: { create: {} }, targets: [{ name: "partner", url, headers, sharedPool: false }] } },
  });
  const settings = {
    pools: [
      {
        name: account.pool,
        network: { vpcId: account.vpcId, subnetIds: account.subnetIds },
        probes: ["zone-a", "zone-b"].map((vantage) => ({ functionArn: arnOf(vantage), vantage, kind: "serving" })),
        targets: file.pools["orders"]?.targets,
        roundsPerMinute: 1,
        poolRefusal: "escalate",
        metrics: "full",
      },
    ],
    echoUrl: file.echoUrl,
  };
  const { port } = probes.address() as AddressInfo;
  const child = fork(
    fileURLToPath(new URL("runtime.mjs", import.meta.url)),
    [fileURLToPath(new URL("../../dist/functions/canary/index.mjs", import.meta.url))],
    {
      silent: true,
      execArgv: [],
      env: {
        AWS_ENDPOINT_URL: account.endpoint,
        AWS_ENDPOINT_URL_LAMBDA: `http://127.0.0.1:${port}`,
        AWS_REGION: "us-east-1",
        AWS_ACCESS_KEY_ID: "wire",
        AWS_SECRET_ACCESS_KEY: "wire",
        WIRE_SKIPPED_MS: "60000",
        HOLDFAST_SETTINGS: JSON.stringify(settings),
      },
    },
  );
  child.stdout?.on("data", (chunk) => {
    written += chunk;
  });
  await once(child, "message");
  return child;
}

/** Two zones, each with an interface that carries an address of the pool. */
async function serving(): Promise<void> {
  await new SSMClient(settle(account.endpoint)).send(
    new PutParameterCommand({ Name: "/partner/key", Value: "s3cret", Type: "SecureString" }),
  );
  for (const [index, vantage] of ["zone-a", "zone-b"].entries()) {
    const networkInterfaceId = await makeInterface(account, account.subnetIds[index] ?? "", [account.groupIds[0]]);
    const AllocationId = await allocate(account, account.pool);
    const NetworkInterfaceId = networkInterfaceId;
    await account.ec2.send(
      new AssociateAddressCommand({ AllocationId, NetworkInterfaceId, AllowReassociation: false }),
    );
    const { Addresses } = await account.ec2.send(new DescribeAddressesCommand({ AllocationIds: [AllocationId] }));
    publicIps[vantage] = Addresses?.[0]?.PublicIp ?? "";
  }
}

/** The values of a metric in the lines that the function wrote, as CloudWatch reads them. */
function metric(name: string, own: Record<string, string> = {}): number[] {
  const dimensions = { service: "holdfast", pool: account.pool, ...own };
  return written
    .split("\n")
    .flatMap(readEmf)
    .filter(({ id }) => isDeepStrictEqual(id, { namespace: "Holdfast", name, dimensions }))
    .flatMap(({ values }) => values);
}

async function verdicts(): Promise<Record<string, string | undefined>> {
  const { Addresses = [] } = await account.ec2.send(new DescribeAddressesCommand({}));
  return Object.fromEntries(
    Addresses.map((it) => [it.PublicIp, it.Tags?.find(({ Key }) => Key === "holdfast:verdict")?.Value]),
  );
}

/** Lets rounds pass until the refused address is marked, which a cold canary does after eight at most; returns how many. */
async function untilMarked(): Promise<number> {
  for (let round = 1; round <= 8; round++) {
    await minute();
    if ((await verdicts())[publicIps["zone-a"] ?? ""] === "blocked") return round;
  }
  throw new Error("the address was not marked within eight rounds");
}

describe("the built canary", () => {
  it("marks a blocked address, tells of it on the bus, and writes what CloudWatch makes metrics of", async () => {
    await serving();
    answers = { "zone-a": refused };
    const rounds = await untilMarked();
    expect(await verdicts()).toEqual({
      [publicIps["zone-a"] ?? ""]: "blocked",
      [publicIps["zone-b"] ?? ""]: undefined,
    });
    expect(await heard(account)).toEqual([
      {
        type: "AddressBlocked",
        detail: expect.objectContaining({ publicIp: publicIps["zone-a"], vantages: ["zone-a"] }),
      },
    ]);
    expect(metric("ProbesFailed")).toEqual(Array(rounds).fill(0));
    expect(metric("AddressesBlocked").filter(Boolean)).toEqual([1]);
    expect(metric("BlockedRate").at(-1)).toBe(0.5);
    expect(metric("BlockedRate", { vantage: "zone-a" }).at(-1)).toBe(1);
    expect(new Set(metric("BlockedRate", { vantage: "zone-b" }))).toEqual(new Set([0]));
    expect(metric("BlockedRate", { target: "partner" }).at(-1)).toBe(0.5);
    expect(metric("ProbingAttention").at(-1)).toBe(2);
    expect(written).toContain("address block confirmed");
  });

  it("clears it when the partner lets it in again", async () => {
    await serving();
    answers = { "zone-a": refused };
    await untilMarked();
    answers = {};
    for (let round = 0; round < 3; round++) await minute();
    expect((await verdicts())[publicIps["zone-a"] ?? ""]).toBe("clean");
    expect((await heard(account)).map(({ type }) => type)).toEqual(["AddressBlocked", "AddressCleared"]);
  });

  it("gives secrets to probes alone", async () => {
    await serving();
    await minute();
    expect(requests.map((it) => it.targets[0]?.headers)).toEqual([{ "x-key": "s3cret" }, { "x-key": "s3cret" }]);
    expect(written).not.toContain("s3cret");
  });
});
