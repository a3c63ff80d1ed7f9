/** Carries out one action: checks just before the write that the world is still as planned, writes, notes it. */
import { createHash } from "node:crypto";
import {
  CreateNatGatewayCommand,
  CreateTagsCommand,
  DeleteNatGatewayCommand,
  type EC2Client,
  ReplaceRouteCommand,
} from "@aws-sdk/client-ec2";
import { type Outcome as ActionOutcome, carryOut, meaningOf, noteDone } from "../actuator/outcome.ts";
import { type AwsCallError, call } from "../aws/errors.ts";
import type { FallbackPool } from "../config/fallback-settings.ts";
import { tagKeys } from "../pool/tags.ts";
import type { Action } from "./actions.ts";
import { formatFlips } from "./history.ts";
import { listNatGateways, listRoutes } from "./observe.ts";
import { permissions } from "./refusals.ts";

/** `natGatewayId`: what was made. */
export type Outcome = ActionOutcome<Action, { readonly natGatewayId?: string }>;

type Of<Kind extends Action["kind"]> = Extract<Action, { kind: Kind }>;

/** Carries out one action of a plan for the pool. Never throws for an answer of AWS. */
export function apply(ec2: EC2Client, pool: FallbackPool, action: Action): Promise<Outcome> {
  const write = async (): Promise<Outcome> => {
    const reason = await conflictOf(ec2, pool, action);
    if (reason) return { action, result: "conflict", reason };
    switch (action.kind) {
      case "create":
        return { action, result: "done", natGatewayId: await create(ec2, pool, action) };
      case "delete":
        await deleteNatGateway(ec2, action);
        return { action, result: "done" };
      case "route":
        await replaceDefaultRoute(ec2, action);
        return noteDone(action, () => note(ec2, action));
      case "note":
        await note(ec2, action);
        return { action, result: "done" };
      case "remember":
        await writeTag(ec2, action.routeTableId, tagKeys.refusals, action.text);
        return { action, result: "done" };
    }
  };
  return carryOut(action, write, meaningOfWrite);
}

/** What AWS refuses rests, and holds up nothing else; a gateway that is gone already need not be deleted. */
function meaningOfWrite(error: AwsCallError): ReturnType<typeof meaningOf> | "reported" {
  const { action, errorClass } = error;
  const isDone = action === permissions.delete && errorClass === "gone";
  const isWrite = Object.values(permissions).includes(action);
  return isWrite && !isDone && isRefusal[errorClass] ? "reported" : meaningOf(error);
}

const isRefusal: Readonly<Record<AwsCallError["errorClass"], boolean>> = {
  conflict: true,
  gone: true,
  denied: true,
  refused: true,
  quota: true,
  invalid: true,
  transient: false,
  throttled: false,
  bug: false,
};

/** Why the action must not be carried out any more, or undefined. */
async function conflictOf(ec2: EC2Client, pool: FallbackPool, action: Action): Promise<string | undefined> {
  switch (action.kind) {
    case "create": {
      const there = (await listNatGateways(ec2, pool.name)).find(
        ({ state, natGatewayId }) => state !== "failed" && state !== "deleted" && natGatewayId !== action.despite,
      );
      return there && `${there.natGatewayId} is ${there.state} already`;
    }
    case "delete": {
      const { hasRouteTo } = await listRoutes(ec2, pool);
      return hasRouteTo(action.natGatewayId) ? `a route points to ${action.natGatewayId}` : undefined;
    }
    case "route":
      return routeConflict(ec2, pool, action);
    case "note":
    case "remember":
      return undefined;
  }
}

async function routeConflict(ec2: EC2Client, pool: FallbackPool, action: Of<"route">): Promise<string | undefined> {
  const { routeTableId, from, to, row } = action;
  const [{ tables }, gateways] = await Promise.all([
    listRoutes(ec2, pool),
    to.kind === "nat" ? listNatGateways(ec2, pool.name) : [],
  ]);
  const table = tables.find((it) => it.routeTableId === routeTableId);
  if (!table) return `${routeTableId} does not belong to the pool any more`;
  if (JSON.stringify(table.route) !== JSON.stringify(from)) return `${routeTableId} has another route by now`;
  const [other] = table.otherSubnetIds;
  if (other && row !== 14) return `${other}, which is outside the pool, uses ${routeTableId} by now`;
  if (to.kind === "internet") return undefined;
  const state = gateways.find((it) => it.natGatewayId === to.natGatewayId)?.state ?? "gone";
  return state === "available" ? undefined : `${to.natGatewayId} is ${state}`;
}

/**
 * The token makes the request the same for every run that sees the same world, so that a run that crashed after the
 * call, or a describe call that lags, does not make a second gateway (EC2 API reference, CreateNatGateway).
 */
async function create(ec2: EC2Client, { name, nat, vpcId }: FallbackPool, action: Of<"create">): Promise<string> {
  const { allocationId, episode, attempt } = action;
  const place =
    nat.mode === "zonal"
      ? { SubnetId: nat.subnetId, AllocationId: allocationId }
      : {
          AvailabilityMode: "regional" as const,
          VpcId: vpcId,
          AvailabilityZoneAddresses: [{ AvailabilityZone: nat.zone, AllocationIds: [allocationId] }],
        };
  const tags = { [tagKeys.pool]: name, [tagKeys.role]: "fallback", [tagKeys.episode]: episode };
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  const ClientToken = createHash("sha256")
    .update(JSON.stringify([name, place, episode, attempt]))
    .digest("hex");
  const command = new CreateNatGatewayCommand({
    ...place,
    ClientToken,
    TagSpecifications: [{ ResourceType: "natgateway", Tags }],
  });
  const output = await call("ec2:CreateNatGateway", () => ec2.send(command));
  return output.NatGateway?.NatGatewayId ?? "";
}

export async function deleteNatGateway(
  ec2: EC2Client,
  { natGatewayId: NatGatewayId }: Pick<Of<"delete">, "natGatewayId">,
): Promise<void> {
  await call("ec2:DeleteNatGateway", () => ec2.send(new DeleteNatGatewayCommand({ NatGatewayId })));
}

export async function replaceDefaultRoute(
  ec2: EC2Client,
  { routeTableId: RouteTableId, to }: Pick<Of<"route">, "routeTableId" | "to">,
): Promise<void> {
  const target = to.kind === "nat" ? { NatGatewayId: to.natGatewayId } : { GatewayId: to.gatewayId };
  const command = new ReplaceRouteCommand({ RouteTableId, DestinationCidrBlock: "0.0.0.0/0", ...target });
  await call("ec2:ReplaceRoute", () => ec2.send(command));
}

function note(ec2: EC2Client, { routeTableId, flips }: Of<"route"> | Of<"note">): Promise<void> {
  return writeTag(ec2, routeTableId, tagKeys.flips, formatFlips(flips));
}

async function writeTag(ec2: EC2Client, routeTableId: string, Key: string, Value: string): Promise<void> {
  const command = new CreateTagsCommand({ Resources: [routeTableId], Tags: [{ Key, Value }] });
  await call("ec2:CreateTags", () => ec2.send(command));
}
