/** A recorded deployment, made in an emulator with AWS's own calls: what the twin makes, and the functions with their bundles. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Operator } from "../deployment/operator.ts";
import { type Making, makers } from "../deployment/recorded-deployment.ts";
import { type NetworkInputs, networkMakers } from "../deployment/recorded-network.ts";
import { asAws, type Ids, type RecordedResource, translate } from "../deployment/recorded-resource.ts";
import { callIam } from "./emulated-operator.ts";

/** What is not made, and why that does not matter here. A type that is neither here nor made is an error. */
const leftOut: Readonly<Record<string, string>> = {
  "aws:sns/": "no alarm is sent to anybody",
  "aws:cloudtrail/": "the emulator records its own calls",
  "aws:s3/": "holds the trail's records, which are not read here",
  "aws:ec2/flowLog:FlowLog": "only records traffic",
  "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": "configures retries of failures, and none may fail",
  "aws:cloudwatch/dashboard:Dashboard": "is for people",
};

interface FunctionInputs {
  readonly name: string;
  readonly role: string;
  readonly runtime: string;
  readonly handler: string;
  readonly timeout: number;
  readonly memorySize: number;
  readonly vpcConfig?: object;
  readonly environment: { readonly variables: Readonly<Record<string, string>> };
  readonly tags?: Readonly<Record<string, string>>;
  readonly code: { readonly assets: Readonly<Record<string, { readonly path: string }>> };
}

export interface Emulated {
  readonly operator: Operator;
  readonly url: string;
  readonly python: string;
}

/** @throws Error when the emulator refuses a resource, or none knows what to make of one */
export async function deployEmulated(emulated: Emulated, records: readonly RecordedResource[]): Promise<Ids> {
  const { operator, url } = emulated;
  const ids: Ids = new Map();
  const made = (record: RecordedResource): RecordedResource => {
    const text = JSON.stringify(translate(ids, record)).replaceAll("https://sqs.us-east-1.amazonaws.com", url);
    return JSON.parse(text);
  };
  const invocations: RecordedResource[] = [];
  for (const record of records) {
    try {
      if (record.type === "aws:lambda/invocation:Invocation") invocations.push(record);
      else await makeOne(emulated, made(record), record, ids);
    } catch (error) {
      throw new Error(`the emulator refuses ${record.type} ${record.name}: ${error}`, { cause: error });
    }
  }
  for (const record of invocations) {
    const { functionName: FunctionName, input, lifecycleScope } = made(record).inputs;
    const asked = JSON.parse(String(input));
    const event = lifecycleScope === "CRUD" ? { ...asked, tf: { action: "create", prev_input: null } } : asked;
    await settled(operator, String(FunctionName));
    const output = await operator<{ FunctionError?: string; Payload: Uint8Array }>("lambda", "Invoke", {
      FunctionName,
      Payload: Buffer.from(JSON.stringify(event)),
    });
    if (output.FunctionError) throw new Error(`${FunctionName} failed: ${Buffer.from(output.Payload)}`);
  }
  return ids;
}

async function makeOne(
  emulated: Emulated,
  record: RecordedResource,
  recorded: RecordedResource,
  ids: Ids,
): Promise<void> {
  const { operator, url } = emulated;
  const { type, name, inputs } = record;
  if (Object.keys(leftOut).some((it) => type.startsWith(it))) return;
  const ofNetwork = networkMakers[type.replace("aws:ec2/", "")];
  if (ofNetwork) {
    const id = await ofNetwork(operator, inputs as NetworkInputs, name);
    if (id === undefined) return;
    ids.set(recorded.id, id);
    if (type.endsWith(":Eip")) ids.set(String(recorded.outputs["publicIp"]), await publicIpOf(operator, id));
    return;
  }
  if (type === "aws:lambda/function:Function") return makeFunction(emulated, inputs as object as FunctionInputs);
  if (type === "aws:iam/role:Role") {
    const AssumeRolePolicyDocument = String(inputs["assumeRolePolicy"]);
    return callIam(url, "CreateRole", { RoleName: roleName(record), AssumeRolePolicyDocument });
  }
  if (type === "aws:iam/rolePolicy:RolePolicy") {
    const [RoleName, PolicyDocument] = [String(inputs["role"]), String(inputs["policy"])];
    return callIam(url, "PutRolePolicy", { RoleName, PolicyName: name.slice(0, 128), PolicyDocument });
  }
  if (type === "aws:scheduler/scheduleGroup:ScheduleGroup") {
    await operator("scheduler", "CreateScheduleGroup", { Name: inputs["name"] });
    return;
  }
  if (type === "aws:lambda/eventSourceMapping:EventSourceMapping")
    await settled(operator, String(inputs["functionName"]).split(":").at(-1) ?? "");
  const make = makers[type];
  if (!make) throw new Error("nobody knows what to make of it: make it, or say why not");
  await make({ operator } as Making, inputs, record);
}

const roleName = ({ outputs, inputs }: RecordedResource) => String(outputs["name"] ?? inputs["name"]);

async function publicIpOf(operator: Operator, allocationId: string): Promise<string> {
  const input = { AllocationIds: [allocationId] };
  const { Addresses } = await operator<{ Addresses: { PublicIp: string }[] }>("ec2", "DescribeAddresses", input);
  return Addresses[0]?.PublicIp ?? "";
}

async function makeFunction({ operator, python }: Emulated, inputs: FunctionInputs): Promise<void> {
  const { name, role, runtime, handler, timeout, memorySize, vpcConfig, environment, tags, code } = inputs;
  const assets = Object.entries(code.assets).map(([file, { path }]) => {
    return [file, join("dist", "functions", basename(dirname(path)), file)] as const;
  });
  await operator("lambda", "CreateFunction", {
    FunctionName: name,
    Role: role,
    Runtime: runtime,
    Handler: handler,
    Timeout: timeout,
    MemorySize: memorySize,
    Code: { ZipFile: zip(python, Object.fromEntries(assets)) },
    Environment: { Variables: environment.variables },
    ...(vpcConfig && { VpcConfig: asAws(vpcConfig) }),
    ...(tags && { Tags: tags }),
  });
}

/** An archive of files, by their names in it. */
export function zip(python: string, files: Readonly<Record<string, string>>): Buffer {
  const folder = mkdtempSync(join(tmpdir(), "zip-"));
  mkdirSync(join(folder, "files"));
  for (const [name, path] of Object.entries(files)) cpSync(path, join(folder, "files", name));
  const names = Object.keys(files);
  execFileSync(python, ["-m", "zipfile", "-c", "../all.zip", ...names], { cwd: join(folder, "files") });
  const archive = readFileSync(join(folder, "all.zip"));
  rmSync(folder, { recursive: true });
  return archive;
}

/** Waits until a function's creation or update is over. @throws Error when it failed or takes too long */
export async function settled(operator: Operator, FunctionName: string): Promise<void> {
  for (let n = 0; n < 120; n++) {
    const it = await operator<{ State: string; LastUpdateStatus: string; StateReason?: string }>(
      "lambda",
      "GetFunctionConfiguration",
      { FunctionName },
    );
    if (it.State === "Active" && it.LastUpdateStatus !== "InProgress") return;
    if (it.State === "Failed") throw new Error(`${FunctionName} failed: ${it.StateReason}`);
    await sleep(250);
  }
  throw new Error(`${FunctionName} never got active`);
}
