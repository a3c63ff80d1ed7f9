/** The provider's model, asked over its protocol as the engine does. */
import { credentials } from "@grpc/grpc-js";
import services from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Account, type AccountOptions } from "../../testing/deployment/engine/account.ts";
import { type Provider, serveProvider } from "../../testing/deployment/engine/provider.ts";
import { fromStruct, type Properties, toStruct } from "../../testing/deployment/engine/wire.ts";
import { fixed } from "../../testing/twin/delays.ts";

const urnOf = (kind: string, name: string) => `urn:pulumi:dev::app::aws:${kind}::${name}`;
const minuteMs = 60_000;

let account: Account;
let provider: Provider;
let client: InstanceType<typeof services.ResourceProviderClient>;

async function open(options: AccountOptions = {}): Promise<void> {
  account = new Account(options);
  provider = await serveProvider(account);
  client = new services.ResourceProviderClient(`127.0.0.1:${provider.port}`, credentials.createInsecure());
}
beforeEach(() => open());
afterEach(() => {
  client.close();
  provider.close();
});

const ask = <Request, Response>(
  method: (request: Request, done: (error: Error | null, response: Response) => void) => unknown,
  request: Request,
): Promise<Response> =>
  new Promise((resolve, reject) => {
    method.call(client, request, (error, response) => (error ? reject(error) : resolve(response)));
  });

async function create(kind: string, name: string, inputs: Properties): Promise<{ id: string; state: Properties }> {
  const request = new messages.CreateRequest();
  request.setUrn(urnOf(kind, name));
  request.setProperties(toStruct(inputs));
  const response = await ask<messages.CreateRequest, messages.CreateResponse>(client.create, request);
  return { id: response.getId(), state: fromStruct(response.getProperties()) };
}

function remove(kind: string, name: string, { id, state }: { id: string; state: Properties }): Promise<unknown> {
  const request = new messages.DeleteRequest();
  request.setUrn(urnOf(kind, name));
  request.setId(id);
  request.setProperties(toStruct(state));
  return ask(client.delete, request);
}

async function configure(args: Properties): Promise<void> {
  const request = new messages.ConfigureRequest();
  request.setArgs(toStruct(args));
  await ask(client.configure, request);
}

async function update(kind: string, name: string, id: string, state: Properties, news: Properties): Promise<void> {
  const request = new messages.UpdateRequest();
  request.setUrn(urnOf(kind, name));
  request.setId(id);
  request.setOlds(toStruct(state));
  request.setNews(toStruct(news));
  await ask(client.update, request);
}

async function check(kind: string, name: string, news: Properties): Promise<messages.CheckResponse> {
  const request = new messages.CheckRequest();
  request.setUrn(urnOf(kind, name));
  request.setNews(toStruct(news));
  return ask<messages.CheckRequest, messages.CheckResponse>(client.check, request);
}

async function diff(
  kind: string,
  state: Properties,
  news: Properties,
  ignored: string[] = [],
  oldInputs = state,
): Promise<messages.DiffResponse> {
  const request = new messages.DiffRequest();
  request.setUrn(urnOf(kind, "it"));
  request.setOlds(toStruct(state));
  request.setOldInputs(toStruct(oldInputs));
  request.setNews(toStruct(news));
  request.setIgnorechangesList(ignored);
  return ask<messages.DiffRequest, messages.DiffResponse>(client.diff, request);
}

describe("names", () => {
  it("are made of the logical name where the program gives none", async () => {
    const { name } = fromStruct((await check("iam/role:Role", "short-role", {})).getInputs());
    expect(name).toMatch(/^short-role-[0-9a-f]{7}$/);
  });

  it.each([
    ["cloudwatch/eventRule:EventRule", "r".repeat(57), {}, "name"],
    ["lambda/function:Function", "f", { name: "f".repeat(65) }, "name"],
    ["sqs/queue:Queue", "q", { name: `${"q".repeat(76)}.fifo` }, "name"],
  ])("of %s that are too long are refused", async (kind, name, news, property) => {
    const failures = (await check(kind, name, news)).getFailuresList();
    expect(failures.map((it) => it.getProperty())).toEqual([property]);
  });
});

describe("differences", () => {
  const table = { routeTableId: "rtb-1", destinationCidrBlock: "0.0.0.0/0", gatewayId: "igw-1" };
  it("replace where AWS cannot change, and are none where they are ignored", async () => {
    const replaced = await diff("ec2/route:Route", table, { ...table, routeTableId: "rtb-2" });
    expect(replaced.getReplacesList()).toEqual(["routeTableId"]);
    const ignored = await diff("ec2/route:Route", table, { ...table, gatewayId: "igw-2" }, ["gatewayId"]);
    expect(ignored.getChanges()).toBe(messages.DiffResponse.DiffChanges.DIFF_NONE);
  });

  it("of an invocation make it anew, unless each of its changes is an invocation", async () => {
    const once = { functionName: "f", input: "{}" };
    const kind = "lambda/invocation:Invocation";
    expect((await diff(kind, once, { ...once, input: "[]" })).getReplacesList()).toEqual(["input"]);
    const each = { ...once, lifecycleScope: "CRUD" };
    expect((await diff(kind, each, { ...each, input: "[]" })).getReplacesList()).toEqual([]);
  });
});

describe("what is imported", () => {
  const tags = { Name: "kept", "holdfast:pool": "partners" };
  const defaults = { "sst:app": "app", "sst:stage": "dev" };

  it("has no other inputs than the program that made it, and keeps the provider's default tags", async () => {
    await configure({ defaultTags: { tags: defaults } });
    const { id } = await create("ec2/eip:Eip", "kept", { domain: "vpc", tags });
    const request = new messages.ReadRequest();
    request.setUrn(urnOf("ec2/eip:Eip", "kept"));
    request.setId(id);
    const response = await ask<messages.ReadRequest, messages.ReadResponse>(client.read, request);
    expect(fromStruct(response.getInputs())).toEqual({ domain: "vpc", tags });
    const state = fromStruct(response.getProperties());
    const inputs = { domain: "vpc", tags };
    expect((await diff("ec2/eip:Eip", state, inputs, [], inputs)).getDiffsList()).toEqual([]);
    const changed = { ...tags, Name: "renamed" };
    await update("ec2/eip:Eip", "kept", id, state, { domain: "vpc", tags: changed });
    expect(account.region.world.addresses.get(id)?.tags).toEqual({ ...defaults, ...changed });
  });
});

describe("what AWS refuses", () => {
  it("an address more than the quota", async () => {
    await open({ addressQuota: 1 });
    await create("ec2/eip:Eip", "one", { domain: "vpc" });
    await expect(create("ec2/eip:Eip", "two", { domain: "vpc" })).rejects.toThrow("AddressLimitExceeded");
  });

  it("releasing an address that was associated after the deployment", async () => {
    const { address } = await mapped();
    await expect(remove("ec2/eip:Eip", "address", address)).rejects.toThrow("InvalidIPAddress.InUse");
  });

  it("detaching a gateway while an address is mapped, for 20 minutes", async () => {
    const { gateway } = await mapped();
    const beforeMs = account.region.clock.now();
    await expect(remove("ec2/internetGateway:InternetGateway", "gateway", gateway)).rejects.toThrow("mapped public");
    expect((account.region.clock.now() - beforeMs) / minuteMs).toBeCloseTo(20, 0);
  });

  it("deleting a subnet until Lambda has given up its interface", async () => {
    await open({ delays: { interfaceRemoval: fixed(30 * minuteMs), interfaceDeletion: fixed(minuteMs) } });
    const { subnet } = await mapped();
    await account.making.operator("lambda", "DeleteFunction", { FunctionName: "user" });
    const beforeMs = account.region.clock.now();
    await remove("ec2/subnet:Subnet", "subnet", subnet);
    expect((account.region.clock.now() - beforeMs) / minuteMs).toBeCloseTo(31, 0);
    expect(account.region.world.subnets.size).toBe(0);
  });

  it("what is gone already counts as deleted", async () => {
    const address = await create("ec2/eip:Eip", "address", { domain: "vpc" });
    await account.making.operator("ec2", "ReleaseAddress", { AllocationId: address.id });
    await remove("ec2/eip:Eip", "address", address);
    expect(account.resources).toEqual([]);
  });
});

/** A function in a subnet, with an address on its interface that the running system has put there. */
async function mapped() {
  const vpc = await create("ec2/vpc:Vpc", "vpc", { cidrBlock: "10.0.0.0/16" });
  const subnet = await create("ec2/subnet:Subnet", "subnet", { vpcId: vpc.id, cidrBlock: "10.0.0.0/24" });
  const gateway = await create("ec2/internetGateway:InternetGateway", "gateway", { vpcId: vpc.id });
  const group = await create("ec2/securityGroup:SecurityGroup", "group", { vpcId: vpc.id, description: "members" });
  const address = await create("ec2/eip:Eip", "address", { domain: "vpc" });
  const { operator } = account.making;
  await operator("lambda", "CreateFunction", {
    FunctionName: "user",
    Runtime: "nodejs24.x",
    Handler: "index.handler",
    Role: "arn:aws:iam::123456789012:role/user",
    Code: { ZipFile: new Uint8Array() },
    VpcConfig: { SubnetIds: [subnet.id], SecurityGroupIds: [group.id] },
  });
  await account.region.clock.advance(5 * minuteMs);
  const [NetworkInterfaceId] = account.region.world.networkInterfaces.keys();
  await operator("ec2", "AssociateAddress", { AllocationId: address.id, NetworkInterfaceId });
  return { subnet, gateway, address };
}
