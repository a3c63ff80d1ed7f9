/** Random worlds, and a model of what AWS makes of an action: written apart from the planner. */
import fc from "fast-check";
import type { NatGatewayId } from "../../src/aws/identifiers.ts";
import type { Action } from "../../src/fallback/actions.ts";
import type { NatGateway, Observed, Route, RouteTable } from "../../src/fallback/model.ts";
import {
  alarm,
  egress,
  fallbackAddress,
  flip,
  gateway,
  internet,
  minuteMs,
  nat,
  nowMs,
  shared,
  table,
  world,
} from "./build.ts";

const gatewayIds = ["1", "2", "3"];

const anyRoute: fc.Arbitrary<Route | undefined> = fc.oneof(
  { weight: 4, arbitrary: fc.constant(internet) },
  {
    weight: 4,
    arbitrary: fc.record({ id: fc.constantFrom(...gatewayIds), dead: fc.boolean() }).map((it) => nat(it.id, it.dead)),
  },
  fc.constantFrom<Route | undefined>(undefined, { kind: "other", target: "tgw-1" }, nat("foreign")),
);

const anyFlips = fc
  .array(fc.record({ direction: fc.constantFrom("direct" as const, "fallback" as const), ago: fc.nat(2000) }), {
    maxLength: 5,
  })
  .map((list) => list.sort((a, b) => b.ago - a.ago).map(({ direction, ago }) => flip(direction, ago)));

function anyTables(
  route: fc.Arbitrary<Route | undefined>,
  otherSubnetIds: fc.Arbitrary<RouteTable["otherSubnetIds"]> = fc.constant([]),
): fc.Arbitrary<RouteTable[]> {
  return fc
    .array(fc.record({ route, flips: anyFlips, otherSubnetIds }), { maxLength: 4 })
    .map((list) => list.map((it, index) => ({ ...table("abcd"[index] as string), ...it })));
}

/** One table in four is used by a foreign subnet as well. */
const anyOthers = fc.nat(3).map((it) => (it === 0 ? shared(table("x")).otherSubnetIds : []));

const anyGateways: fc.Arbitrary<NatGateway[]> = fc
  .array(
    fc.record({
      state: fc.constantFrom<NatGateway["state"]>("pending", "failed", "available", "deleting", "deleted"),
      ago: fc.nat(300),
      own: fc.boolean(),
    }),
    { maxLength: 3 },
  )
  .map((list) =>
    list.map(({ state, ago, own }, index) =>
      gateway(gatewayIds[index] as string, state, {
        createdMs: nowMs - ago * minuteMs,
        episode: own ? `alarm ${new Date(nowMs - 10 * minuteMs).toISOString()}` : undefined,
      }),
    ),
  );

const anyOverride = fc.constantFrom<Observed["override"]>(
  { kind: "none" },
  { kind: "none" },
  { kind: "direct" },
  { kind: "fallback" },
  { kind: "paused" },
  { kind: "unknown", text: "drect" },
);

const anyAlarm = fc.oneof(
  fc
    .record({ state: fc.constantFrom("quiet" as const, "raised" as const), ago: fc.nat(60) })
    .map((it) => alarm(it.state, it.ago)),
  fc.constant<Observed["alarm"]>({ state: "unknown", missing: false }),
);

/** Any world at all, torn ones included. */
export const anyWorlds: fc.Arbitrary<Observed> = fc
  .record({
    routeTables: anyTables(anyRoute, anyOthers),
    natGateways: anyGateways,
    internetGatewayId: fc.constantFrom(internet.kind === "internet" ? internet.gatewayId : undefined, undefined),
    natSubnet: fc.constantFrom(world().natSubnet, undefined, { ...world().natSubnet, toInternet: false }),
    alarm: anyAlarm,
    egress: fc.array(fc.record({ on: fc.constantFrom("a", "b", undefined), blocked: fc.boolean() }), { maxLength: 4 }),
    fallbackAddress: fc.constantFrom(fallbackAddress(), fallbackAddress("eni-x"), undefined),
    rounds: fc.array(fc.tuple(fc.constantFrom("a", "b", "c", "d"), fc.nat(6), fc.nat(8)), { maxLength: 4 }),
    override: anyOverride,
  })
  .map(({ egress: addresses, rounds, ...parts }) =>
    world({
      ...(parts as Partial<Observed>),
      egress: addresses.map(({ on, blocked }, index) => egress(`${index}`, on, blocked)),
      rounds: new Map(rounds.map(([subnet, blocked, clean]) => [`subnet-${subnet}` as never, { blocked, clean }])),
    }),
  );

/** Worlds of a pool whose network is in order: no bad input, a NAT subnet, an address that is free or ours. */
export const soundWorlds: fc.Arbitrary<Observed> = fc
  .record({
    routeTables: anyTables(
      fc.oneof(
        fc.constant(internet),
        fc.constantFrom(...gatewayIds).map((id) => nat(id)),
      ),
    ).filter((tables) => tables.length > 0),
    natGateways: anyGateways,
    alarm: anyAlarm,
    blocked: fc.array(fc.boolean(), { minLength: 2, maxLength: 2 }),
    override: anyOverride,
  })
  .map(({ blocked, routeTables, natGateways, ...parts }) => {
    const states = new Map(natGateways.map((it) => [it.natGatewayId, it.state]));
    const dead = (id: NatGatewayId) => states.get(id) !== "available";
    return world({
      ...parts,
      natGateways,
      routeTables: routeTables.map((it): RouteTable => {
        if (it.route?.kind !== "nat") return it;
        const isDead = dead(it.route.natGatewayId);
        const flips = isDead
          ? [...it.flips.filter(({ direction }) => direction !== "fallback"), flip("fallback", 1)]
          : it.flips;
        return { ...it, flips, route: { ...it.route, blackhole: isDead } };
      }),
      egress: blocked.map((it, index) => egress(`${index}`, "ab"[index], it)),
    });
  });

/** What AWS makes of an action: a gateway is pending at first, and one that is deleted leaves black holes. */
export function applied(observed: Observed, action: Action, atMs: number): Observed {
  switch (action.kind) {
    case "create": {
      const made = gateway(`made-${observed.natGateways.length}-${atMs}`, "pending", {
        createdMs: atMs,
        episode: action.episode,
      });
      return world({ ...observed, natGateways: [...observed.natGateways, made] });
    }
    case "delete":
      return world({
        ...observed,
        natGateways: observed.natGateways.map((it) =>
          it.natGatewayId === action.natGatewayId
            ? { ...it, state: it.state === "failed" ? "deleted" : "deleting" }
            : it,
        ),
      });
    case "remember":
      return world({
        ...observed,
        routeTables: observed.routeTables.map((it) =>
          it.routeTableId === action.routeTableId ? { ...it, noted: action.text } : it,
        ),
      });
    case "note":
    case "route":
      return world({
        ...observed,
        natGateways: observed.natGateways.map((it) => ({ ...it, routed: false })),
        routeTables: observed.routeTables.map((it) => {
          if (it.routeTableId !== action.routeTableId) return it;
          if (action.kind === "note") return { ...it, flips: action.flips };
          const route: Route = action.to.kind === "nat" ? { ...action.to, blackhole: false } : { ...action.to };
          return { ...it, flips: action.flips, route };
        }),
      });
  }
}

/** Time goes by: what is on its way arrives. `fails`: a pending gateway fails instead. */
export function later(observed: Observed, fails = false): Observed {
  return world({
    ...observed,
    natGateways: observed.natGateways.map((it): NatGateway => {
      if (it.state === "deleting") return { ...it, state: "deleted" };
      if (it.state !== "pending") return it;
      return fails
        ? { ...it, state: "failed", failure: { code: "InternalError", message: "" } }
        : { ...it, state: "available" };
    }),
  });
}
