/** The code behind a recorded deployment's functions: handlers wired as their entry points do it, with the recorded environment. */
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { EC2Client } from "@aws-sdk/client-ec2";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SQSClient } from "@aws-sdk/client-sqs";
import { SSMClient } from "@aws-sdk/client-ssm";
import type { Context, SQSEvent } from "aws-lambda";
import { createAttachHandler } from "../../src/attach/handler.ts";
import { createPace } from "../../src/aws/call-budget.ts";
import type { Clock } from "../../src/aws/clock.ts";
import { loadAttachSettings } from "../../src/config/attach-settings.ts";
import { loadFallbackSettings } from "../../src/config/fallback-settings.ts";
import { loadCanarySettings } from "../../src/config/probing-settings.ts";
import { loadSettings } from "../../src/config/settings.ts";
import { createFallbackHandler } from "../../src/fallback/handler.ts";
import { createCanaryHandler } from "../../src/probing/canary-handler.ts";
import { parseRoundRequest, type RoundAnswer, type RoundRequest } from "../../src/probing/target.ts";
import { createTeardownHandler } from "../../src/teardown/handler.ts";
import { putEvents } from "../../src/telemetry/events.ts";
import type { Log } from "../../src/telemetry/log.ts";
import { levelIn, metricsWriter, type WriteMetrics } from "../../src/telemetry/metrics.ts";
import { type ClientConfig, clientConfig } from "../twin/endpoint.ts";
import type { Handler } from "../twin/lambda-invocation.ts";
import { type Given, type Partner, type WayOut, wayOut } from "../twin/partners.ts";
import type { Region } from "../twin/region.ts";
import { AwsError } from "../twin/service.ts";
import { directClients, overWire, type Wire } from "./direct-clients.ts";
import { wireRelocate } from "./relocate-wiring.ts";

export interface Surroundings {
  readonly region: Region;
  /** Returns the partner that answers the probes, by the target's name. */
  readonly partnerOf: (target: string) => Partner;
  readonly log: Log;
  /** The functions' clock; the region's clock unless given. */
  readonly clock?: Clock;
  /** Calls go to the region directly instead of over the wire: the same run, faster. Default false. */
  readonly direct?: boolean;
  /** Whether invocations that overlap run in environments of their own. Default false. */
  readonly ownEnvironments?: boolean;
}

/** What a function was deployed with. */
export interface Deployed extends Surroundings {
  readonly functionName: string;
  readonly roleArn: string;
  readonly variables: Readonly<Record<string, string>>;
  /** Writes a line to the function's log, where metrics are read from. */
  readonly writeLine: (line: string) => void;
}

type Start = (deployed: Deployed) => Promise<Handler>;

/** By the name of the bundle, which is that of the entry point in functions/. */
const starts: Readonly<Record<string, Start>> = { relocate, canary, probe, fallback, attach, teardown };

/**
 * Returns the handler of a bundle. Of environments that are free, the one that was used last is taken: Lambda does not
 * say which it takes.
 * @throws Error for a bundle without wiring here
 */
export function handlerOf(bundle: string, deployed: Deployed): Handler {
  const start = starts[bundle];
  if (!start) throw new Error(`the bundle ${bundle} has no wiring here: add it`);
  if (!deployed.ownEnvironments) return environmentOf(start, deployed);
  const free: Handler[] = [];
  return async (event, context) => {
    const environment = free.pop() ?? environmentOf(start, deployed);
    try {
      return await environment(event, context);
    } finally {
      free.push(environment);
    }
  };
}

/** An execution environment. Its code is loaded with the first invocation, and again after it failed to load or crashed. */
function environmentOf(start: Start, deployed: Deployed): Handler {
  let loaded: Promise<Handler> | undefined;
  const forget = () => {
    loaded = undefined;
  };
  deployed.region.faults.onCrash(({ principal }) => {
    if (principal === deployed.roleArn) forget();
  });
  return async (event, context) => {
    loaded ??= start(deployed);
    loaded.catch(forget);
    return (await loaded)(event, context);
  };
}

function clockOf({ clock, region }: Deployed): Clock {
  return clock ?? region.clock;
}

function settingsText({ variables }: Deployed): string | undefined {
  return variables["HOLDFAST_SETTINGS"];
}

/** As src/aws/parameter.ts reads, in the name of the function's role. */
function parameterReader({ region, roleArn }: Deployed) {
  return async (Name: string): Promise<string | undefined> => {
    try {
      const input = { Name, WithDecryption: true };
      const output = await region.call({ service: "ssm", operation: "GetParameter", input, principal: roleArn });
      return (output as { Parameter: { Value: string } }).Parameter.Value;
    } catch (error) {
      if (error instanceof AwsError && error.code === "ParameterNotFound") return undefined;
      throw error;
    }
  };
}

/** How the function's clients call AWS, all in the name of its role. */
function clientsOf({ region, roleArn, direct }: Deployed): { readonly config: ClientConfig; readonly over: Wire } {
  const config = clientConfig(region, roleArn);
  return { config, over: direct ? directClients(region, roleArn) : overWire };
}

async function relocate(deployed: Deployed): Promise<Handler> {
  const settings = await loadSettings(settingsText(deployed), parameterReader(deployed));
  const handler = wireRelocate({
    settings,
    clock: clockOf(deployed),
    ...clientsOf(deployed),
    writeMetrics: writerOf(deployed),
    log: deployed.log,
  });
  return ofQueue(handler);
}

async function canary(deployed: Deployed): Promise<Handler> {
  const settings = await loadCanarySettings(settingsText(deployed), parameterReader(deployed));
  const { config, over } = clientsOf(deployed);
  const eventBridge = over(new EventBridgeClient(config), "events");
  return createCanaryHandler({
    settings,
    clock: clockOf(deployed),
    ec2: over(new EC2Client(config), "ec2"),
    lambda: over(new LambdaClient(config), "lambda"),
    ssm: over(new SSMClient(config), "ssm"),
    secretsManager: over(new SecretsManagerClient(config), "secretsmanager"),
    writerAt: (level) => metricsWriter(level, deployed.writeLine),
    askHere: (request) => askPartners(deployed, request),
    publish: (events) => putEvents(eventBridge, events),
    log: deployed.log,
  });
}

async function fallback(deployed: Deployed): Promise<Handler> {
  const settings = await loadFallbackSettings(settingsText(deployed), parameterReader(deployed));
  return ofQueue(createFallbackHandler({ settings, ...actuatorParts(deployed) }));
}

async function attach(deployed: Deployed): Promise<Handler> {
  const settings = await loadAttachSettings(settingsText(deployed), parameterReader(deployed));
  return ofQueue(createAttachHandler({ settings, ...actuatorParts(deployed) }));
}

async function teardown(deployed: Deployed): Promise<Handler> {
  const { config, over } = clientsOf(deployed);
  return createTeardownHandler({
    clock: clockOf(deployed),
    ec2: over(new EC2Client(config), "ec2"),
    lambda: over(new LambdaClient(config), "lambda"),
    log: deployed.log,
  });
}

/** What the entry points of fallback and of attaching give their handlers beside the settings. */
function actuatorParts(deployed: Deployed) {
  const { config, over } = clientsOf(deployed);
  return {
    clock: clockOf(deployed),
    ec2: over(new EC2Client(config), "ec2"),
    cloudWatch: over(new CloudWatchClient(config), "monitoring"),
    lambda: over(new LambdaClient(config), "lambda", createPace(clockOf(deployed))),
    eventBridge: over(new EventBridgeClient(config), "events"),
    sqs: over(new SQSClient(config), "sqs"),
    writeMetrics: writerOf(deployed),
    log: deployed.log,
  };
}

function writerOf({ writeLine, variables }: Deployed): WriteMetrics {
  return metricsWriter(levelIn(variables), writeLine);
}

/** Lambda's own types are wider than what an event source sends. */
function ofQueue(handler: (event: SQSEvent, context: Context) => Promise<unknown>): Handler {
  return (event, context) => handler(event as SQSEvent, context as unknown as Context);
}

/** A probe without sockets: it asks the partners of the twin, by the way out that its function has. */
async function probe(deployed: Deployed): Promise<Handler> {
  const { region } = deployed;
  const writeMetrics = writerOf(deployed);
  return async (event): Promise<RoundAnswer> => {
    const request = parseRoundRequest(event);
    const { pool, vantage, idle } = request;
    const round = await askPartners(deployed, request);
    const egress = [{ name: "Egress", unit: "Count", value: round.publicIp === undefined ? 0 : 1 }] as const;
    if (!idle) writeMetrics({ pool, vantage }, region.clock.now(), egress);
    return round;
  };
}

/** A round as seen by the partners: from the address that the function leaves by when the round begins. */
async function askPartners(
  { region, functionName, partnerOf }: Deployed,
  { vantage, targets }: RoundRequest,
): Promise<RoundAnswer> {
  const version = region.world.functions.get(functionName)?.versions.get("$LATEST");
  const way = version && wayOut(region.world, version);
  const asked = await Promise.all(
    targets.map(async ({ name, method, timeouts: { totalMs } }) => ({
      target: name,
      timings: {},
      ...(await givenTo(region, partnerOf(name), way, method, totalMs)),
    })),
  );
  const isSeen = way?.sourceIp !== undefined && !asked.some(({ withoutEcho }) => withoutEcho);
  const answers = asked.map(({ withoutEcho, ...it }) => it);
  return { vantage, answers, ...(isSeen && { publicIp: way.sourceIp }) };
}

async function givenTo(
  { clock }: Region,
  partner: Partner,
  way: WayOut | undefined,
  method: string,
  limitMs: number,
): Promise<Given> {
  if (way?.sourceIp === undefined) {
    await clock.sleep(limitMs);
    return { answer: { kind: "failure", phase: "connect", code: "ETIMEDOUT" } };
  }
  const { rule, worse, meant, ...given } = await partner.ask({ ...way, method }, limitMs);
  return given;
}
