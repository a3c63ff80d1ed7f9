/** What the person on call can do about each finding. Pure. */
import type { Finding } from "./actions.ts";

/** What to do, by AWS's failure code (EC2 API reference, NatGateway). */
const failureRemediations: Readonly<Record<string, string>> = {
  InsufficientFreeAddressesInSubnet: "free an address in the NAT subnet, or give another subnet",
  "Gateway.NotAttached": "attach an internet gateway to the VPC",
  "InvalidAllocationID.NotFound": "the fallback address is gone: allocate one, tag it, and tell the partners",
  "Resource.AlreadyAssociated": "disassociate the fallback address from what it is on",
  "InvalidSubnetID.NotFound": "the NAT subnet is gone: give one that exists",
};

/** Returns what to do, as one sentence. */
export function remediationOf(finding: Finding): string {
  switch (finding.kind) {
    case "no-route-tables":
      return "tag the route tables of the members' subnets with holdfast:pool and the pool's name";
    case "no-default-route":
      return `add a route for 0.0.0.0/0 to ${finding.routeTableId}, to the internet gateway; or take the pool's tag off it`;
    case "foreign-route":
      return `0.0.0.0/0 of ${finding.routeTableId} points to ${finding.target}, which is not Holdfast's: point it to the internet gateway, or take the pool's tag off the table`;
    case "shared-route-table":
      return `${finding.otherSubnetIds.join(", ")} outside the pool uses ${finding.routeTableId}, whose route is therefore not replaced: associate each of them with a route table of its own`;
    case "no-internet-gateway":
      return "attach an internet gateway to the pool's VPC";
    case "nat-subnet-unrouted":
      return `give the route table of ${finding.subnetId} a route for 0.0.0.0/0 to the internet gateway`;
    case "nat-subnet-in-pool":
      return `${finding.subnetId} uses ${finding.routeTableId}, a table of the members: give it a table of its own, with a route to the internet gateway and without the pool's tag`;
    case "address-missing":
      return "allocate an Elastic IP, tag it holdfast:pool and holdfast:role=fallback, and tell the partners";
    case "address-elsewhere":
      return `disassociate ${finding.allocationId} from ${finding.on}: the fallback address must be free`;
    case "alarm-missing":
      return "run npx sst refresh and then npx sst deploy: without its alarm the pool never goes into fallback by itself";
    case "unknown-override":
      return `holdfast:override says ${JSON.stringify(finding.text)}: set it to direct, fallback or paused, the same on every address of the pool, or remove it`;
    case "gateway-failed":
      return (
        failureRemediations[finding.code] ?? "it is tried again; should it go on, ask AWS support with the gateway's id"
      );
    case "attempts-exhausted":
      return "mend what the gateway's failure names; it is tried again within the hour";
    case "flips-exhausted":
      return "the pool stays in fallback: ask the partner why it blocks, or set holdfast:override=direct when you know better";
    case "not-helping":
      return "the partner refuses the fallback address as well: ask it to allow the address, or set holdfast:override=direct to save the cost";
    case "too-long":
      return "the NAT gateway goes on costing: have the partner unblock the addresses, or set holdfast:override=direct";
    case "override":
      return "remove holdfast:override from the pool's addresses when it has served its purpose";
  }
}
