/** How the time of `plan()` grows with the number of interfaces. */
import type {
  AllocationId,
  AssociationId,
  FunctionArn,
  NetworkInterfaceId,
  SecurityGroupId,
  SubnetId,
  VpcId,
} from "../../src/aws/identifiers.ts";
import {
  type Address,
  type Attachment,
  attachmentOf,
  type Member,
  type NetworkInterface,
  type Observed,
  type Policy,
} from "../../src/relocation/model.ts";
import { plan } from "../../src/relocation/plan.ts";
import { takeTurns } from "./statistics.ts";

export interface PlanTimes {
  readonly unit: "microseconds, median";
  readonly times: Readonly<Record<"10" | "1000" | "10000", number>>;
  /** Time per tenfold of interfaces, from 1,000 to 10,000. */
  readonly growthPerTenfold: number;
  /** Whether that growth is at most 12 for 10 times as many. */
  readonly linear: boolean;
  /** The same growth of one pass that puts the interfaces into a map: what memory alone costs on this machine. */
  readonly referenceGrowth: number;
}

const rounds = 31;
const warmUpRounds = 5;
const linearUpTo = 12;
const nowMs = Date.UTC(2026, 0, 1);
const policy: Policy = {
  subnetIds: ["subnet-0", "subnet-1"] as SubnetId[],
  guarded: [],
  drainMs: 60_000,
  maxActions: 20,
  monthlyVerifications: 0,
};

/** Measures pools of 10, 1,000 and 10,000 interfaces in turns. */
export async function benchPlan(): Promise<PlanTimes> {
  const { pass1000, pass10000, ...times } = await takeTurns(
    {
      "10": timer(10, 500, planOnce),
      "1000": timer(1000, 5, planOnce),
      "10000": timer(10_000, 1, planOnce),
      pass1000: timer(1000, 5, passOnce),
      pass10000: timer(10_000, 1, passOnce),
    },
    rounds,
    warmUpRounds,
  );
  const growthPerTenfold = times["10000"] / times["1000"];
  const linear = growthPerTenfold <= linearUpTo;
  return { unit: "microseconds, median", times, growthPerTenfold, linear, referenceGrowth: pass10000 / pass1000 };
}

function planOnce(observed: Observed): unknown {
  return plan(observed, policy, nowMs);
}

function passOnce({ interfaces }: Observed): unknown {
  return new Map(interfaces.map((it) => [it.attachment.key, it]));
}

function timer(interfaceCount: number, calls: number, once: (observed: Observed) => unknown): () => number {
  const observed = poolOf(interfaceCount);
  return () => {
    const startedMs = performance.now();
    for (let call = 0; call < calls; call++) once(observed);
    return ((performance.now() - startedMs) * 1000) / calls;
  };
}

/**
 * A pool with everything going on at once: of 20 interfaces, 1 lacks its address, 1 has a blocked one, 1 a foreign
 * one, 2 are leaving, the others serve; for every 20 interfaces there are 2 spares. Members use two subnets and have
 * groups of their own. Listed in an order that is neither that of creation nor that of ids.
 */
function poolOf(interfaceCount: number): Observed {
  const memberCount = Math.max(1, Math.floor(interfaceCount / 4));
  const numbers = Array.from({ length: interfaceCount }, (_, index) => (index * 7919) % interfaceCount);
  const members = Array.from({ length: memberCount }, (_, index) => memberOf(index));
  const interfaces = numbers.map((number) => interfaceOf(number, memberCount));
  const held = numbers.filter((number) => number % 20 > 1).map((number) => addressOf(number, true));
  const spares = numbers
    .filter((number) => number % 10 === 9)
    .map((number) => addressOf(number + interfaceCount, false));
  return {
    members,
    missingMembers: [],
    interfaces,
    scout: [],
    addresses: [...held, ...spares],
    lost: [],
    paused: false,
    published: new Map(),
    refusals: [],
    callTimes: new Map(),
    mayMissMembers: false,
  };
}

function attachment(subnet: number, group: string): Attachment {
  const groups = [`sg-${group}`, "sg-shared"] as SecurityGroupId[];
  return attachmentOf("vpc-0" as VpcId, `subnet-${subnet}` as SubnetId, groups);
}

function memberOf(index: number): Member {
  const attachments = [attachment(0, `${index}`), attachment(1, `${index}`)];
  return {
    functionArn: `arn:aws:lambda:us-east-1:123456789012:function:member-${index}` as FunctionArn,
    liveVersions: [
      {
        version: "$LATEST",
        status: "settled",
        problem: undefined,
        servesNothing: false,
        modifiedMs: undefined,
        timeoutSeconds: 3,
        mayUseIpv6: false,
        attachments,
      },
    ],
  };
}

function interfaceOf(number: number, memberCount: number): NetworkInterface {
  const kind = number % 20;
  const group = kind === 3 || kind === 4 ? `old-${number}` : `${number % memberCount}`;
  return {
    networkInterfaceId: `eni-${number}` as NetworkInterfaceId,
    attachment: attachment(Math.floor(number / memberCount) % 2, group),
    inUse: true,
    pending: false,
    shownAllocationId: kind === 0 ? undefined : kind === 1 ? "unknown" : (`eipalloc-${number}` as AllocationId),
  };
}

function addressOf(number: number, held: boolean): Address {
  return {
    allocationId: `eipalloc-${number}` as AllocationId,
    publicIp: "203.0.113.1",
    associationId: held ? (`eipassoc-${number}` as AssociationId) : undefined,
    networkInterfaceId: held ? (`eni-${number}` as NetworkInterfaceId) : undefined,
    blocked: held && number % 20 === 2,
    use: {
      state: held ? "serving" : "draining",
      subnetId: `subnet-${number % 2}` as SubnetId,
      sinceMs: nowMs - number,
    },
    verified: undefined,
    tally: undefined,
  };
}
