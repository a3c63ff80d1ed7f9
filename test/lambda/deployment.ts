/**
 * A deployment in the twin whose functions are what is built, each under Lambda's runtime client with what the stacks gave
 * it: handler, environment, memory, time limit. Their calls reach the twin over HTTP, in the name of their roles.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import type { HoldfastInput } from "../../src/config/holdfast.ts";
import { type DeployedRegion, openDeployedRegion } from "../../testing/deployment/deployed-region.ts";
import { type Ids, type RecordedResource, translate } from "../../testing/deployment/recorded-resource.ts";
import { fixed } from "../../testing/twin/delays.ts";
import { accessKeyIdOf } from "../../testing/twin/dispatch.ts";
import type { Handler } from "../../testing/twin/lambda-invocation.ts";
import { wayOut } from "../../testing/twin/partners.ts";
import { startServer } from "../../testing/twin/server.ts";
import { freePort } from "../free-port.ts";
import { LambdaFunction } from "./lambda-function.ts";
import { authorityPem, echoUrl, Outside, partnerUrl } from "./outside.ts";

const minuteMs = 60_000;
/** How long the deployment has lived when its functions become the built ones. */
const livedMs = 30 * minuteMs;

/** What takes minutes in AWS takes part of a second from then on: it passes on the wall's clock. */
const quick = {
  interfaceAppears: fixed(100),
  interfaceCreation: fixed(800),
  interfaceRemoval: fixed(300),
  interfaceDeletion: fixed(100),
  functionSettle: fixed(100),
  natGatewayChecks: fixed(50),
  natGatewayCreation: fixed(300),
  natGatewayDeletion: fixed(300),
  cloudTrail: fixed(100),
  cloudTrailLateRate: 0,
  cloudTrailLossRate: 0,
};

/** A pool with everything that has a function of its own. */
const input: HoldfastInput = {
  pools: {
    partners: {
      members: { names: ["orders"] },
      network: { create: {} },
      targets: [{ name: "partner", url: partnerUrl }],
      fallback: { standby: "cold" },
      guarded: { functions: ["notices"], policy: "attach" },
    },
  },
  echoUrl,
  monitoring: "full",
};

export interface Built {
  /** Of the entry point in functions/. */
  readonly bundle: string;
  readonly memoryMb: number;
  readonly started: LambdaFunction;
}

export interface RunningDeployment extends DeployedRegion {
  /** By the names of the functions, those that were invoked. */
  readonly built: ReadonlyMap<string, Built>;
  readonly outside: Outside;
  stop(): Promise<void>;
}

/** @param before what happens before the built functions take over, with the region's own at work but for attaching */
export async function openRunningDeployment(
  before: (deployed: DeployedRegion) => Promise<void>,
): Promise<RunningDeployment> {
  const folder = mkdtempSync(join(tmpdir(), "bundles-"));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const built = new Map<string, Promise<Built>>();
  const running = new Map<string, Built>();
  let live = false;
  const around = (name: string, own: Handler): Handler => {
    const invoke = oneAtATime(async (event: unknown) => {
      built.set(name, built.get(name) ?? start(name));
      const it = (await built.get(name)) as Built;
      running.set(name, it);
      return resultOf(await call(it, name, event));
    });
    return (event, context) => (live ? invoke(event) : name.endsWith("-attach") ? null : own(event, context));
  };
  const startMs = Date.now() - livedMs - 5 * minuteMs;
  // A client that has its endpoint from the environment calls the host of the queue's URL (docs/twin.md).
  const change = (record: RecordedResource) => onHost(record, url);
  const deployed = await openDeployedRegion(input, { startMs, addressQuota: 20, consistent: true, around, change });
  const { region, path, ids, records } = deployed;
  await before(deployed);
  await region.clock.advance(Date.now() - region.clock.now());
  Object.assign(region.delays, quick);
  const outside = await Outside.start((name) => {
    const version = region.world.functions.get(name)?.versions.get("$LATEST");
    return version && wayOut(region.world, version).sourceIp;
  });
  const server = await startServer(region, port);

  function start(name: string): Promise<Built> {
    const record = records.find(({ type, outputs }) => type.endsWith(":Function") && outputs["name"] === name);
    if (!record) throw new Error(`${name} is not deployed`);
    return startDeployed(record, ids, { folder: join(folder, name), url, outside });
  }

  async function call({ started }: Built, name: string, event: unknown): Promise<string> {
    const seen = started.output.length;
    const { text } = await started.invoke(event);
    for (const line of started.output
      .slice(seen)
      .split("\n")
      .filter((it) => it.startsWith("{"))) {
      path.emf(line);
      path.logs.write(`/aws/lambda/${name}`, line);
    }
    return text;
  }

  live = true;
  return {
    ...deployed,
    built: running,
    outside,
    async stop() {
      await server.close();
      for (const it of built.values()) await (await it).started.stop();
      await outside.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

interface Inputs {
  readonly name: string;
  readonly handler: string;
  readonly runtime: string;
  readonly memorySize: number;
  readonly timeout: number;
  readonly role: string;
  readonly environment: { readonly variables: Readonly<Record<string, string>> };
  readonly code: { readonly assets: Readonly<Record<string, { readonly path: string }>> };
}

interface Surroundings {
  /** Where the code is unpacked, which is nowhere near this repository's modules. */
  readonly folder: string;
  readonly url: string;
  readonly outside: Outside;
}

/** Starts a recorded function with the files that it was deployed with, of this repository's build, and no others. */
export async function startDeployed(
  record: RecordedResource,
  ids: Ids,
  { folder, url, outside }: Surroundings,
): Promise<Built> {
  const { name, handler, runtime, memorySize, timeout, role, environment, code } = translate(
    ids,
    record.inputs,
  ) as object as Inputs;
  const [bundle = ""] = Object.values(code.assets).map(({ path }) => basename(dirname(path)));
  const task = join(folder, "task");
  mkdirSync(task, { recursive: true });
  for (const file of Object.keys(code.assets)) cpSync(join("dist/functions", bundle, file), join(task, file));
  const authorityFile = join(folder, "authority.pem");
  writeFileSync(authorityFile, authorityPem);
  const started = await LambdaFunction.start(task, handler, {
    functionName: name,
    runtime,
    memoryMb: memorySize,
    timeoutSeconds: timeout,
    variables: {
      ...environment.variables,
      ...outside.variables(authorityFile),
      AWS_ENDPOINT_URL: url,
      AWS_ACCESS_KEY_ID: accessKeyIdOf(role),
      AWS_SECRET_ACCESS_KEY: "x",
      AWS_SESSION_TOKEN: "x",
    },
  });
  return { bundle, memoryMb: memorySize, started };
}

function onHost(record: RecordedResource, url: string): RecordedResource {
  return JSON.parse(JSON.stringify(record).replaceAll("https://sqs.us-east-1.amazonaws.com", url));
}

/** An environment handles one event at a time. */
function oneAtATime<Result>(work: (event: unknown) => Promise<Result>): (event: unknown) => Promise<Result> {
  let last: Promise<unknown> = Promise.resolve();
  return (event) => {
    const next = last.then(() => work(event));
    last = next.catch(() => {});
    return next;
  };
}

/** @throws Error with what the runtime reports of a failed invocation */
export function resultOf(text: string): unknown {
  const result: unknown = text === "" ? null : JSON.parse(text);
  if (typeof result !== "object" || result === null || !("errorType" in result)) return result;
  const { errorType, errorMessage } = result as { readonly errorType: string; readonly errorMessage?: string };
  throw Object.assign(new Error(errorMessage), { name: errorType });
}
