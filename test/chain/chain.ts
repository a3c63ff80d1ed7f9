/** A whole deployment in an emulator that others wrote, and what an operator does and sees there. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { HoldfastInput } from "../../src/config/holdfast.ts";
import { deployEmulated, settled, zip } from "../../testing/chain/deploy.ts";
import { callIam, emulatedOperator } from "../../testing/chain/emulated-operator.ts";
import { EmulatedHyperplane } from "../../testing/chain/hyperplane.ts";
import { installLocalEmu, type RunningEmulator, startLocalEmu } from "../../testing/chain/localemu.ts";
import type { Operator } from "../../testing/deployment/operator.ts";
import type { Ids, RecordedResource } from "../../testing/deployment/recorded-resource.ts";
import { accountId } from "../../testing/deployment/stand-in/account.ts";
import { freePort } from "../free-port.ts";
import { recordsOf } from "../judges/deployments.ts";
import { authorityPem, Outside } from "../lambda/outside.ts";

export interface Address {
  readonly PublicIp: string;
  readonly AllocationId: string;
  readonly AssociationId?: string;
  readonly NetworkInterfaceId?: string;
  readonly Tags: readonly { readonly Key: string; readonly Value: string }[];
}

/** An event pattern, as far as it is changed here. */
interface Pattern {
  readonly detail: object;
}

interface Interface {
  readonly NetworkInterfaceId: string;
  readonly SubnetId: string;
  readonly Groups: readonly { readonly GroupId: string }[];
}

/** One deployment in an emulator of its own, with a member of the pool. */
export class Chain {
  private constructor(
    readonly folder: string,
    readonly url: string,
    readonly operator: Operator,
    readonly records: readonly RecordedResource[],
    readonly ids: Ids,
    readonly outside: Outside,
    private readonly emulator: RunningEmulator,
    private readonly hyperplane: EmulatedHyperplane,
    private readonly pool: string,
  ) {}

  /** @param change what is configured otherwise than in the example */
  static async open(
    example: string,
    pool: string,
    change: (input: HoldfastInput) => HoldfastInput = (input) => input,
  ): Promise<Chain> {
    const folder = mkdtempSync(join(tmpdir(), "chain-"));
    const records = await recordsOf(example, change);
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const operator = emulatedOperator(url);
    const hyperplane = new EmulatedHyperplane(operator);
    const outside = await Outside.start((name) => hyperplane.addressOf(name));
    const authorityFile = join(folder, "authority.pem");
    writeFileSync(authorityFile, authorityPem);
    const emulator = await startLocalEmu(port, folder, outside.variables(authorityFile));
    const { python } = installLocalEmu();
    // The secret that examples/two-zones names.
    await operator("ssm", "PutParameter", { Name: "/payments/acquirer/probe-token", Type: "String", Value: "t" });
    const ids = await deployEmulated({ operator, url, python }, records);
    hyperplane.start();
    return new Chain(folder, url, operator, records, ids, outside, emulator, hyperplane, pool);
  }

  async close(): Promise<void> {
    await this.hyperplane.stop().finally(async () => {
      this.emulator.stop();
      await this.outside.stop();
      rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
    });
  }

  /** The security group of the members. */
  get groupId(): string {
    return this.idOf(":SecurityGroup", "-members-security-group");
  }

  /** What of the emulator is corrected in this run. */
  get corrections(): string[] {
    const [, names = ""] = /^corrections: (.*)$/m.exec(readFileSync(join(this.folder, "localemu.log"), "utf8")) ?? [];
    return names.split(" ");
  }

  /** Sweeps and rounds stop, or go on; or those schedules alone whose names end so. */
  async schedule(State: "ENABLED" | "DISABLED", ending = ""): Promise<void> {
    const schedules = this.records.filter(({ type, name }) => type.endsWith(":Schedule") && name.endsWith(ending));
    for (const { inputs, outputs } of schedules) {
      const name = { Name: outputs["name"], GroupName: inputs["groupName"] };
      const found = await this.operator<Record<string, unknown>>("scheduler", "GetSchedule", name);
      const { FlexibleTimeWindow, ScheduleExpression, Target } = found;
      await this.operator("scheduler", "UpdateSchedule", {
        ...name,
        FlexibleTimeWindow,
        ScheduleExpression,
        Target,
        State,
      });
    }
  }

  /** The id in the emulator of the one resource whose name ends so. */
  idOf(type: string, ending: string): string {
    const record = this.records.find((it) => it.type.endsWith(type) && it.name.endsWith(ending));
    return this.ids.get(record?.id ?? "") ?? "";
  }

  get subnetIds(): string[] {
    const zones = this.records.filter((it) => it.type.endsWith(":Subnet") && /-zone-\d-subnet$/.test(it.name));
    return zones.map(({ id }) => this.ids.get(id) ?? "");
  }

  async createMember(name: string, tags: Readonly<Record<string, string>>): Promise<void> {
    const trust = { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" };
    const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [trust] });
    await callIam(this.url, "CreateRole", { RoleName: "member", AssumeRolePolicyDocument });
    const code = join(this.folder, "member.mjs");
    writeFileSync(code, "export const handler = async () => null;");
    await this.operator("lambda", "CreateFunction", {
      FunctionName: name,
      Role: `arn:aws:iam::${accountId}:role/member`,
      Runtime: "nodejs24.x",
      Handler: "index.handler",
      Code: { ZipFile: zip(installLocalEmu().python, { "index.mjs": code }) },
      VpcConfig: { SubnetIds: this.subnetIds, SecurityGroupIds: [this.groupId] },
      Tags: tags,
    });
    await settled(this.operator, name);
  }

  async addresses(role: string): Promise<Address[]> {
    const { Addresses } = await this.operator<{ Addresses: Address[] }>("ec2", "DescribeAddresses", {});
    const has = (it: Address, Key: string, Value: string) =>
      it.Tags.some((tag) => tag.Key === Key && tag.Value === Value);
    return Addresses.filter((it) => has(it, "holdfast:pool", this.pool) && has(it, "holdfast:role", role));
  }

  /** By which address a function's packets leave now. */
  wayOutOf(functionName: string): string | undefined {
    return this.hyperplane.addressOf(functionName);
  }

  /** The addresses on the interfaces of a security group in the members' subnets; the members' own unless given. */
  async serving(groupId = this.groupId): Promise<Address[]> {
    const input = { Filters: [{ Name: "interface-type", Values: ["lambda"] }] };
    const { NetworkInterfaces } = await this.operator<{ NetworkInterfaces: Interface[] }>(
      "ec2",
      "DescribeNetworkInterfaces",
      input,
    );
    const own = NetworkInterfaces.filter(
      (it) => this.subnetIds.includes(it.SubnetId) && it.Groups.map(({ GroupId }) => GroupId).join() === groupId,
    ).map((it) => it.NetworkInterfaceId);
    return (await this.addresses("egress")).filter(({ NetworkInterfaceId = "" }) => own.includes(NetworkInterfaceId));
  }

  /** Where the members' subnets send what goes to the internet. */
  async routes(): Promise<readonly ("direct" | "nat" | "none")[]> {
    interface Table {
      readonly Associations: readonly { readonly SubnetId?: string }[];
      readonly Routes: readonly {
        readonly DestinationCidrBlock?: string;
        readonly NatGatewayId?: string;
        readonly GatewayId?: string;
      }[];
    }
    const { RouteTables } = await this.operator<{ RouteTables: Table[] }>("ec2", "DescribeRouteTables", {});
    return this.subnetIds.map((subnetId) => {
      const table = RouteTables.find(({ Associations }) => Associations.some((it) => it.SubnetId === subnetId));
      const route = table?.Routes.find((it) => it.DestinationCidrBlock === "0.0.0.0/0");
      return route?.NatGatewayId ? "nat" : route?.GatewayId?.startsWith("igw-") ? "direct" : "none";
    });
  }

  async tag(allocationId: string | undefined, Key: string, Value: string): Promise<void> {
    await this.operator("ec2", "CreateTags", { Resources: [allocationId], Tags: [{ Key, Value }] });
  }

  /** All lines of all of Holdfast's functions. */
  async lines(): Promise<string[]> {
    const names = this.records.filter(({ type }) => type.endsWith(":Function")).map(({ id }) => id);
    const logs = names.map(async (name) => {
      const input = { logGroupName: `/aws/lambda/${name}` };
      const { events = [] } = await this.operator<{ events?: { message: string }[] }>("logs", "FilterLogEvents", input);
      return events.flatMap(({ message }) => message.split("\n"));
    });
    return (await Promise.all(logs)).flat();
  }

  #queueUrl(queue: string): string {
    return `${this.url}/${accountId}/holdfast-production-${queue}`;
  }

  async send(queue: string, MessageBody: string): Promise<void> {
    const message = { MessageBody, MessageGroupId: this.pool, MessageDeduplicationId: String(Date.now()) };
    await this.operator("sqs", "SendMessage", { QueueUrl: this.#queueUrl(queue), ...message });
  }

  async waiting(queue: string): Promise<number> {
    const { Attributes } = await this.operator<{ Attributes: Record<string, string> }>("sqs", "GetQueueAttributes", {
      QueueUrl: this.#queueUrl(queue),
      AttributeNames: ["All"],
    });
    const counts = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"];
    return counts.reduce((sum, it) => sum + Number(Attributes[it] ?? 0), 0);
  }

  /** Changes the pattern of a deployed rule. Returns what makes it the deployed one again. */
  async plantPattern(rule: string, change: (pattern: Pattern) => Pattern): Promise<() => Promise<void>> {
    const Name = this.records.find((it) => it.type.endsWith(":EventRule") && it.name.endsWith(rule))?.outputs["name"];
    const { EventPattern } = await this.operator<{ EventPattern: string }>("events", "DescribeRule", { Name });
    const put = async (pattern: string) => {
      await this.operator("events", "PutRule", { Name, EventPattern: pattern });
    };
    await put(JSON.stringify(change(JSON.parse(EventPattern))));
    return () => put(EventPattern);
  }

  /** @throws Error with the last lines of the functions */
  async until(what: string, limitSeconds: number, look: () => Promise<boolean>): Promise<void> {
    for (const endMs = Date.now() + limitSeconds * 1_000; Date.now() < endMs; await sleep(500)) {
      if (await look()) return;
    }
    const last = (await this.lines()).filter((line) => line.startsWith("{") && !line.includes("_aws")).slice(-25);
    throw new Error(`${what}: not within ${limitSeconds} s\n${last.map((it) => it.slice(0, 400)).join("\n")}`);
  }

  /** Types of the events that Holdfast has put on the bus. */
  async said(): Promise<string[]> {
    const types = (await this.lines()).flatMap((line) => /"event":\{"type":"(\w+)"/.exec(line)?.[1] ?? []);
    return [...new Set(types)].sort();
  }

  /** Waits until the queues are empty and the logs have the runs that emptied them: the emulator writes a log at a run's end. */
  async atRest(parts: readonly string[]): Promise<void> {
    const isEmpty = async (part: string) => (await this.waiting(`${part}.fifo`)) === 0;
    await this.until("empty queues", 90, async () => (await Promise.all(parts.map(isEmpty))).every(Boolean));
    await sleep(1_000);
  }

  /** What an operator must not find when all is at rest: errors, events of an outage, messages that were given up. */
  async complaints(parts: readonly string[]): Promise<string[]> {
    await this.atRest(parts);
    const bad =
      /"level":"ERROR"|errorType|not verified|Task timed out|EgressLost|AddressLost|ForeignAddressFound|(?:Relocation|Fallback|Probe)Failed|TargetDown|(?:Target|Pool|Spare)Refused/;
    const lines = (await this.lines()).filter((line) => bad.test(line));
    const queues = parts.flatMap((part) => [`${part}-dead-letters.fifo`, `${part}-undelivered`]);
    const left = await Promise.all(queues.map(async (it) => [it, await this.waiting(it)] as const));
    return [
      ...lines.map((it) => it.slice(0, 500)),
      ...left.filter(([, count]) => count > 0).map(([it]) => `${it} is not empty`),
    ];
  }
}
