/** A deployment in the twin, served over HTTP, and the built command line as a process of its own. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { answers, type Command, documentOf } from "../../cli/support/schemas.ts";
import type { HoldfastInput } from "../../src/config/holdfast.ts";
import { type DeployedRegion, openDeployedRegion } from "../../testing/deployment/deployed-region.ts";
import type { Operator } from "../../testing/deployment/operator.ts";
import type { Names } from "../../testing/deployment/synthesize.ts";
import type { Region } from "../../testing/twin/region.ts";
import { type RunningServer, startServer } from "../../testing/twin/server.ts";
import { AwsError } from "../../testing/twin/service.ts";

export interface Result {
  /** `null` when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Scene extends DeployedRegion {
  readonly url: string;
  /** Runs `holdfast` with these arguments; more of the environment, such as other credentials. */
  run(args: string, environment?: NodeJS.ProcessEnv): Promise<Result>;
  /** Lets time pass in the region alone. */
  advance(ms: number): Promise<void>;
  close(): Promise<void>;
}

const minuteMs = 60_000;
/** How long the deployment has lived when the first command is run. */
const livedMs = 20 * minuteMs;

export const target = { name: "partner", url: "https://api.example.com/" };
/** One pool with one zone, one address and a spare; members by a pattern, so that others can be made. */
export const onePool: HoldfastInput = {
  pools: { partners: { members: { names: ["orders*"] }, network: { create: {} }, targets: [target] } },
};

export interface SceneOptions {
  readonly input?: HoldfastInput;
  readonly addressQuota?: number;
  /** Of the deployment: `holdfast-production` unless given. */
  readonly stage?: string;
  readonly names?: Names;
  readonly others?: readonly Region[];
  /** What happens a quarter of an hour ago. */
  readonly before?: (deployed: DeployedRegion) => Promise<void>;
}

/** A healthy deployment with a member, `orders`, that has been running for a while. Its time is the wall's from now on. */
export async function openScene(options: SceneOptions = {}): Promise<Scene> {
  const { input = onePool, others = [], before = async () => {}, addressQuota = 20 } = options;
  const { stage = "production", names = {} } = options;
  const startMs = Date.now() - 3 * livedMs;
  const deployed = await openDeployedRegion(input, { startMs, addressQuota, stage, names, consistent: true });
  const { clock } = deployed.region;
  await createMember(deployed, "orders");
  await clock.advance(Date.now() - 15 * minuteMs - clock.now());
  await before(deployed);
  await clock.advance(Date.now() - clock.now());
  const server = await startServer(deployed.region, 0, others);
  return {
    ...deployed,
    operator: patient(deployed.operator, server),
    url: server.url,
    run: (args, environment) => runCommand(server, args, environment),
    advance: (ms) => server.advance(ms),
    close: () => server.close(),
  };
}

/** A command may have used up what a service allows for now: the operator waits for his turn. */
function patient(operator: Operator, server: RunningServer): Operator {
  return async function again<Output>(service: string, operation: string, input: object): Promise<Output> {
    try {
      return await operator<Output>(service, operation, input);
    } catch (error) {
      if (!(error instanceof AwsError) || !throttled.includes(error.code)) throw error;
      await server.advance(1_000);
      return again(service, operation, input);
    }
  };
}

const throttled = ["RequestLimitExceeded", "TooManyRequestsException", "Throttling"];

/** A function in the pool's subnets and with its security groups. */
export async function createMember({ operator, region }: DeployedRegion, FunctionName: string): Promise<void> {
  const { subnetIds, groupId } = networkOf(region);
  await operator("lambda", "CreateFunction", {
    FunctionName,
    Runtime: "nodejs24.x",
    Handler: "index.handler",
    Code: { ZipFile: new Uint8Array() },
    Role: "arn:aws:iam::123456789012:role/member",
    VpcConfig: { SubnetIds: subnetIds, SecurityGroupIds: [groupId] },
  });
}

/** What the deployment made for the members. */
export function networkOf({ world }: Region): { subnetIds: string[]; groupId: string; vpcId: string } {
  const subnets = [...world.subnets.values()].filter(({ tags }) => /-zone-\d$/.test(tags["Name"] ?? ""));
  const [group] = [...world.securityGroups.values()].filter(({ groupName }) => groupName.includes("-members-"));
  return {
    subnetIds: subnets.map(({ subnetId }) => subnetId),
    groupId: group?.groupId ?? "",
    vpcId: subnets[0]?.vpcId ?? "",
  };
}

/** The one that passes. */
export function exactly<T>(all: ReadonlyMap<string, T>, test: (it: T) => boolean): T {
  const [found, ...more] = [...all.values()].filter(test);
  if (found === undefined || more.length > 0) throw new Error(`expected one, found ${found ? more.length + 1 : 0}`);
  return found;
}

/**
 * Whatever a test looks at, its document is what the command's schema says.
 * @throws ZodError with what differs
 */
export function checkDocument(args: string, stdout: string): void {
  const command = args.split(" ").find((it): it is Command => it in answers) ?? "status";
  documentOf(command).parse(JSON.parse(stdout));
}

export const binary = fileURLToPath(new URL("../../dist/cli/holdfast.mjs", import.meta.url));

/** What a process of the command line sees: nothing of this one's but where Node is. */
export function environmentOf(url: string, more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return {
    PATH: process.env["PATH"],
    HOME: "/nonexistent",
    AWS_ENDPOINT_URL: url,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "operator",
    AWS_SECRET_ACCESS_KEY: "operator",
    AWS_EC2_METADATA_DISABLED: "true",
    ...more,
  };
}

/** Runs `holdfast` with these arguments against a server of the twin. */
export function runCommand(
  { url }: Pick<RunningServer, "url">,
  args: string,
  environment?: NodeJS.ProcessEnv,
): Promise<Result> {
  const env = environmentOf(url, environment);
  const child = spawn(process.execPath, [binary, ...args.split(" ").filter(Boolean)], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (data) => {
    stdout += data;
  });
  child.stderr.on("data", (data) => {
    stderr += data;
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      try {
        if (args.includes("--json")) checkDocument(args, stdout);
        resolve({ code, signal, stdout, stderr });
      } catch (error) {
        reject(error);
      }
    });
  });
}
