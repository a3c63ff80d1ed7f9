/** Carries out one action: checks just before the write that the world is still as planned, writes, notes it. */
import {
  AssociateAddressCommand,
  CreateTagsCommand,
  DescribeNetworkInterfacesCommand,
  DisassociateAddressCommand,
  type EC2Client,
  type Tag,
} from "@aws-sdk/client-ec2";
import { type Outcome as ActionOutcome, carryOut, meaningOf, noteDone } from "../actuator/outcome.ts";
import { AwsCallError, call } from "../aws/errors.ts";
import type { AllocationId, AssociationId, NetworkInterfaceId } from "../aws/identifiers.ts";
import { tagKeys } from "../pool/tags.ts";
import type { Action } from "./actions.ts";
import type { Address, NetworkInterface, Use } from "./model.ts";
import { listAddresses, toNetworkInterface } from "./observe-network.ts";
import { aboutCode, isTooEarly } from "./refusals.ts";
import { formatTally } from "./scout-verification.ts";
import { formatUse } from "./use.ts";

export type Outcome = ActionOutcome<Action>;

/** Carries out one action of a plan for the pool. Never throws for an answer of AWS. */
export function apply(ec2: EC2Client, poolName: string, action: Action, nowMs: number): Promise<Outcome> {
  const work = async (): Promise<Outcome> => {
    if (action.kind === "note") {
      await note(ec2, action, action.state, nowMs);
      return { action, result: "done" };
    }
    const reason = await conflictOf(ec2, poolName, action);
    if (reason) return { action, result: "conflict", reason };
    if (action.kind === "scout") await noteTrial(ec2, action, nowMs);
    await write(ec2, action);
    if (action.kind === "disassociate" || action.kind === "scout") return { action, result: "done" };
    return noteDone(action, () => note(ec2, action, "serving", nowMs));
  };
  return carryOut(action, work, (error) => (isRefusal(action, error) ? "reported" : meaningOf(error)));
}

/** Whether it is this address or this interface that AWS refuses, so that another may do. */
function isRefusal(planned: Action, { action, code, errorClass }: AwsCallError): boolean {
  if (action !== "ec2:AssociateAddress") return false;
  if (isTooEarly(planned, code)) return true;
  if (errorClass === "gone") return aboutCode(code) === "address";
  return errorClass === "refused" || errorClass === "invalid" || errorClass === "denied";
}

/** Why the action must not be carried out any more, or undefined. */
async function conflictOf(
  ec2: EC2Client,
  poolName: string,
  action: Exclude<Action, { kind: "note" }>,
): Promise<string | undefined> {
  const { networkInterfaceId, allocationId } = action;
  const [addresses, interfaces] = await Promise.all([
    listAddresses(ec2, poolName),
    call("ec2:DescribeNetworkInterfaces", () =>
      ec2.send(
        new DescribeNetworkInterfacesCommand({
          NetworkInterfaceIds: [networkInterfaceId],
          IncludeManagedResources: true,
        }),
      ),
    ),
  ]);
  const address = addresses.find((it) => it.allocationId === allocationId);
  if (!address) return `${allocationId} does not belong to the pool any more`;
  if (address.associationId !== undefined && action.kind === "disassociate") {
    return address.associationId === action.associationId ? undefined : `${allocationId} has moved`;
  }
  const expectedOn = fromOf(action);
  if (address.networkInterfaceId !== expectedOn) {
    return `${allocationId} is on ${address.networkInterfaceId ?? "no interface"}, not on ${expectedOn ?? "none"}`;
  }
  const it = interfaces.NetworkInterfaces?.map(toNetworkInterface)[0];
  if (!it?.inUse && !it?.pending) return `${networkInterfaceId} is not in use any more`;
  const expected = action.kind === "swap" ? action.replaces : undefined;
  return occupant(networkInterfaceId, addresses, expected) ?? otherwiseShown(it, addresses, expected);
}

/**
 * Any other address of the pool on the interface than the one expected there. Each address is described with a lag of
 * its own, so for a moment after a swap two can show the same interface: then it is not known which one it has.
 */
function occupant(
  networkInterfaceId: NetworkInterfaceId,
  addresses: readonly Address[],
  expected: AllocationId | undefined,
): string | undefined {
  const found = addresses.filter((it) => it.networkInterfaceId === networkInterfaceId).map((it) => it.allocationId);
  return found.join() === (expected ?? "")
    ? undefined
    : `${networkInterfaceId} has ${found.join(" and ") || "no address"}, expected ${expected ?? "none"}`;
}

/**
 * Associating would silently displace what is on the interface (EC2 API, AssociateAddress), so anything that the
 * interface itself shows and that is not expected there forbids it: a foreign address, or one of the pool's own whose
 * description lags behind.
 */
function otherwiseShown(
  { shownAllocationId: shown }: NetworkInterface,
  addresses: readonly Address[],
  expected: AllocationId | undefined,
): string | undefined {
  if (shown === undefined || shown === expected) return undefined;
  const whose = addresses.some((it) => it.allocationId === shown) ? "the pool's address" : "the foreign address";
  return `the interface carries ${whose} ${shown}`;
}

async function write(ec2: EC2Client, action: Exclude<Action, { kind: "note" }>): Promise<void> {
  switch (action.kind) {
    case "associate":
    case "move":
    case "scout":
      return associate(ec2, action.allocationId, action.networkInterfaceId, fromOf(action) !== undefined);
    case "swap":
      return swap(ec2, action);
    case "disassociate":
      return disassociate(ec2, action.associationId);
  }
}

/** Where the address is taken from: a leaving interface, or the scout's. */
function fromOf(action: Exclude<Action, { kind: "note" }>): NetworkInterfaceId | undefined {
  return "from" in action ? action.from : undefined;
}

/**
 * `AllowReassociation` is always explicit: its default is documented as "reassociation is automatic", which would
 * let every association take an address from another interface.
 */
async function associate(
  ec2: EC2Client,
  AllocationId: string,
  NetworkInterfaceId: string,
  AllowReassociation: boolean,
): Promise<void> {
  const command = new AssociateAddressCommand({ AllocationId, NetworkInterfaceId, AllowReassociation });
  await call("ec2:AssociateAddress", () => ec2.send(command));
}

/** An association that is gone is as good as ended. */
export async function disassociate(ec2: EC2Client, AssociationId: AssociationId): Promise<void> {
  try {
    await call("ec2:DisassociateAddress", () => ec2.send(new DisassociateAddressCommand({ AssociationId })));
  } catch (error) {
    if (!(error instanceof AwsCallError) || error.errorClass !== "gone") throw error;
  }
}

/** One call displaces the blocked address. Should AWS refuse that, free the interface first, and undo if that fails. */
async function swap(ec2: EC2Client, action: Extract<Action, { kind: "swap" }>): Promise<void> {
  const { allocationId, networkInterfaceId, replaces } = action;
  try {
    await associate(ec2, allocationId, networkInterfaceId, true);
  } catch (error) {
    if (!(error instanceof AwsCallError) || error.code !== "Resource.AlreadyAssociated") throw error;
    await disassociate(ec2, action.replacesAssociation);
    try {
      await associate(ec2, allocationId, networkInterfaceId, action.from !== undefined);
    } catch (failure) {
      await associate(ec2, replaces, networkInterfaceId, false);
      throw failure;
    }
  }
}

function note(
  ec2: EC2Client,
  { allocationId, subnetId }: Action,
  state: Use["state"],
  nowMs: number,
  more: readonly Tag[] = [],
): Promise<unknown> {
  const Tags = [{ Key: tagKeys.use, Value: formatUse({ state, subnetId, sinceMs: nowMs }) }, ...more];
  return call("ec2:CreateTags", () => ec2.send(new CreateTagsCommand({ Resources: [allocationId], Tags })));
}

/** Before the association, so that one that was paid for is never forgotten. */
function noteTrial(ec2: EC2Client, action: Extract<Action, { kind: "scout" }>, nowMs: number): Promise<unknown> {
  return note(ec2, action, "scouting", nowMs, [{ Key: tagKeys.verifications, Value: formatTally(action.tally) }]);
}
