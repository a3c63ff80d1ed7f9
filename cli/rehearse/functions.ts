/** Functions of the run: made, brought back to where they belong, and called. */
import type { NetworkInterface } from "@aws-sdk/client-ec2";
import {
  CreateFunctionCommand,
  type FunctionConfiguration,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { AwsCallError } from "../../src/aws/errors.ts";
import { type Account, ask, notYetThere, until } from "./account.ts";
import { exitingCode, functionCode } from "./function-code.ts";
import { type Maker, once, SceneError, unlessDone } from "./make.ts";
import { functionParts, nameOf, tagsOf } from "./names.ts";
import type { Network } from "./network.ts";
import { hasWideRole, makeFunctionRole, makeIdleRole, makeWideRole } from "./roles.ts";
import { zipOf } from "./zip.ts";

/** One look at a function that is being made, and at its VPC. */
export interface Look {
  readonly atMs: number;
  readonly state: string;
  readonly reason?: string | undefined;
  readonly interfaces: readonly NetworkInterface[];
}

export interface MadeFunction {
  readonly name: string;
  /** From its creation until it was active; one look if it was there already. */
  readonly looks: readonly Look[];
  /** Whether Lambda took the role as Holdfast deploys it for its probes. */
  readonly roleAccepted: boolean;
}

/** Of the functions: longer than any of their calls. */
const functionTimeoutSeconds = 240;

/** Returns what makes functions in the pool's subnet. They share their role, and what is known of it. */
export function createFunctionMaker(
  maker: Maker,
  { network, interfaces }: { network: () => Promise<Network>; interfaces: () => Promise<NetworkInterface[]> },
): (part: string) => Promise<MadeFunction> {
  const { account, ledger, run } = maker;
  const role = once(async () => makeFunctionRole(maker, (await network()).subnetArn));
  /** Whether Lambda has refused the role that Holdfast deploys, in this process or in one that was interrupted. */
  let refused = hasWideRole(maker);

  const create = async (part: string): Promise<void> => {
    const { subnetId, groupId } = await network();
    const VpcConfig = { SubnetIds: [subnetId], SecurityGroupIds: [groupId] };
    const createWith = (Role: string) => createFunction(maker, part, { code: functionCode, Role, VpcConfig });
    if (!refused) {
      try {
        return await createWith(await role());
      } catch (error) {
        if (!(error instanceof AwsCallError) || !notYetAssumed(error)) throw error;
        account.say("Lambda does not take the role as Holdfast deploys it: trying with a wider one");
        refused = true;
      }
    }
    await createWith(await makeWideRole(maker));
  };

  return async (part) => {
    const name = nameOf(run, part);
    if (!ledger.functionNames.includes(name)) {
      account.say(
        `making the function ${name}, and waiting until Lambda has made its interface: usually 90 s, at most 10 min`,
      );
      await create(part);
    } else {
      await returnToGroup(account, name, await network());
    }
    const looks: Look[] = [];
    const state = await untilActive(account, name, async (atMs, state, reason) => {
      looks.push({ atMs, state, reason, interfaces: await interfaces() });
    });
    if (state === "Active") return { name, looks, roleAccepted: !refused };
    throw new SceneError(`the function stayed ${looks.at(-1)?.state} (${looks.at(-1)?.reason ?? "no reason given"})`);
  };
}

/** Makes a function that only ends its process, outside every VPC. Returns its name. */
export async function makeUnattached(maker: Maker): Promise<string> {
  const { account, run, ledger } = maker;
  const part = functionParts.unattached;
  const name = nameOf(run, part);
  if (!ledger.functionNames.includes(name)) {
    account.say(`making the function ${name}, outside the VPC`);
    await createFunction(maker, part, { code: exitingCode, Role: await makeIdleRole(maker) });
  }
  const state = await untilActive(account, name, async () => {});
  if (state === "Active") return name;
  throw new SceneError(`the function ${name} stayed ${state ?? "pending"}`);
}

interface Composition {
  readonly code: string;
  readonly Role: string;
  readonly VpcConfig?: { readonly SubnetIds: string[]; readonly SecurityGroupIds: string[] };
}

function createFunction({ account, run }: Maker, part: string, { code, ...more }: Composition): Promise<void> {
  const command = new CreateFunctionCommand({
    FunctionName: nameOf(run, part),
    Description: "Of a rehearsal of Holdfast",
    Runtime: "nodejs22.x",
    Architectures: ["arm64"],
    Handler: "index.handler",
    Timeout: functionTimeoutSeconds,
    Code: { ZipFile: zipOf("index.js", code) },
    Tags: tagsOf(run, part),
    ...more,
  });
  return unlessDone(ask(account, "lambda:CreateFunction", () => account.clients.lambda.send(command), notYetTaken));
}

/** Looks until a function is active or has failed. Returns undefined when the time is up. */
function untilActive(
  account: Account,
  name: string,
  look: (atMs: number, state: string, reason: string | undefined) => Promise<void>,
): Promise<string | undefined> {
  return until(account, { stepMs: 3_000, limitMs: 10 * 60_000 }, async () => {
    const { State = "", StateReasonCode: reason, LastUpdateStatus } = await configurationOf(account, name);
    await look(account.clock.now(), State, reason);
    return (State === "Active" && LastUpdateStatus !== "InProgress") || State === "Failed" ? State : undefined;
  });
}

/** A run that was interrupted may have left the function in the other group. */
async function returnToGroup(account: Account, FunctionName: string, { subnetId, groupId }: Network): Promise<void> {
  const settled = await until(account, { stepMs: 5_000, limitMs: 15 * 60_000 }, async () => {
    const configuration = await configurationOf(account, FunctionName);
    const busy = configuration.State === "Pending" || configuration.LastUpdateStatus === "InProgress";
    return busy ? undefined : configuration;
  });
  if (!settled) throw new SceneError("an update of the function had not ended after 15 min");
  if (settled.VpcConfig?.SecurityGroupIds?.[0] === groupId) return;
  const command = new UpdateFunctionConfigurationCommand({
    FunctionName,
    VpcConfig: { SubnetIds: [subnetId], SecurityGroupIds: [groupId] },
  });
  await ask(account, "lambda:UpdateFunctionConfiguration", () => account.clients.lambda.send(command));
}

function configurationOf(account: Account, FunctionName: string): Promise<FunctionConfiguration> {
  const command = new GetFunctionConfigurationCommand({ FunctionName });
  return ask(account, "lambda:GetFunctionConfiguration", () => account.clients.lambda.send(command), notYetThere);
}

/** Calls a function. @throws SceneError when it fails */
export async function invoke<Answer>(account: Account, name: string, request: object): Promise<Answer> {
  const { text, isError } = await rawAnswerOf(account, name, request);
  if (isError) throw new SceneError(`the function failed: ${text}`);
  return JSON.parse(text) as Answer;
}

/** Calls a function that ends its process meanwhile. Returns the type of Lambda's error; empty: it answered all the same. */
export async function invokeInVain(account: Account, name: string, request: object): Promise<string> {
  const { text, isError } = await rawAnswerOf(account, name, request);
  return isError ? ((JSON.parse(text) as { errorType?: string }).errorType ?? text) : "";
}

async function rawAnswerOf(account: Account, FunctionName: string, request: object) {
  const command = new InvokeCommand({ FunctionName, Payload: Buffer.from(JSON.stringify(request)) });
  const send = () => account.clients.invoker.send(command);
  const { Payload, FunctionError } = await ask(account, "lambda:InvokeFunction", send);
  return { text: Buffer.from(Payload ?? []).toString(), isError: FunctionError !== undefined };
}

/** A role that is new to Lambda is refused with the code of a wrong parameter, and so is one that may not do enough. */
const notYetAssumed = (error: AwsCallError) =>
  error.code === "InvalidParameterValueException" && /role/i.test(error.message);
/** Lambda looks the network up for itself, and may see it later than its maker (EC2 developer guide, "Eventual consistency"). */
const notYetTaken = (error: AwsCallError) =>
  notYetAssumed(error) ||
  (error.code === "InvalidParameterValueException" && /NotFound|does not exist/.test(error.message));
