/** What fallback reports, in words: used by its events, its alarm, the command line and the console. Pure. */
import { errorClasses } from "../aws/errors.ts";
import { overrideRemediation } from "../pool/override.ts";
import { counted } from "../telemetry/counted.ts";
import type { FindingRow, FindingTable } from "../telemetry/finding.ts";
import type { Finding } from "./actions.ts";
import { priceUsdPerHour } from "./cost.ts";
import { permissions } from "./refusals.ts";

/** Remediations by AWS's code: of failed gateways (EC2 API reference, NatGateway) and of refused calls. */
const codeRemediations: Readonly<Record<string, string>> = {
  InsufficientFreeAddressesInSubnet: "free an IP address in the NAT gateway's subnet, or configure another subnet",
  "Gateway.NotAttached": "attach an internet gateway to the VPC",
  "InvalidAllocationID.NotFound":
    "the fallback address does not exist any more: allocate one, tag it, and have the partners allow-list it",
  "Resource.AlreadyAssociated": "disassociate the fallback address from what it is associated with",
  "InvalidSubnetID.NotFound": "the NAT gateway's subnet does not exist any more: configure one that does",
  NotAvailableInZone: "configure a subnet in another Availability Zone for the NAT gateway, and deploy",
  NatGatewayLimitExceeded:
    "delete another NAT gateway of that zone, or request a higher quota (NAT gateways per Availability Zone, L-FE5A380F)",
};
const deniedRemediation =
  "run npx sst refresh and then npx sst deploy; if it is denied then too, ask who owns the account's service control policies";

/** What goes on costing while AWS refuses to delete it. One that failed is refused alike, and costs nothing. */
const costs = `while it is available it costs $${priceUsdPerHour} an hour in us-east-1`;

function since(ms: number): string {
  return new Date(ms).toISOString();
}

/** Returns a row for what keeps fallback from its work. */
function problem<Kind extends Finding["kind"]>(
  text: FindingRow<Extract<Finding, { kind: Kind }>>["text"],
  remediation: FindingRow<Extract<Finding, { kind: Kind }>>["remediation"],
  severity: "error" | "warning" = "error",
): FindingRow<Extract<Finding, { kind: Kind }>> {
  return { severity, section: "fallback-problem", text, remediation };
}

export const findingTable: FindingTable<Finding> = {
  "no-route-tables": problem(
    () => "no route table has the pool's tag, so fallback has no route to replace",
    () => "tag the route tables of the members' subnets with holdfast:pool and the pool's name",
  ),
  "no-default-route": problem(
    ({ routeTableId }) => `${routeTableId} has no default route`,
    ({ routeTableId }) =>
      `add a route for 0.0.0.0/0 to ${routeTableId}, to the internet gateway; or remove the pool's tag from it`,
  ),
  "foreign-route": problem(
    ({ routeTableId, target }) =>
      `the default route of ${routeTableId} points to ${target}, which does not belong to Holdfast`,
    ({ routeTableId }) =>
      `point 0.0.0.0/0 of ${routeTableId} to the internet gateway, or remove the pool's tag from the table`,
  ),
  "shared-route-table": problem(
    ({ routeTableId, otherSubnetIds }) =>
      `${otherSubnetIds.join(", ")} outside the pool uses ${routeTableId}, a route table of the pool: its route is not replaced`,
    ({ otherSubnetIds }) => `associate ${otherSubnetIds.join(", ")} with another route table, each with its own`,
  ),
  "subnet-uncovered": problem(
    ({ subnetId, routeTableId }) =>
      `the members' subnet ${subnetId} uses ${routeTableId ?? "no route table"}, which is not the pool's: in fallback its members stay on their own addresses`,
    ({ subnetId }) =>
      `associate ${subnetId} with a route table of its own, list that in routeTableIds if the network is an existing one, and deploy`,
  ),
  "no-internet-gateway": problem(
    () => "the pool's VPC has no internet gateway",
    () => "attach an internet gateway to the pool's VPC",
  ),
  "nat-subnet-unrouted": problem(
    ({ subnetId }) => `the NAT gateway's subnet ${subnetId} has no route to the internet gateway`,
    ({ subnetId }) => `give the route table of ${subnetId} a route for 0.0.0.0/0 to the internet gateway`,
  ),
  "nat-subnet-in-pool": problem(
    ({ subnetId, routeTableId }) => `the NAT gateway's subnet ${subnetId} uses ${routeTableId}, as members do`,
    ({ subnetId }) =>
      `associate ${subnetId} with a route table of its own, with a route to the internet gateway and without the pool's tag`,
  ),
  "address-missing": problem(
    () => "the pool has no fallback address",
    () =>
      "allocate an Elastic IP, tag it holdfast:pool and holdfast:role=fallback, and have the partners allow-list it",
  ),
  "address-elsewhere": problem(
    ({ allocationId, on }) => `the fallback address ${allocationId} is associated with ${on}`,
    ({ allocationId, on }) => `disassociate ${allocationId} from ${on}: the fallback address must be free`,
  ),
  "alarm-missing": problem(
    () => "the alarm that triggers fallback does not exist: the pool does not fail over by itself",
    () => "run npx sst refresh and then npx sst deploy",
  ),
  "unknown-override": problem(
    ({ text }) => `the override is ${JSON.stringify(text)}, which is not a known value: nothing is changed`,
    () => overrideRemediation,
  ),
  "gateway-failed": problem(
    ({ code, sinceMs }) => `no NAT gateway has come up since ${since(sinceMs)}, each failed: ${code}`,
    ({ code }) =>
      codeRemediations[code] ?? "Holdfast tries again; if it goes on, open a support case with the gateway's id",
    "warning",
  ),
  "gateway-overdue": problem(
    ({ natGatewayId, state, sinceMs }) => `NAT gateway ${natGatewayId} has been ${state} since ${since(sinceMs)}`,
    ({ natGatewayId, state }) =>
      state === "pending"
        ? `aws ec2 delete-nat-gateway --nat-gateway-id ${natGatewayId}: Holdfast then creates another with the same address; it costs nothing until it is available, and then $${priceUsdPerHour} an hour`
        : "open a support case with its id; Holdfast creates another as soon as the fallback address is free",
  ),
  refused: {
    severity: "error",
    section: "fallback-failing",
    text: ({ permission, on, code, sinceMs }) =>
      `AWS has refused ${permission}${on ? ` of ${on}` : ""} since ${since(sinceMs)}: ${code}${permission === permissions.delete ? `; ${costs}` : ""}`,
    remediation: ({ code }) =>
      codeRemediations[code] ??
      (errorClasses[code] === "denied"
        ? deniedRemediation
        : "fix what the code names (the function's log has AWS's words); Holdfast tries again within a quarter of an hour"),
  },
  "flips-exhausted": problem(
    ({ flips }) => `the pool changed its route ${counted(flips, "time")} in a day, so it stays in fallback`,
    () => "ask the partner why it blocks, or set holdfast:override=direct if you know that it does not any more",
    "warning",
  ),
  "not-helping": problem(
    () => "the pool is in fallback but still blocked: the partner refuses the fallback address too",
    () => "ask the partner to allow-list the fallback address, or set holdfast:override=direct to save the cost",
    "warning",
  ),
  "too-long": {
    severity: "warning",
    section: "fallback-too-long",
    text: ({ sinceMs }) => `the pool has been in fallback since ${new Date(sinceMs).toISOString()}, and pays for it`,
    remediation: () => "have the partner unblock the addresses, or set holdfast:override=direct",
  },
  override: {
    severity: "warning",
    section: "override-active",
    text: ({ value }) => `an operator's override is set: ${value}`,
    remediation: () => "remove holdfast:override from the pool's addresses when it is no longer needed",
  },
};
