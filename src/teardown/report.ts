/** What a teardown says: of what it did, of what it left, and of why it stopped. Pure. */
import type { TeardownRequest } from "../config/teardown-request.ts";
import type { Action, Blocker, Finding, Plan, Wait } from "./actions.ts";
import type { Work } from "./model.ts";

const again = "run the same command again";

export function actionText(action: Action): string {
  switch (action.kind) {
    case "disassociate":
      return `disassociated ${action.allocationId} from ${action.networkInterfaceId}`;
    case "tag":
      return `put ${action.allocationId} into the pool again`;
    case "untag":
      return `took ${action.allocationId} out of the pool`;
    case "withdraw":
      return `took ${nameOf(action.functionArn)} out of the VPC`;
    case "route":
      return `replaced the default route of ${action.routeTableId} by ${action.gatewayId}`;
    case "delete":
      return `deleted ${action.natGatewayId}`;
  }
}

export function findingText(finding: Finding): string {
  const { routeTableId } = finding;
  switch (finding.kind) {
    case "foreign-route":
      return `the default route of ${routeTableId} goes to ${finding.target}, which is not Holdfast's: it stays`;
    case "no-default-route":
      return `${routeTableId} has no default route`;
    case "no-internet-gateway":
      return `the default route of ${routeTableId} goes nowhere: its VPC has no internet gateway`;
  }
}

/** Why the removal stops, and what to do. */
export function blockerText(request: Work, blocker: Blocker): string {
  const path = `pools.${request.pool}`;
  if (blocker.kind === "foreign-routes") {
    const routes = blocker.routes.map((it) => `${it.routeTableId} goes to ${it.natGatewayId}`).join(", ");
    return (
      `${path}.network: ${routes}, a NAT gateway of the pool's fallback, and is not one of the pool's route tables: ` +
      `point it elsewhere, then ${again}`
    );
  }
  if (blocker.kind === "in-use") {
    const used = blocker.addresses.map((it) => `${it.allocationId} on ${it.networkInterfaceId}`).join(", ");
    return (
      `${path}.addresses: would be released, and are in use: ${used}: nothing was changed for them. Put them back into the ` +
      'configuration and deploy with addresses.onRemove "retain": what you take out then is kept, and can be released once ' +
      `it serves nothing (an address of a NAT gateway: once fallback.standby is off). Or ${again} when they serve nothing`
    );
  }
  const names = blocker.functionNames.join(", ");
  return (
    `${path}.members: functions are still configured for ${placeOf(request)}: ${names}: take them out of the pool ` +
    `(change or remove their VPC configuration), then ${again}; nothing was changed for them: they keep their ` +
    "addresses, but relocation no longer follows their interfaces"
  );
}

/** What is left when the time is over. */
export function leftText(request: Work, plan: Plan | undefined, seconds: number): string {
  const left = [...(plan?.actions ?? []).map(pendingText), ...(plan?.waits ?? []).map(waitText)].join(", ");
  return `pools.${request.pool}: ${placeOf(request)} is not free after ${seconds} s, left: ${left || "all"}: ${again}`;
}

export function placeOf(request: Work | TeardownRequest): string {
  return request.kind === "subnet" ? request.subnetId : request.vpcId;
}

function pendingText(action: Action): string {
  switch (action.kind) {
    case "disassociate":
      return `${action.allocationId} on ${action.networkInterfaceId}`;
    case "tag":
    case "untag":
      return `the tag of ${action.allocationId}`;
    case "withdraw":
      return `${nameOf(action.functionArn)} in the VPC`;
    case "route":
      return `the default route of ${action.routeTableId}`;
    case "delete":
      return action.natGatewayId;
  }
}

function waitText(wait: Wait): string {
  switch (wait.kind) {
    case "members":
      return `members ${wait.functionNames.join(", ")}`;
    case "probe":
      return `the update of ${nameOf(wait.functionArn)}`;
    case "gateway":
      return `the deletion of ${wait.natGatewayId}`;
    case "runs":
      return "runs that may still undo it";
  }
}

function nameOf(functionArn: string): string {
  return functionArn.slice(functionArn.lastIndexOf(":") + 1);
}
