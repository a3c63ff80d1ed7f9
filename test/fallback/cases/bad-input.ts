/** Networks and addresses with which fallback cannot do what it is for: said clearly, the present state is kept. */
import type { RouteTableId, SubnetId } from "../../../src/aws/identifiers.ts";
import { alarm, egress, fallbackAddress, flip, gateway, nat, shared, table, world } from "../build.ts";
import type { Case } from "./case.ts";

const raised = { alarm: alarm("raised", 1), egress: [egress("1", "a", true)] };
const available = [gateway("1", "available")];
const natSubnet = {
  subnetId: "subnet-nat" as SubnetId,
  routeTableId: "rtb-nat" as RouteTableId,
  toInternet: false,
};
const without = { ...table("a"), route: undefined };
const uncovered = [{ subnetId: "subnet-b" as SubnetId, routeTableId: "rtb-main" as RouteTableId }];
const elsewhere = { ...table("a"), route: { kind: "other", target: "tgw-1" } as const };

export const badInput: readonly Case[] = [
  {
    name: "a members' subnet uses the VPC's main table: reported, the tables of the others go over",
    observed: world({ ...raised, uncovered, routeTables: [table("a")], natGateways: available }),
    actions: ["route 7 rtb-a to nat-1"],
    findings: ["subnet-uncovered subnet-b rtb-main"],
  },
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
    name: "a default route to a foreign NAT gateway: not touched",
    observed: world({ routeTables: [table("a", nat("x"))] }),
    findings: ["foreign-route rtb-a nat-x"],
  },
  {
    name: "a dead route that was never ours: not touched",
    observed: world({ routeTables: [table("a", nat("x", true))] }),
    findings: ["foreign-route rtb-a nat-x"],
  },
  {
    name: "a table that a subnet outside the pool uses: not touched, the others go over",
    observed: world({ ...raised, routeTables: [shared(table("a")), table("b")], natGateways: available }),
    actions: ["route 7 rtb-b to nat-1"],
    findings: ["shared-route-table rtb-a subnet-x"],
  },
  {
    name: "every table is used by a subnet outside the pool: no gateway is made, since no route may lead to it",
    observed: world({ ...raised, routeTables: [shared(table("a")), shared(table("b"))] }),
    findings: ["shared-route-table rtb-a subnet-x", "shared-route-table rtb-b subnet-x"],
  },
  {
    name: "every default route leads to something else: no gateway is made either",
    observed: world({ ...raised, routeTables: [elsewhere] }),
    findings: ["foreign-route rtb-a tgw-1"],
  },
  {
    name: "a table in fallback that a subnet outside the pool uses by now: the others return, it stays as it is",
    observed: world({
      routeTables: [shared(table("a", nat("1"), flip("fallback", 60))), table("b", nat("1"), flip("fallback", 60))],
      natGateways: available,
    }),
    actions: ["route 10 rtb-b to igw-1"],
    findings: ["shared-route-table rtb-a subnet-x"],
  },
  {
    name: "… and the operator asks for direct: the same",
    observed: world({
      routeTables: [shared(table("a", nat("1"), flip("fallback", 60))), table("b", nat("1"), flip("fallback", 1))],
      natGateways: available,
      override: { kind: "direct" },
    }),
    actions: ["route 16 rtb-b to igw-1"],
    findings: ["override direct", "shared-route-table rtb-a subnet-x"],
  },
  {
    name: "… and its gateway is dead: the route carries nothing for anybody, so it returns",
    observed: world({ routeTables: [shared(table("a", nat("1", true), flip("fallback", 60)))] }),
    actions: ["route 14 rtb-a to igw-1"],
    findings: ["shared-route-table rtb-a subnet-x"],
  },
  {
    name: "members left behind keep the alarm raised: that does not say that the partner refuses the fallback address",
    observed: world({
      alarm: alarm("raised", 60),
      routeTables: [shared(table("a")), table("b", nat("1"), flip("fallback", 60))],
      natGateways: available,
    }),
    findings: ["shared-route-table rtb-a subnet-x"],
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
