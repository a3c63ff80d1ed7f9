/** A rehearsal against the emulator, as far as it can answer. Lambda and CloudTrail are played by hand. */
import { randomUUID } from "node:crypto";
import {
  DeleteNetworkInterfaceCommand,
  DescribeAddressesCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRouteTablesCommand,
  DescribeVpcsCommand,
  DetachNetworkInterfaceCommand,
  DisassociateAddressCommand,
  DisassociateRouteTableCommand,
  type EC2Client,
  type TagDescription,
} from "@aws-sdk/client-ec2";
import { ListRulesCommand, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { ListQueuesCommand } from "@aws-sdk/client-sqs";
import { StandardRetryStrategy } from "@smithy/core/retry";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import type { Account } from "../../cli/rehearse/account.ts";
import { checks } from "../../cli/rehearse/checks.ts";
import { createRehearsalClients, ec2OfSession } from "../../cli/rehearse/clients.ts";
import { isEmpty, readLedger } from "../../cli/rehearse/ledger.ts";
import { type Rehearsal, rehearse } from "../../cli/rehearse/run.ts";
import { systemClock } from "../../src/aws/clock.ts";
import { emptyMoto, makeInterface, settle } from "./account.ts";
import { handWritten } from "./recorded.ts";

/** Waits are for AWS; the emulator is done at once. */
const speed = 100;
const startMs = Date.now();
const clock = {
  now: () => startMs + (Date.now() - startMs) * speed,
  sleep: (ms: number) => systemClock.sleep(ms / speed),
};

type Command = { readonly input: object; readonly constructor: { readonly name: string } };
type Clients = Account["clients"];

/** Does something after each call of this name. */
function after<Input>(client: object, commandName: string, work: (input: Input) => Promise<void>): void {
  const sender = client as { send(command: Command): Promise<unknown> };
  const send = sender.send.bind(sender);
  sender.send = async (command) => {
    const output = await send(command);
    if (command.constructor.name === `${commandName}Command`) await work(command.input as Input);
    return output;
  };
}

interface Configured {
  readonly FunctionName: string;
  readonly VpcConfig?: { readonly SubnetIds: [string]; readonly SecurityGroupIds: [string] };
}

/** Makes an interface for each subnet and group, as Lambda does, and deletes all with the first function that has one. */
function playLambda({ ec2, lambda }: Clients): void {
  const made = new Map<string, string>();
  const attached = new Set<string>();
  const serve = async ({ FunctionName, VpcConfig }: Configured) => {
    if (!VpcConfig) return;
    const { SubnetIds, SecurityGroupIds } = VpcConfig;
    attached.add(FunctionName);
    const key = `${SubnetIds} ${SecurityGroupIds}`;
    if (!made.has(key)) made.set(key, await makeInterface({ ec2 }, SubnetIds[0], SecurityGroupIds));
  };
  after(lambda, "CreateFunction", serve);
  after(lambda, "UpdateFunctionConfiguration", serve);
  after(lambda, "DeleteFunction", async ({ FunctionName }: Configured) => {
    if (!attached.has(FunctionName)) return;
    for (const id of made.values()) await deleteInterface(ec2, id);
    made.clear();
  });
}

/** The emulator keeps what an interface was attached to, and its address. */
async function deleteInterface(ec2: EC2Client, NetworkInterfaceId: string): Promise<void> {
  const describe = new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [NetworkInterfaceId] });
  const [shown] = (await ec2.send(describe)).NetworkInterfaces ?? [];
  const { AssociationId } = shown?.Association ?? {};
  if (AssociationId) await ec2.send(new DisassociateAddressCommand({ AssociationId }));
  const { AttachmentId } = shown?.Attachment ?? {};
  if (AttachmentId) await ec2.send(new DetachNetworkInterfaceCommand({ AttachmentId, Force: true }));
  await ec2.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId }));
}

/** Takes a deleted subnet's association off its route table, which the emulator leaves there. */
function playSubnets({ ec2 }: Clients): void {
  after(ec2, "DeleteSubnet", async ({ SubnetId }: { readonly SubnetId: string }) => {
    const { RouteTables = [] } = await ec2.send(new DescribeRouteTablesCommand({}));
    const left = RouteTables.flatMap(({ Associations = [] }) => Associations).filter((it) => it.SubnetId === SubnetId);
    for (const { RouteTableAssociationId: AssociationId } of left) {
      await ec2.send(new DisassociateRouteTableCommand({ AssociationId }));
    }
  });
}

/** Puts an event of each tag on the bus, as CloudTrail does. */
function playCloudTrail({ lambda, eventBridge }: Clients): void {
  after(lambda, "TagResource", async ({ Resource, Tags }: { readonly Resource: string; readonly Tags: object }) => {
    const record = { resource: Resource, tags: Tags };
    const { detail } = JSON.parse(handWritten("TagResource20170331v2", record)) as { detail: object };
    const Detail = JSON.stringify({ ...detail, eventID: randomUUID(), eventTime: new Date().toISOString() });
    const entry = { Source: "aws.lambda", DetailType: "AWS API Call via CloudTrail", Detail };
    await eventBridge.send(new PutEventsCommand({ Entries: [entry] }));
  });
}

/** Of what is deleted the emulator keeps the tags, and names the type of an address otherwise. */
function correctTags({ ec2 }: Clients): void {
  const deleted = new Set<unknown>();
  const send = ec2.send.bind(ec2) as (command: Command) => Promise<{ Tags?: TagDescription[] }>;
  const corrected = async (command: Command) => {
    const output = await send(command);
    const { name } = command.constructor;
    if (/^(?:Delete|Release)/.test(name)) for (const id of Object.values(command.input)) deleted.add(id);
    if (name !== "DescribeTagsCommand") return output;
    const Tags = output.Tags?.filter(({ ResourceId }) => !deleted.has(ResourceId)).map((tag) => ({
      ...tag,
      ResourceType: String(tag.ResourceType).replace("vpc-", ""),
    }));
    return { ...output, Tags };
  };
  Object.assign(ec2, { send: corrected });
}

let clients: Clients;
const environment = { ...process.env };

beforeAll(async () => {
  const endpoint = inject("motoUrl");
  await emptyMoto(endpoint);
  const { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY } = settle(endpoint).credentials;
  Object.assign(process.env, { AWS_ENDPOINT_URL: endpoint, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY });
  clients = createRehearsalClients({ region: "us-east-1" });
  // What the emulator does not know it answers with 500.
  Object.assign(clients.ec2.config, { retryStrategy: async () => new StandardRetryStrategy(1) });
  correctTags(clients);
  playLambda(clients);
  playSubnets(clients);
  playCloudTrail(clients);
});

afterAll(() => {
  process.env = environment;
});

function account(more: Partial<Account> = {}): Account {
  return {
    clients,
    clock,
    place: { partition: "aws", region: "us-east-1", accountId: "123456789012" },
    caller: "arn:aws:iam::123456789012:user/operator",
    interrupted: () => false,
    ec2Of: (credentials) => ec2OfSession(clients, credentials),
    say: () => {},
    ...more,
  };
}

const run = (more?: Partial<Account>): Promise<Rehearsal> =>
  rehearse(account(more), {
    checks,
    choices: { nat: false },
    echo: "https://checkip.amazonaws.com",
    newId: () => "0badcafe",
  });

/** How much there is of what a rehearsal makes. */
async function amounts() {
  const [vpcs, addresses, rules, queues] = await Promise.all([
    clients.ec2.send(new DescribeVpcsCommand({})),
    clients.ec2.send(new DescribeAddressesCommand({})),
    clients.eventBridge.send(new ListRulesCommand({})),
    clients.sqs.send(new ListQueuesCommand({})),
  ]);
  const lists = [vpcs.Vpcs, addresses.Addresses, rules.Rules, queues.QueueUrls];
  return lists.map((it) => it?.length ?? 0);
}

describe("a rehearsal against moto", () => {
  it("does and removes everything, and finds out all but what only code in a function can", async () => {
    const before = await amounts();
    const { results, left } = await run();
    const [outcome, found] = (["outcome", "found"] as const).map((field) =>
      Object.fromEntries(results.map(({ id, verdict }) => [id, verdict[field]])),
    );
    expect(outcome).toMatchObject({
      account: "differs",
      role: "pass",
      interface: "pass",
      association: "differs",
      events: "pass",
      deletion: "pass",
      // Its functions need containers.
      egress: "fail",
      guard: "fail",
      update: "fail",
      swap: "skipped",
      shared: "skipped",
      nat: "skipped",
    });
    expect(found).toMatchObject({
      account: expect.stringMatching(/0 of .* Elastic IPs, 1 of 5 VPCs, .* 6 zones, .*no trail that logs/),
      association: expect.stringMatching(/^the association works; the policy did not deny .*DryRunOperation/),
      tags: expect.stringMatching(/a new tag is shown after .*, a removed one is gone after/),
      events: expect.stringContaining("20 of 20 events arrived"),
    });
    expect(left).toEqual([]);
    expect(isEmpty(await readLedger(account()))).toBe(true);
    expect(await amounts()).toEqual(before);
  });

  it("removes what it made when it is interrupted", async () => {
    const before = await amounts();
    let interrupted = false;
    const say = (line: string) => {
      interrupted ||= line.startsWith("associating");
    };
    const rehearsal = await run({ interrupted: () => interrupted, say });
    expect(rehearsal).toMatchObject({ interrupted: true, left: [] });
    expect(isEmpty(await readLedger(account()))).toBe(true);
    expect(await amounts()).toEqual(before);
  });
});
