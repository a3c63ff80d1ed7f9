import { describe, expect, it } from "vitest";
import type { Plan, Wait } from "../../src/teardown/actions.ts";
import type { ObservedFallback, ObservedSubnet, OwnAddress } from "../../src/teardown/model.ts";
import {
  planAddresses,
  planFallback,
  planRoutes,
  planSubnet,
  type SubnetPolicy,
  type Times,
  workOf,
} from "../../src/teardown/plan.ts";
import { gateway, internet, nat, table } from "../fallback/build.ts";
import { after, early, fallback, fn, foreign, held, late, own, policy, probe, subnet } from "./build.ts";

interface Expected {
  readonly actions?: readonly string[];
  readonly waits?: readonly string[];
  readonly findings?: readonly string[];
  readonly blocker?: string;
}

interface Case<Observed> extends Expected {
  readonly name: string;
  readonly observed: Observed;
  readonly times: Times;
}

function tell({ actions, waits, findings, blocker }: Plan): Expected {
  return {
    actions: actions.map((it) => {
      const what =
        it.kind === "disassociate"
          ? `${it.associationId}`
          : it.kind === "withdraw"
            ? it.functionArn.split(":").at(-1)
            : it.kind === "route"
              ? `${it.routeTableId} to ${it.gatewayId}`
              : it.kind === "delete"
                ? it.natGatewayId
                : it.allocationId;
      return `${it.kind} ${it.row} ${what}`;
    }),
    waits: waits.map(toldWait),
    findings: findings.map((it) => `${it.kind} ${it.routeTableId}${"target" in it ? ` ${it.target}` : ""}`),
    ...(blocker && {
      blocker:
        blocker.kind === "members"
          ? `members ${blocker.functionNames}`
          : blocker.kind === "in-use"
            ? `in-use ${blocker.addresses.map((it) => it.allocationId)}`
            : `foreign-routes ${blocker.routes.map((it) => it.routeTableId)}`,
    }),
  };
}

function toldWait(wait: Wait): string {
  if (wait.kind === "members") return `members ${wait.functionNames}`;
  if (wait.kind === "probe") return `probe ${wait.functionArn.split(":").at(-1)}`;
  return wait.kind === "gateway" ? `gateway ${wait.natGatewayId}` : "runs";
}

const expected = ({ actions = [], waits = [], findings = [], blocker }: Expected) => ({
  actions,
  waits,
  findings,
  ...(blocker && { blocker }),
});

const subnetCases: readonly (Case<ObservedSubnet> & { readonly policy?: SubnetPolicy })[] = [
  {
    name: "1: members are there, and nothing is touched while they may still go",
    observed: subnet({ functions: [fn("b"), fn("a")], addresses: [held("1")], probes: [probe("zone-1", "here")] }),
    times: after(119),
    waits: ["members a,b"],
  },
  {
    name: "2: members are there for good",
    observed: subnet({ functions: [fn("a")], addresses: [held("1")], probes: [probe("zone-1", "here")] }),
    times: after(120),
    blocker: "members a",
  },
  {
    name: "2: a function with other groups that has an address of the pool is a member",
    observed: subnet({ functions: [fn("a", "other")], addresses: [held("1", "other")] }),
    times: late,
    blocker: "members a",
  },
  {
    name: "3: a function with other groups and no address of the pool is none",
    observed: subnet({ functions: [fn("a", "other")], addresses: [held("1")] }),
    times: late,
    actions: ["disassociate 3 eipassoc-1"],
  },
  {
    name: "2: … unless the subnet itself goes",
    observed: subnet({ functions: [fn("a", "other")], addresses: [held("1")] }),
    times: late,
    policy: { ...policy, deletesSubnet: true },
    blocker: "members a",
  },
  {
    name: "3 and 4: addresses on interfaces and probes in the subnet, at once",
    observed: subnet({ addresses: [held("1"), held("2", "other")], probes: [probe("zone-1", "here")] }),
    times: early,
    actions: ["disassociate 3 eipassoc-1", "disassociate 3 eipassoc-2", "withdraw 4 zone-1"],
    waits: ["runs"],
  },
  {
    name: "3: the same when nobody looked for members",
    observed: subnet({ functions: undefined, addresses: [held("1")] }),
    times: early,
    actions: ["disassociate 3 eipassoc-1"],
    waits: ["runs"],
  },
  {
    name: "4: a probe in another subnet stays there, one in none too",
    observed: subnet({ probes: [probe("zone-2", "elsewhere"), probe("zone-3", "outside")] }),
    times: late,
  },
  {
    name: "4: a probe that failed to leave is asked again, one that failed elsewhere is not",
    observed: subnet({ probes: [probe("zone-1", "outside", "failed"), probe("zone-2", "elsewhere", "failed")] }),
    times: late,
    actions: ["withdraw 4 zone-1"],
  },
  {
    name: "4: an idle probe is taken out too",
    observed: subnet({ probes: [probe("zone-1", "here", "idle")] }),
    times: late,
    actions: ["withdraw 4 zone-1"],
  },
  {
    name: "5: a probe that is being updated, wherever it is shown",
    observed: subnet({ probes: [probe("zone-1", "here", "changing"), probe("zone-2", "outside", "changing")] }),
    times: late,
    waits: ["probe zone-1", "probe zone-2"],
  },
  { name: "6: all is gone, a run may still be under way", observed: subnet(), times: early, waits: ["runs"] },
  { name: "7: all is gone, and no run is left", observed: subnet(), times: late },
];

const fallbackCases: readonly Case<ObservedFallback>[] = [
  { name: "1: direct, no gateway", observed: fallback({ routeTables: [table("a")] }), times: late },
  {
    name: "2: on NAT, the gateway only when no route goes to it",
    observed: fallback({ routeTables: [table("a", nat("1")), table("b")], natGateways: [gateway("1", "available")] }),
    times: early,
    actions: ["route 2 rtb-a to igw-1"],
    waits: ["runs"],
  },
  {
    name: "2: to a gateway of which even the record is gone",
    observed: fallback({ routeTables: [table("a", nat("9", true))] }),
    times: late,
    actions: ["route 2 rtb-a to igw-1"],
  },
  {
    name: "3: to a foreign gateway, or elsewhere",
    observed: fallback({ routeTables: [table("a", nat("9")), table("b", { kind: "other", target: "tgw-1" })] }),
    times: late,
    findings: ["foreign-route rtb-a nat-9", "foreign-route rtb-b tgw-1"],
  },
  {
    name: "3: no default route",
    observed: fallback({ routeTables: [{ ...table("a"), route: undefined }] }),
    times: late,
    findings: ["no-default-route rtb-a"],
  },
  {
    name: "4: no gateway to point back to; the gateway goes all the same",
    observed: fallback({
      routeTables: [table("a", nat("1"))],
      natGateways: [gateway("1", "available")],
      internetGatewayId: undefined,
    }),
    times: late,
    actions: ["delete 5 nat-1"],
    findings: ["no-internet-gateway rtb-a"],
  },
  {
    name: "5: available, pending and failed ones are deleted",
    observed: fallback({
      routeTables: [table("a", internet)],
      natGateways: [gateway("1", "available"), gateway("2", "pending"), gateway("3", "failed")],
    }),
    times: late,
    actions: ["delete 5 nat-1", "delete 5 nat-2", "delete 5 nat-3"],
  },
  {
    name: "6: one that is being deleted",
    observed: fallback({ natGateways: [gateway("1", "deleting"), gateway("2", "deleted")] }),
    times: late,
    waits: ["gateway nat-1"],
  },
  {
    name: "7: others' route goes to it; the pool's own comes back",
    observed: fallback({
      routeTables: [table("a", nat("1"))],
      natGateways: [gateway("1", "available")],
      foreignRoutes: [foreign("x", "1")],
    }),
    times: late,
    actions: ["route 2 rtb-a to igw-1"],
    blocker: "foreign-routes rtb-x",
  },
  {
    name: "6: others' route goes to one that is being deleted anyway",
    observed: fallback({ natGateways: [gateway("1", "deleting")], foreignRoutes: [foreign("x", "1")] }),
    times: late,
    waits: ["gateway nat-1"],
  },
  {
    name: "8: all is gone, a run may still make one",
    observed: fallback({ routeTables: [table("a")], natGateways: [gateway("1", "deleted")] }),
    times: early,
    waits: ["runs"],
  },
];

describe("plan of a subnet's teardown", () => {
  it.each(subnetCases.map((it) => [it.name, it] as const))("%s", (_name, one) => {
    expect(tell(planSubnet(one.observed, one.policy ?? policy, one.times))).toEqual(expected(one));
  });
});

describe("plan of a fallback's teardown", () => {
  it.each(fallbackCases.map((it) => [it.name, it] as const))("%s", (_name, one) => {
    expect(tell(planFallback(one.observed, one.times))).toEqual(expected(one));
  });
});

describe("plan of route tables that the pool names no more", () => {
  it("leads them back, and leaves the gateway to the others", () => {
    const observed = fallback({
      routeTables: [table("b", nat("1"))],
      natGateways: [gateway("1", "available")],
      foreignRoutes: [foreign("a", "1")],
    });
    expect(tell(planRoutes(observed, early))).toEqual({
      actions: ["route 2 rtb-b to igw-1"],
      waits: ["runs"],
      findings: [],
    });
  });
});

const addressCases: readonly Case<readonly OwnAddress[]>[] = [
  {
    name: "1: one serves, and no other is touched",
    observed: [own("1", { on: "serving" }), own("2", { on: "scout" })],
    times: late,
    blocker: "in-use eipalloc-1",
  },
  {
    name: "2: a run gave it to members before the tag was off",
    observed: [own("1", { on: "serving", inPool: false }), own("2", { inPool: false })],
    times: early,
    actions: ["tag 2 eipalloc-1", "tag 2 eipalloc-2"],
    blocker: "in-use eipalloc-1",
  },
  {
    name: "3: on the scout or on nothing, its tag goes first",
    observed: [own("1", { on: "scout" }), own("2")],
    times: early,
    actions: ["untag 3 eipalloc-1", "untag 3 eipalloc-2"],
    waits: ["runs"],
  },
  {
    name: "4: then it comes off the scout",
    observed: [own("1", { on: "scout", inPool: false }), own("2", { inPool: false })],
    times: early,
    actions: ["disassociate 4 eipassoc-1"],
    waits: ["runs"],
  },
  { name: "5: where another teardown frees it", observed: [own("1", { on: "elsewhere" })], times: late },
  {
    name: "6: one that the pool has again",
    observed: [own("1", { isLeaving: false, inPool: false, on: "serving" }), own("2", { isLeaving: false })],
    times: early,
    actions: ["tag 6 eipalloc-1"],
  },
  { name: "7: free, and no run is left", observed: [own("1", { inPool: false })], times: late },
];

describe("plan of addresses that are released next", () => {
  it.each(addressCases.map((it) => [it.name, it] as const))("%s", (_name, one) => {
    expect(tell(planAddresses(one.observed, one.times))).toEqual(expected(one));
  });
});

describe("what an invocation is to tear down", () => {
  const addresses = (...allocationIds: string[]) => {
    return {
      kind: "addresses",
      pool: "partners",
      vpcId: "vpc-1",
      allocationIds,
      subnetIds: [],
      hasFallback: false,
    } as const;
  };

  it.each([
    ["nothing at the creation", { action: "create", request: addresses("a"), before: undefined }, undefined],
    ["nothing at the end", { action: "delete", request: addresses("a"), before: addresses("a") }, undefined],
    ["nothing for another scout", { action: "update", request: addresses("a"), before: addresses("a") }, undefined],
    [
      "one less and one more",
      { action: "update", request: addresses("a", "c"), before: addresses("a", "b") },
      { leaving: ["b"], staying: ["c"] },
    ],
  ] as const)("of addresses is %s", (_, { request, before, action }, work) => {
    const found = workOf({
      action,
      request: { ...request, allocationIds: [...request.allocationIds], subnetIds: [] },
      before: before && { ...before, allocationIds: [...before.allocationIds], subnetIds: [] },
    });
    expect(found).toEqual(work === undefined ? undefined : expect.objectContaining(work));
  });

  const request = (...routeTableIds: string[]) => {
    return { kind: "fallback", pool: "partners", vpcId: "vpc-1", routeTableIds } as const;
  };

  it.each([
    ["nothing at the creation", { action: "create", request: request("a"), before: undefined }, undefined],
    [
      "nothing where tables are added",
      { action: "update", request: request("a", "b"), before: request("a") },
      undefined,
    ],
    ["tables that are named no more", { action: "update", request: request("a"), before: request("a", "b") }, ["b"]],
    ["all at the end", { action: "delete", request: request("a"), before: request("a") }, ["a"]],
  ] as const)("is %s", (_, invocation, tables) => {
    const work = workOf(invocation);
    expect(work && "routeTableIds" in work ? work.routeTableIds : undefined).toEqual(tables);
  });
});
