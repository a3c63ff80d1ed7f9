/** Networks and addresses with which fallback cannot do what it is for: said clearly, the present state is kept. */
import type { RouteTableId, SubnetId } from "../../../src/aws/identifiers.ts";
import { alarm, egress, fallbackAddress, flip, gateway, nat, table, world } from "../build.ts";
import type { Case } from "./case.ts";

const raised = { alarm: alarm("raised", 1), egress: [egress("1", "a", true)] };
const available = [gateway("1", "available")];
const natSubnet = {
  subnetId: "subnet-nat" as SubnetId,
  routeTableId: "rtb-nat" as RouteTableId,
  toInternet: false,
};
const without = { ...table("a"), route: undefined };
const elsewhere = { ...table("a"), route: { kind: "other", target: "tgw-1" } as const };

export const badInput: readonly Case[] = [
  {
    name: "no route table",
    observed: world({ routeTables: [] }),
    findings: ["no-route-tables"],
  },
  {
    name: "a route table without a default route: the others go over",
    observed: world({ ...raised, routeTables: [without, table("b")], natGateways: available }),
    actions: ["route 7 rtb-b to nat-1"],
    findings: ["no-default-route rtb-a"],
  },
  {
    name: "a default route to something else: not touched",
    observed: world({ ...raised, routeTables: [elsewhere], natGateways: available }),
    findings: ["foreign-route rtb-a tgw-1"],
  },
  {
    name: "a default route to somebody else's NAT gateway: not touched",
    observed: world({ routeTables: [table("a", nat("x"))] }),
    findings: ["foreign-route rtb-a nat-x"],
  },
  {
    name: "a dead route that was never ours: not touched",
    observed: world({ routeTables: [table("a", nat("x", true))] }),
    findings: ["foreign-route rtb-a nat-x"],
  },
  {
    name: "a NAT subnet without an internet route: no gateway is made",
    observed: world({ ...raised, natSubnet }),
    findings: ["nat-subnet-unrouted subnet-nat"],
  },
  {
    name: "a NAT subnet without an internet route: no route leads to the gateway in it",
    observed: world({ ...raised, natSubnet, natGateways: available }),
    findings: ["nat-subnet-unrouted subnet-nat"],
  },
  {
    name: "a NAT subnet that uses a table of the members: the gateway would lead to itself",
    observed: world({
      ...raised,
      natSubnet: { ...natSubnet, routeTableId: "rtb-a" as RouteTableId, toInternet: true },
      natGateways: available,
    }),
    findings: ["nat-subnet-in-pool subnet-nat rtb-a"],
  },
  {
    name: "no fallback address",
    observed: world({ ...raised, fallbackAddress: undefined }),
    findings: ["address-missing"],
  },
  {
    name: "the fallback address is associated elsewhere",
    observed: world({ ...raised, fallbackAddress: fallbackAddress("eni-x") }),
    findings: ["address-elsewhere eipalloc-f eni-x"],
  },
  {
    name: "the fallback address is on the pool's own gateway: all well",
    observed: world({ ...raised, fallbackAddress: fallbackAddress("eni-nat"), natGateways: available }),
    actions: ["route 7 rtb-a to nat-1", "route 7 rtb-b to nat-1"],
  },
  {
    name: "no internet gateway: nothing can return",
    observed: world({
      internetGatewayId: undefined,
      routeTables: [table("a", nat("1"), flip("fallback", 60))],
      natGateways: available,
    }),
    findings: ["no-internet-gateway"],
  },
];
