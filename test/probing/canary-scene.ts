/** The canary over a simulated region: EC2 is the twin's, probes answer what a test says, the rest is recorded. */
import {
  AllocateAddressCommand,
  AssociateAddressCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateTagsCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import * as events from "@aws-sdk/client-eventbridge";
import * as lambda from "@aws-sdk/client-lambda";
import * as secretsManager from "@aws-sdk/client-secrets-manager";
import * as ssm from "@aws-sdk/client-ssm";
import { loadCanarySettings } from "../../src/config/probing-settings.ts";
import type { Answer } from "../../src/probing/answer.ts";
import { createCanaryHandler } from "../../src/probing/canary-handler.ts";
import { runRound } from "../../src/probing/round.ts";
import type { RoundAnswer, RoundRequest } from "../../src/probing/target.ts";
import { putEvents } from "../../src/telemetry/events.ts";
import type { WriteMetrics } from "../../src/telemetry/metrics.ts";
import { clientConfig } from "../../testing/twin/endpoint.ts";
import type { Region } from "../../testing/twin/region.ts";
import { AwsError } from "../../testing/twin/service.ts";
import { buildNetwork, type Network, openScene, text } from "../twin/scene.ts";

export const ok: Answer = { kind: "http", status: 200, headers: {}, body: "{}" };
export const refused: Answer = {
  kind: "http",
  status: 403,
  headers: { server: "nginx" },
  body: "<center>nginx</center>",
};
export const silent: Answer = { kind: "failure", phase: "connect", code: "TIMEOUT" };
export const down: Answer = { kind: "http", status: 503, headers: {}, body: "" };

interface Probe {
  readonly arn: string;
  /** Undefined: in no VPC. */
  subnetId: string | undefined;
  securityGroupIds: string[];
  readonly variables: Record<string, string>;
  state: "Successful" | "InProgress";
  /** Throws, to play a function that fails; `undefined` plays one that never answers. */
  answer: (request: RoundRequest) => RoundAnswer | undefined | Promise<RoundAnswer>;
}

/** By which Lambda's shared pool leaves, where a test has replies for it. */
export const sharedIp = "192.0.2.9";

export interface Published {
  readonly atMs: number;
  readonly values: Readonly<Record<string, readonly number[]>>;
}

export interface PoolOptions {
  readonly targets?: readonly unknown[];
  readonly roundsPerMinute?: number;
  readonly poolRefusal?: "escalate" | "report";
}

const arnOf = (name: string) => `arn:aws:lambda:us-east-1:123456789012:function:${name}`;
export const target = (name: string, rest: object = {}) => ({
  name,
  url: `https://${name}.example/health?key=hidden`,
  method: "GET",
  protocol: "http/1.1",
  headers: {},
  rules: [],
  connectTimeoutMs: 3000,
  timeoutMs: 5000,
  sharedPool: false,
  allowHttp: false,
  allowPrivate: false,
  ...rest,
});

/** Zones `a` and `b` with an interface and an address each, a scout, and a probe in each of the three. */
export async function openCanary(options: PoolOptions = {}, echoUrl = "https://echo.test/") {
  const scene = openScene({ throttling: false });
  const { region, ec2, run } = scene;
  const network = await buildNetwork(scene);
  const subnets = { a: network.subnetId, b: await addSubnet(region, network, "10.0.2.0/24"), scout: "" };
  subnets.scout = await addSubnet(region, network, "10.0.3.0/24");
  const otherGroupId = await addGroup(region, network);
  const interfaces = new Map<string, string>();
  const addresses = new Map<string, { allocationId: string; publicIp: string }>();
  const addInterface = (subnetId: string, groupId = network.groupId) =>
    region.ec2.createNetworkInterface({
      subnetId,
      securityGroupIds: [groupId],
      interfaceType: "lambda",
      status: "in-use" as const,
      description: "AWS Lambda VPC ENI-orders-1",
      requesterId: "AROAEXAMPLE:1",
    }).networkInterfaceId;
  const associate = (AllocationId: string, NetworkInterfaceId: string) =>
    run(ec2.send(new AssociateAddressCommand({ AllocationId, NetworkInterfaceId, AllowReassociation: true })));
  for (const [vantage, subnetId] of Object.entries(subnets)) {
    const networkInterfaceId = addInterface(subnetId);
    interfaces.set(vantage, networkInterfaceId);
    const { AllocationId, PublicIp } = await run(ec2.send(new AllocateAddressCommand({ Domain: "vpc" })));
    addresses.set(vantage, { allocationId: text(AllocationId), publicIp: text(PublicIp) });
    await associate(text(AllocationId), networkInterfaceId);
    const Tags = [
      { Key: "holdfast:pool", Value: "orders" },
      { Key: "holdfast:role", Value: "egress" },
    ];
    await run(ec2.send(new CreateTagsCommand({ Resources: [text(AllocationId)], Tags })));
  }

  const addressOf = (vantage: string) => (vantage === "shared" ? sharedIp : text(addresses.get(vantage)?.publicIp));
  /** What a target answers to a vantage. */
  const replies = new Map<string, Answer>();
  /** To which address of a target a vantage connects, as `replies` has its answers. */
  const endpoints = new Map<string, string>();
  const answerAll = (request: RoundRequest): RoundAnswer => ({
    vantage: request.vantage,
    publicIp: addressOf(request.vantage),
    answers: request.targets.map(({ name }) => ({
      target: name,
      answer: replies.get(`${request.vantage} ${name}`) ?? replies.get(name) ?? ok,
      timings: {},
      ...connectedTo(endpoints.get(request.vantage)),
      certificateExpiresMs: region.clock.now() + 30.5 * 86_400_000,
    })),
  });
  const probes = new Map<string, Probe>();
  for (const [vantage, subnetId] of Object.entries(subnets)) {
    const securityGroupIds = [network.groupId];
    const variables = { HOLDFAST_HOME: JSON.stringify({ vpcId: network.vpcId, subnetId, securityGroupIds }) };
    const own = { subnetId, securityGroupIds, variables };
    probes.set(vantage, { arn: arnOf(vantage), ...own, state: "Successful", answer: answerAll });
  }
  const recorded = addServices(region, probes);
  const settings = await loadCanarySettings(
    JSON.stringify({
      pools: [
        {
          name: "orders",
          network: { vpcId: network.vpcId, subnetIds: [subnets.a, subnets.b, subnets.scout] },
          probes: Object.keys(subnets).map((vantage) => ({
            functionArn: arnOf(vantage),
            vantage,
            kind: vantage === "scout" ? "scout" : "serving",
          })),
          targets: [target("partner"), target("bank"), target("carrier")],
          roundsPerMinute: 1,
          poolRefusal: "escalate",
          metrics: "full",
          ...options,
        },
      ],
      echoUrl,
    }),
    async () => undefined,
  );
  const logged: string[] = [];
  const log = (message: string, detail: object) => logged.push(JSON.stringify({ message, ...detail }));
  const clients = clientConfig(region);
  const bus = new events.EventBridgeClient(clients);
  const start = () =>
    createCanaryHandler({
      settings,
      clock: region.clock,
      ec2,
      log: { info: log, error: log },
      lambda: new lambda.LambdaClient(clients),
      ssm: new ssm.SSMClient(clients),
      secretsManager: new secretsManager.SecretsManagerClient(clients),
      writerAt: recorded.writerAt,
      // No name leads anywhere, so that no socket is opened: time in here is not the time out there.
      askHere: async (request) =>
        [...replies.keys()].some((key) => key.startsWith("shared "))
          ? { ...answerAll(request), publicIp: sharedIp }
          : runRound({ resolve: async (host) => (host.endsWith(".example") ? ["10.0.0.1"] : []) }, request),
      publish: (list) => putEvents(bus, list),
    });
  let handler = start();
  const minute = async () => {
    const nextMs = (Math.floor(region.clock.now() / 60_000) + 1) * 60_000;
    await region.clock.advance(nextMs - region.clock.now());
    await run(handler());
    return recorded.published.at(-1);
  };
  return {
    ...scene,
    ...recorded,
    logged,
    settings,
    probes,
    replies,
    endpoints,
    interfaces,
    addresses,
    addressOf,
    subnets,
    network,
    otherGroupId,
    addInterface,
    associate,
    minute,
    answerAll,
    /** A new execution environment, with nothing in its memory. */
    coldStart: () => {
      handler = start();
    },
    minutes: async (count: number) => {
      for (let index = 0; index < count; index++) await minute();
    },
    verdictOf: (vantage: string) =>
      region.world.addresses.get(text(addresses.get(vantage)?.allocationId))?.tags["holdfast:verdict"],
  };
}

const connectedTo = (partnerIp: string | undefined) => (partnerIp ? { partnerIp } : {});

async function addGroup(region: Region, { vpcId: VpcId }: Network): Promise<string> {
  const command = new CreateSecurityGroupCommand({ VpcId, GroupName: "other", Description: "other" });
  return text((await region.clock.run(new EC2Client(clientConfig(region)).send(command))).GroupId);
}

async function addSubnet(region: Region, { vpcId }: Network, CidrBlock: string): Promise<string> {
  const command = new CreateSubnetCommand({ VpcId: vpcId, CidrBlock });
  const { Subnet } = await region.clock.run(new EC2Client(clientConfig(region)).send(command));
  return text(Subnet?.SubnetId);
}

function addServices(region: Region, probes: ReadonlyMap<string, Probe>) {
  const published: Published[] = [];
  const byMinute = new Map<number, Record<string, number[]>>();
  const writerAt = (): WriteMetrics => (dimensions, timeMs, measurements) => {
    const values = byMinute.get(timeMs) ?? {};
    if (!byMinute.has(timeMs)) published.push({ atMs: region.clock.now(), values });
    byMinute.set(timeMs, values);
    const { pool: _pool, ...own } = dimensions;
    for (const { name, value } of measurements) {
      const key = [name, ...Object.entries(own).map(([dimension, it]) => `${dimension}=${it}`)].join(" ");
      values[key] = [...(values[key] ?? []), value];
    }
  };
  const reported: { type: string; detail: Record<string, unknown> }[] = [];
  const invocations: { atMs: number; vantage: string; request: RoundRequest }[] = [];
  const moves: { vantage: string; SubnetIds: string[] }[] = [];
  const secrets = new Map<string, string>();
  const find = (FunctionName: string) => {
    const found = [...probes].find(([, { arn }]) => arn === FunctionName);
    if (!found) throw new AwsError("ResourceNotFoundException", `Function not found: ${FunctionName}`, 404);
    return found;
  };
  region.addService({
    name: "lambda",
    sdk: lambda,
    operations: {
      async Invoke({ FunctionName, Payload }: { FunctionName: string; Payload: Uint8Array }) {
        const [vantage, probe] = find(FunctionName);
        const request = JSON.parse(Buffer.from(Payload).toString()) as RoundRequest;
        invocations.push({ atMs: region.clock.now(), vantage, request });
        try {
          const answer = (await probe.answer(request)) ?? (await new Promise<never>(() => {}));
          return { StatusCode: 200, Payload: Buffer.from(JSON.stringify(answer)) };
        } catch (error) {
          const Payload = Buffer.from(JSON.stringify({ errorType: "Runtime.ExitError", errorMessage: String(error) }));
          return { StatusCode: 200, FunctionError: "Unhandled", Payload };
        }
      },
      GetFunctionConfiguration({ FunctionName }: { FunctionName: string }) {
        const [, { arn, subnetId, securityGroupIds, variables, state }] = find(FunctionName);
        const VpcId = subnetId && region.world.subnets.get(subnetId)?.vpcId;
        const VpcConfig = subnetId && { SubnetIds: [subnetId], SecurityGroupIds: securityGroupIds, VpcId };
        const Environment = { Variables: variables };
        return { FunctionArn: arn, State: "Active", LastUpdateStatus: state, VpcConfig, Environment };
      },
      UpdateFunctionConfiguration(input: {
        FunctionName: string;
        VpcConfig: { SubnetIds: [string]; SecurityGroupIds: string[] };
      }) {
        const [vantage, probe] = find(input.FunctionName);
        probe.subnetId = input.VpcConfig.SubnetIds[0];
        probe.securityGroupIds = input.VpcConfig.SecurityGroupIds;
        moves.push({ vantage, SubnetIds: input.VpcConfig.SubnetIds });
        return {};
      },
    },
  });
  region.addService({
    name: "events",
    sdk: events,
    operations: {
      PutEvents({ Entries = [] }: events.PutEventsRequest) {
        for (const { DetailType, Detail } of Entries) {
          reported.push({ type: DetailType ?? "", detail: JSON.parse(Detail ?? "{}") as Record<string, unknown> });
        }
        return { FailedEntryCount: 0, Entries: Entries.map(() => ({ EventId: "1" })) };
      },
    },
  });
  region.addService({
    name: "ssm",
    sdk: ssm,
    operations: {
      GetParameter({ Name = "" }: ssm.GetParameterRequest) {
        const Value = secrets.get(Name);
        if (Value === undefined) throw new AwsError("ParameterNotFound", `Parameter ${Name} not found.`);
        return { Parameter: { Name, Value } };
      },
    },
  });
  region.addService({
    name: "secretsmanager",
    sdk: secretsManager,
    operations: {
      GetSecretValue({ SecretId = "" }: secretsManager.GetSecretValueRequest) {
        const SecretString = secrets.get(SecretId);
        if (SecretString === undefined) {
          throw new AwsError("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
        }
        return { ARN: SecretId, SecretString };
      },
    },
  });
  return { published, writerAt, reported, invocations, moves, secrets };
}
