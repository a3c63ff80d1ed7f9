/** How our principal behaves: within its permissions, within bounds, and never without telling. */
import type { SQSBatchResponse } from "aws-lambda";
import { tagKeys } from "../src/config/tags.ts";
import type { CallRecord } from "../twin/call-log.ts";
import { currentInvocation, type Invocation } from "../twin/lambda-invocation.ts";
import { AwsError, type Call } from "../twin/service.ts";
import { type Checking, isRead, poolOfAddress, surelySeenMs, watchWrites } from "./checker.ts";
import type { Stage } from "./stage.ts";

const freelyAllowed = new Set([
  "ec2:DescribeAddresses",
  "ec2:DescribeNetworkInterfaces",
  "lambda:ListFunctions",
  "lambda:GetFunctionConfiguration",
  "lambda:ListAliases",
  "lambda:ListProvisionedConcurrencyConfigs",
  "tagging:GetResources",
  // What Lambda's poller does in the function's name.
  "sqs:ReceiveMessage",
  "sqs:DeleteMessage",
  "sqs:GetQueueAttributes",
]);

/** Writes that a pool's day of the worst weather has needed at most, tenfold; per pool and hour. */
const mostWritesPerHour = 400;
const hourMs = 3_600_000;
/** A run ends within its invocation; whatever it did is told by then. */
const toldWithinMs = 100_000;

export interface Conduct {
  /** A run emitted these. */
  measured(names: readonly { readonly name: string; readonly value: number }[]): void;
  logged(text: string): void;
  answered(answer: SQSBatchResponse): void;
  /** Judges what should have been told by now. */
  settle(): void;
}

export function checkConduct(checking: Checking): Conduct {
  authorize(checking);
  checkBounds(checking);
  return checkTold(checking);
}

/** The deployed policy (stacks/permissions.ts), written anew: what it denies is denied, and is a violation unless a tag was taken away. */
function authorize({ stage, principal, report }: Checking): void {
  const missing = new Map<string, number>();
  stage.region.calls.onCall(({ operation, input, atMs, principal: who }) => {
    if (who !== undefined || (operation !== "DeleteTags" && operation !== "CreateTags")) return;
    for (const id of (input as { Resources: string[] }).Resources) missing.set(id, atMs);
  });
  stage.region.authorize = (call) => {
    if (call.principal !== principal) return undefined;
    const reason = denial(stage, call);
    if (reason === undefined) return undefined;
    const { AllocationId, Resources = [AllocationId ?? ""] } = call.input as {
      AllocationId?: string;
      Resources?: string[];
    };
    const tagsMs = Math.max(...Resources.map((id) => missing.get(id) ?? 0));
    const explained = reason === "tags" && stage.region.clock.now() - tagsMs < surelySeenMs;
    if (!explained) report("allowed", `${call.service}:${call.operation} ${JSON.stringify(call.input)}: ${reason}`);
    return new AwsError("UnauthorizedOperation", "You are not authorized to perform this operation.", 403);
  };
}

function denial(stage: Stage, { service, operation, input }: Call): string | undefined {
  const { world } = stage.region;
  const name = `${service}:${operation}`;
  const ofPool = (id: string | undefined) => {
    const tags = world.addresses.get(id ?? "")?.tags;
    return tags === undefined || (tags[tagKeys.pool] !== undefined && tags[tagKeys.role] === "egress");
  };
  const inSubnets = (id: string | undefined) => {
    const subnetId = world.networkInterfaces.get(id ?? "")?.subnetId;
    return subnetId === undefined || stage.pools.some((pool) => pool.network.subnetIds.includes(subnetId));
  };
  switch (name) {
    case "ec2:AssociateAddress": {
      const { AllocationId, NetworkInterfaceId, AllowReassociation } = input as Record<string, string | undefined>;
      if (AllowReassociation === undefined) return "AllowReassociation is not explicit";
      if (!ofPool(AllocationId)) return "tags";
      return inSubnets(NetworkInterfaceId) ? undefined : "the interface is not in the pools' subnets";
    }
    case "ec2:DisassociateAddress": {
      const address = [...world.addresses.values()].find((it) => it.associationId === input["AssociationId"]);
      if (address && !ofPool(address.allocationId)) return "tags";
      return inSubnets(address?.networkInterfaceId) ? undefined : "the interface is not in the pools' subnets";
    }
    case "ec2:CreateTags": {
      const { Resources, Tags } = input as { Resources: string[]; Tags: { Key: string }[] };
      if (Tags.some(({ Key }) => Key !== tagKeys.use)) return "a tag other than the use";
      if (Resources.some((id) => !world.addresses.has(id) && !poolOfAddress(stage, id))) return "not an address";
      return Resources.every(ofPool) ? undefined : "tags";
    }
    case "events:PutEvents": {
      const { Entries } = input as { Entries: { Source: string }[] };
      return Entries.every(({ Source }) => Source === "holdfast") ? undefined : "another source";
    }
    case "sqs:SendMessage":
      return String(input["QueueUrl"]).endsWith("holdfast-relocation-dead.fifo") ? undefined : "another queue";
    default:
      return freelyAllowed.has(name) ? undefined : "not in the policy";
  }
}

/** Bounded everything: no run and no failure makes us write without end. */
function checkBounds({ stage, principal, report }: Checking): void {
  let count = 0;
  let hour = 0;
  stage.region.calls.onCall((call) => {
    if (call.principal !== principal || isRead(call) || call.service !== "ec2") return;
    const now = Math.floor(call.atMs / hourMs);
    if (now !== hour) count = 0;
    hour = now;
    if (++count === mostWritesPerHour * stage.pools.length) report("bounded", `${count} writes within an hour`);
  });
}

interface Doing {
  readonly atMs: number;
  readonly text: string;
  readonly allocationId: string;
  readonly invocation: Invocation | undefined;
}

interface Telling {
  readonly events: string[];
  moved: number;
}

/** Each association and each release is told by an event that names the address, and by a metric. */
function checkTold(checking: Checking): Conduct {
  const { stage, principal, report } = checking;
  let doings: Doing[] = [];
  const tellings = new Map<string, Telling>();
  const current = (): Telling => {
    const id = currentInvocation()?.awsRequestId ?? "";
    const known = tellings.get(id) ?? { events: [], moved: 0 };
    tellings.set(id, known);
    return known;
  };
  watchWrites(checking, ({ call, invocation, before }) => {
    if (call.operation === "PutEvents") {
      current().events.push(...(call.input as { Entries: { Detail: string }[] }).Entries.map(({ Detail }) => Detail));
    }
    if (call.operation !== "AssociateAddress" && call.operation !== "DisassociateAddress") return;
    const allocationId = changedAddress(stage, call, before);
    if (!allocationId) return;
    const text = `${call.operation} of ${allocationId}`;
    doings.push({ atMs: call.atMs, text, allocationId, invocation });
  });
  const settle = () => {
    const nowMs = stage.region.clock.now();
    const due = doings.filter(({ atMs }) => atMs < nowMs - toldWithinMs);
    doings = doings.filter(({ atMs }) => atMs >= nowMs - toldWithinMs);
    for (const { text, allocationId, invocation } of due) {
      if (invocation?.dead) continue;
      const told = tellings.get(invocation?.awsRequestId ?? "");
      const named = told?.events.some((it) => it.includes(allocationId) || it.includes('"permission"'));
      if (!named) report("told by an event", `${text} was told by no event`);
      else if (
        text.startsWith("Associate") &&
        told?.moved === 0 &&
        told.events.some((it) => it.includes("gapSeconds"))
      ) {
        report("told by a metric", `${text} was told by no metric`);
      }
    }
    if (doings.length === 0) tellings.clear();
  };
  stage.region.calls.onCall((call) => {
    if (call.principal === principal && call.operation === "DescribeAddresses") settle();
  });
  return {
    measured: (list) => {
      for (const { name, value } of list) if (name === "AddressesMoved") current().moved += value;
    },
    logged: (text) => current().events.push(text),
    answered: ({ batchItemFailures }) => {
      const excused = stage.draw.poisonPerDay > 0;
      if (batchItemFailures.length > 0 && !excused) report("no bug", "the handler gave messages back");
    },
    settle,
  };
}

/** The address that the write put somewhere or took away; undefined when it changed nothing. */
function changedAddress(
  { region }: Stage,
  { input }: CallRecord,
  before: ReadonlyMap<string, { readonly networkInterfaceId: string | undefined }>,
): string | undefined {
  const { AllocationId } = input as { AllocationId?: string };
  const changed = [...before]
    .filter(([id, was]) => region.world.addresses.get(id)?.networkInterfaceId !== was.networkInterfaceId)
    .map(([id]) => id);
  return AllocationId === undefined ? changed[0] : changed.find((id) => id === AllocationId);
}
