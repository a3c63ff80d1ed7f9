/** What each baseline does to a simulated account, and how packets leave where the twin does not model its parts. */
import type { Random } from "../twin/random.ts";
import { type SimulatedAccount, tryCall } from "./account.ts";
import type { SimulatedPool } from "./settle-in.ts";

const minuteMs = 60_000;
const retryMs = 5_000;
const retries = 60;
/** An environment lives for hours at most; assumed. It keeps its address, also when its process has left (aws-facts: an exit resets the environment and promises no new one). */
const sandboxMinutes = 45;
/** Addresses of the shared pool that an account meets; assumed. One of them is always refused, because of what other customers did with it. */
const sharedAddresses = 8;
/** alterNAT asks two URLs every 5 s, each with a time-out of 5 s (app.py): the time until it has changed its routes. */
const noticeMs = 15_000;

/** How each way of the members leaves now: the addresses, or none without a way out. */
export type Ways = () => readonly (readonly string[])[];

export interface BaselineScene {
  associateOnce(): Promise<undefined>;
  followInterfaceEvents(): Promise<undefined>;
  leaveBySharedPool(): Ways;
  leaveByNat(kind: "gateway" | "instance"): Ways;
}

/** Failures of NAT gateways and instances: the same zones at the same times for every baseline. */
export interface NatFailures {
  /** Called for each failure: its zone, and how long it lasts if nothing replaces the device. */
  onFailure(listener: (zone: number, ms: number) => void): void;
}

export function openBaselineScene(
  account: SimulatedAccount,
  pool: SimulatedPool,
  natFailures: NatFailures,
  shared: SharedPool,
): BaselineScene {
  return {
    associateOnce: () => associateOnce(account, pool),
    followInterfaceEvents: () => followInterfaceEvents(account, pool),
    leaveBySharedPool: () => leaveBySharedPool(account, pool, shared),
    leaveByNat: (kind) => leaveByNat(account, pool, natFailures, kind),
  };
}

/** The addresses of Lambda's shared pool, and which of them a partner refuses. */
export interface SharedPool {
  readonly ips: readonly string[];
  readonly alwaysRefused: string;
}

export const sharedPool: SharedPool = {
  ips: Array.from({ length: sharedAddresses }, (_, index) => `203.0.113.${10 + index}`),
  alwaysRefused: "203.0.113.10",
};

/** The custom resource runs when the functions are there, and never again. */
async function associateOnce({ region, operator }: SimulatedAccount, pool: SimulatedPool): Promise<undefined> {
  region.clock.after(5 * minuteMs, async () => {
    const found = [...region.world.networkInterfaces.values()].filter((it) => it.interfaceType === "lambda");
    for (const [index, { networkInterfaceId: NetworkInterfaceId }] of found.entries()) {
      const AllocationId = pool.allocationIds[index];
      if (AllocationId) await tryCall(operator, "ec2", "AssociateAddress", { AllocationId, NetworkInterfaceId });
    }
  });
  return undefined;
}

interface InterfaceEvent {
  readonly detail: {
    readonly eventName: string;
    readonly requestParameters: { readonly networkInterfaceId?: string };
    readonly responseElements: { readonly networkInterface?: { readonly networkInterfaceId: string } };
  };
}

/** Allocates and associates when an interface is made, releases when it is deleted. */
async function followInterfaceEvents(
  { region, operator, path }: SimulatedAccount,
  pool: SimulatedPool,
): Promise<undefined> {
  const FunctionName = "baseline";
  const { FunctionArn } = await operator<{ FunctionArn: string }>("lambda", "CreateFunction", {
    FunctionName,
    Role: "arn:aws:iam::123456789012:role/baseline",
    Runtime: "nodejs24.x",
    Handler: "index.handler",
    Timeout: 900,
    Code: { ZipFile: new Uint8Array() },
  });
  const eventName = ["CreateNetworkInterface", "DeleteNetworkInterface"];
  const EventPattern = JSON.stringify({
    "detail-type": ["AWS API Call via CloudTrail"],
    detail: { eventName, errorCode: [{ exists: false }] },
  });
  await operator("events", "PutRule", { Name: FunctionName, EventPattern });
  await operator("events", "PutTargets", { Rule: FunctionName, Targets: [{ Id: "function", Arn: FunctionArn }] });
  for (const AllocationId of pool.allocationIds) await operator("ec2", "ReleaseAddress", { AllocationId });
  const given = new Map<string, string>();
  path.registerHandler(FunctionName, async (event) => {
    const { detail } = event as InterfaceEvent;
    const made = detail.responseElements.networkInterface?.networkInterfaceId;
    if (made === undefined) {
      const AllocationId = given.get(detail.requestParameters.networkInterfaceId ?? "");
      if (AllocationId) await tryCall(operator, "ec2", "ReleaseAddress", { AllocationId });
      return;
    }
    if (given.has(made)) return;
    const address = await tryCall<{ AllocationId: string }>(operator, "ec2", "AllocateAddress", { Domain: "vpc" });
    if (!address) return;
    given.set(made, address.AllocationId);
    const input = { AllocationId: address.AllocationId, NetworkInterfaceId: made };
    for (let attempt = 0; attempt < retries; attempt++) {
      if (await tryCall(operator, "ec2", "AssociateAddress", input)) return;
      await region.clock.sleep(retryMs);
    }
  });
  return undefined;
}

/** As many environments as the other baselines have zones, each with an address of the shared pool for as long as it lives. */
function leaveBySharedPool(
  { region: { clock, random } }: SimulatedAccount,
  pool: SimulatedPool,
  { ips }: SharedPool,
): Ways {
  const own = random.fork("sandboxes");
  const sandboxes = pool.network.subnetIds.map(() => own.pick(ips));
  const renew = (index: number, drawn: Random) => {
    clock.after(-Math.log(1 - drawn.next()) * sandboxMinutes * minuteMs, () => {
      sandboxes[index] = drawn.pick(ips);
      renew(index, drawn);
    });
  };
  sandboxes.forEach((_, index) => {
    renew(index, own.fork(`sandbox ${index}`));
  });
  return () => sandboxes.map((ip) => [ip]);
}

/**
 * A NAT gateway per zone, which nothing replaces while it fails; or a NAT instance per zone, whose traffic goes to
 * the zone's NAT gateway once alterNAT has noticed, and stays there: nothing routes it back (alterNAT's README).
 */
function leaveByNat(
  { region: { clock } }: SimulatedAccount,
  pool: SimulatedPool,
  failures: NatFailures,
  kind: "gateway" | "instance",
): Ways {
  const devices = pool.publicIps.slice(0, pool.network.subnetIds.length);
  const now: (readonly string[])[] = devices.map((ip) => [ip]);
  failures.onFailure((zone, ms) => {
    const before = now[zone] ?? [];
    const isInstance = kind === "instance" && before[0] === devices[zone];
    now[zone] = [];
    const after = isInstance ? [standbyIps[zone] ?? ""] : before;
    clock.after(isInstance ? noticeMs : ms, () => {
      now[zone] = after;
    });
  });
  return () => now;
}

/** By which addresses NAT gateways behind NAT instances leave: declared as the instances' are. */
export const standbyIps: readonly string[] = ["198.18.0.1", "198.18.0.2"];
