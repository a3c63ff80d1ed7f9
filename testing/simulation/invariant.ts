/**
 * What all invariants share. They are checked against AWS's own state (world, call log, egress record) and against what
 * AWS answered to Holdfast's roles; nothing of src/ decides here.
 */
import type { CallRecord } from "../twin/call-log.ts";
import { currentInvocation, type Invocation } from "../twin/lambda-invocation.ts";
import type { Region } from "../twin/region.ts";
import type { Call } from "../twin/service.ts";
import type { SimulatedAccount } from "./account.ts";
import type { SimulatedPool } from "./settle-in.ts";

export interface Violation {
  readonly invariant: string;
  readonly atMs: number;
  readonly text: string;
}

export type Report = (invariant: string, text: string) => void;

/** An effective write of Holdfast's, with the associations as they were before it. */
export interface OwnWrite {
  readonly call: CallRecord;
  readonly invocation: Invocation | undefined;
  readonly before: Associations;
}

/** Interface by allocation id. */
export type Associations = ReadonlyMap<string, Association>;

export interface Association {
  readonly networkInterfaceId: string | undefined;
  /** Since when the address has been where it is. */
  readonly sinceMs: number;
}

export interface Checking {
  readonly account: SimulatedAccount;
  /** Whether a call is one of Holdfast's. */
  readonly isOurs: (call: Pick<Call, "principal">) => boolean;
  readonly report: Report;
}

/** The longest an invocation may live: what it acts on was read within this time. */
export const invocationMs = 90_000;
/**
 * After this time every describe call shows a change: the longest lag of 10 million draws (testing/twin/ec2-views.ts, 180 s), an
 * answer from a lagging replica (15 s), and the life of the invocation that read it.
 */
export const surelySeenMs = 180_000 + 15_000 + invocationMs;

/** Follows where each address is, and calls the listener with each of Holdfast's effective writes. */
export function watchWrites({ account: { region }, isOurs }: Checking, listener: (write: OwnWrite) => void): void {
  const associations = new Map<string, Association>();
  const refresh = () => {
    for (const id of associations.keys()) if (!region.world.addresses.has(id)) associations.delete(id);
    for (const { allocationId, networkInterfaceId } of region.world.addresses.values()) {
      if (associations.has(allocationId) && associations.get(allocationId)?.networkInterfaceId === networkInterfaceId) {
        continue;
      }
      associations.set(allocationId, { networkInterfaceId, sinceMs: region.clock.now() });
    }
  };
  refresh();
  const make = region.call;
  region.call = (call, requestId) => {
    // What Lambda did since the last call, such as deleting an interface, is not the work of this one.
    if (isOurs(call) && !isRead(call)) refresh();
    return make(call, requestId);
  };
  region.calls.onCall((call) => {
    if (isRead(call)) return;
    if (isOurs(call) && call.reached && !call.error) {
      const before = new Map(associations);
      refresh();
      listener({ call, invocation: currentInvocation(), before });
    } else if (call.service === "ec2") refresh();
  });
}

/** By operation: every call is asked about by most of the checks. */
const reads = new Map<string, boolean>();

export function isRead({ operation }: Pick<Call, "operation">): boolean {
  const known = reads.get(operation);
  if (known !== undefined) return known;
  const reading = /^(Describe|Get|List)/.test(operation);
  reads.set(operation, reading);
  return reading;
}

export function poolOfAddress(account: SimulatedAccount, allocationId: string): SimulatedPool | undefined {
  return account.pools.find((pool) => pool.allocationIds.includes(allocationId));
}

/** The latest answer about each interface's and each address's association. */
export interface Shown {
  /** The address that the interface showed. */
  readonly onInterface: ReadonlyMap<string, string | undefined>;
  /** Whether the interface showed to be in use. */
  readonly inUse: ReadonlyMap<string, boolean>;
  /** The interface that the address showed. */
  readonly ofAddress: ReadonlyMap<string, string | undefined>;
}

/** What AWS has answered, to all of Holdfast and to each invocation. */
export interface Answers extends Shown {
  /**
   * Whether the invocation can know that the address is on the interface: by its own latest answer about the one or the
   * other, or by the latest to any, where it has not looked itself. An invocation looks just before it writes; what another
   * is answered after that, it cannot know.
   */
  isKnown(networkInterfaceId: string, allocationId: string, invocation: Invocation | undefined): boolean;
}

interface DescribeOutput {
  readonly NetworkInterfaces?: readonly {
    NetworkInterfaceId?: string;
    Status?: string;
    Association?: { AllocationId?: string };
  }[];
  readonly Addresses?: readonly { AllocationId?: string; NetworkInterfaceId?: string }[];
}

/** Call it after everything else that changes answers, so that it sees what the principal gets. */
export function watchAnswers(region: Region, principal: string): Answers {
  const all = noAnswers();
  const own = new WeakMap<Invocation, Noted>();
  const call = region.call;
  region.call = async (input, requestId) => {
    const output = await call(input, requestId);
    if (input.principal !== principal || input.service !== "ec2" || !isRead(input)) return output;
    note(all, output as DescribeOutput);
    const invocation = currentInvocation();
    if (invocation) {
      const noted = own.get(invocation) ?? noAnswers();
      own.set(invocation, noted);
      note(noted, output as DescribeOutput);
    }
    return output;
  };
  return {
    ...all,
    isKnown(networkInterfaceId, allocationId, invocation) {
      const its = (invocation && own.get(invocation)) ?? all;
      const { onInterface } = its.onInterface.has(networkInterfaceId) ? its : all;
      const { ofAddress } = its.ofAddress.has(allocationId) ? its : all;
      return onInterface.get(networkInterfaceId) === allocationId || ofAddress.get(allocationId) === networkInterfaceId;
    },
  };
}

interface Noted {
  readonly onInterface: Map<string, string | undefined>;
  readonly inUse: Map<string, boolean>;
  readonly ofAddress: Map<string, string | undefined>;
}

function noAnswers(): Noted {
  return { onInterface: new Map(), inUse: new Map(), ofAddress: new Map() };
}

function note({ onInterface, inUse, ofAddress }: Noted, { NetworkInterfaces = [], Addresses = [] }: DescribeOutput) {
  for (const { NetworkInterfaceId = "", Status, Association } of NetworkInterfaces) {
    onInterface.set(NetworkInterfaceId, Association?.AllocationId);
    inUse.set(NetworkInterfaceId, Status === "in-use");
  }
  for (const it of Addresses) ofAddress.set(it.AllocationId ?? "", it.NetworkInterfaceId);
}
