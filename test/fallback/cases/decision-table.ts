/** The rows of the decision table, as the comment above `plan` has them. */
import {
  alarm,
  egress,
  fallbackAddress,
  flip,
  gateway,
  internet,
  minuteMs,
  nat,
  noted,
  nowMs,
  policy,
  refusal,
  rounds,
  table,
  world,
} from "../build.ts";
import type { Case } from "./case.ts";

const since = (minutesAgo: number) => new Date(nowMs - minutesAgo * 60_000).toISOString();
const allBlocked = [egress("1", "a", true), egress("2", "b", true)];
const allServing = [egress("1", "a"), egress("2", "b")];
const raised = { alarm: alarm("raised", 1), egress: allBlocked };
const episode = `alarm ${since(1)}`;
const entered = (minutesAgo: number) => flip("fallback", minutesAgo);
const over = (minutesAgo: number) => [
  table("a", nat("1"), entered(minutesAgo)),
  table("b", nat("1"), entered(minutesAgo)),
];
const available = [gateway("1", "available")];
const unavailable = (count: number, minutesAgo: number) => refusal("create", "NotAvailableInZone", count, minutesAgo);

export const decisionTable: readonly Case[] = [
  { name: "row 1: direct, quiet, no gateway: none", observed: world() },
  {
    name: "row 2: raised while a clean spare may still cure it: wait for the swap",
    observed: world({ alarm: alarm("raised", 1), egress: [egress("1", "a", true), egress("2", undefined)] }),
    waits: ["swap for 4 min"],
  },
  {
    name: "row 2: raised while nobody is marked blocked: wait, since a swap may just have cured it",
    observed: world({ alarm: alarm("raised", 1) }),
    waits: ["swap for 4 min"],
  },
  {
    name: "row 3: raised, and the swap has not cured it in its time: create",
    observed: world({ alarm: alarm("raised", 5) }),
    actions: [`create 3 with eipalloc-f for alarm ${since(5)}`],
  },
  {
    name: "row 3: raised, blocked, no spare: create at once",
    observed: world(raised),
    actions: [`create 3 with eipalloc-f for ${episode}`],
  },
  {
    name: "row 3: raised, and a target keeps out the whole pool, which no spare cures: create at once",
    observed: world({ alarm: alarm("raised", 1), poolRefused: true, egress: [...allServing, egress("3", undefined)] }),
    actions: [`create 3 with eipalloc-f for ${episode}`],
  },
  {
    name: "row 3: a spare that is blocked itself cures nothing: create at once",
    observed: world({ ...raised, egress: [...allBlocked, egress("3", undefined, true)] }),
    actions: [`create 3 with eipalloc-f for ${episode}`],
  },
  {
    name: "row 4: raised, gateway pending: wait",
    observed: world({ ...raised, natGateways: [gateway("1", "pending", { episode })] }),
    waits: ["gateway nat-1 pending"],
  },
  {
    name: "row 4: raised, gateway being deleted: wait, since it still holds the address",
    observed: world({
      ...raised,
      natGateways: [gateway("1", "deleting")],
      fallbackAddress: fallbackAddress("eni-nat"),
    }),
    waits: ["gateway nat-1 deleting"],
  },
  {
    name: "rows 5 and 6: raised, gateway failed just now: delete it while the pause lasts",
    observed: world({
      ...raised,
      routeTables: [noted(table("a"), { ...refusal("fail", "InternalError", 1, 0.5), sinceMs: nowMs - 30_000 })],
      natGateways: [gateway("1", "failed", { episode, createdMs: nowMs - 30_000 })],
    }),
    actions: ["delete 5 nat-1"],
    findings: ["gateway-failed InternalError 0.5 min ago"],
    waits: ["backoff for 0.5 min"],
  },
  {
    name: "row 6: the pause after one that somebody deleted is over: create again",
    observed: world({ ...raised, natGateways: [gateway("1", "deleted", { episode, createdMs: nowMs - 60_000 })] }),
    actions: [`create 6 with eipalloc-f for ${episode}`],
  },
  {
    name: "row 6: the pause doubles",
    observed: world({
      ...raised,
      natGateways: ["1", "2"].map((id) => gateway(id, "deleted", { episode, createdMs: nowMs - 60_000 })),
    }),
    waits: ["backoff for 1 min"],
  },
  {
    name: "row 6: AWS has refused it three times: report, pause, and do what needs no gateway",
    observed: world({
      ...raised,
      routeTables: [noted(table("a"), unavailable(3, 1)), table("b", internet, entered(30))],
      refusals: [unavailable(3, 1)],
    }),
    actions: ["note 17 rtb-b direct"],
    findings: ["refused ec2:CreateNatGateway NotAvailableInZone 10 min ago"],
    waits: ["backoff for 3 min"],
  },
  {
    name: "row 6: the pause after refusals is over: create again, and go on reporting",
    observed: world({ ...raised, refusals: [unavailable(3, 4)] }),
    actions: [`create 6 with eipalloc-f for ${episode}`],
    findings: ["refused ec2:CreateNatGateway NotAvailableInZone 10 min ago"],
  },
  {
    name: "row 6: the pause grows no longer than a quarter of an hour",
    observed: world({
      ...raised,
      routeTables: [noted(table("a"), unavailable(40, 5)), table("b")],
      refusals: [unavailable(40, 5)],
    }),
    findings: ["refused ec2:CreateNatGateway NotAvailableInZone 10 min ago"],
    waits: ["backoff for 10 min"],
  },
  {
    name: "row 4: a gateway is pending after refusals: it may fail like the others, so they go on being reported",
    observed: world({
      ...raised,
      natGateways: [gateway("1", "pending", { episode })],
      routeTables: [noted(table("a"), unavailable(3, 4)), table("b")],
      refusals: [unavailable(3, 4)],
    }),
    findings: ["refused ec2:CreateNatGateway NotAvailableInZone 10 min ago"],
    waits: ["gateway nat-1 pending"],
  },
  {
    name: "row 6: attempts of another episode do not count",
    observed: world({
      ...raised,
      natGateways: ["1", "2", "3"].map((id) => gateway(id, "deleted", { episode: `alarm ${since(300)}` })),
    }),
    actions: [`create 3 with eipalloc-f for ${episode}`],
  },
  {
    name: "row 7: raised, gateway available: replace the routes",
    observed: world({ ...raised, natGateways: available }),
    actions: ["route 7 rtb-a to nat-1", "route 7 rtb-b to nat-1"],
  },
  {
    name: "row 7: mixed, since a run ended half-way: go on, whatever a swap might still do",
    observed: world({
      alarm: alarm("raised", 1),
      routeTables: [table("a", nat("1"), entered(1)), table("b")],
      natGateways: available,
    }),
    actions: ["route 7 rtb-b to nat-1"],
  },
  {
    name: "row 7: AWS refuses to replace one route: it rests, the others go over",
    observed: world({ ...raised, natGateways: available, refusals: [refusal("route", "AccessDenied", 9, 1, "rtb-a")] }),
    actions: ["route 7 rtb-b to nat-1"],
    findings: ["refused ec2:ReplaceRoute rtb-a AccessDenied 10 min ago"],
    waits: ["backoff for 3.2666666666666666 min"],
  },
  {
    name: "row 7: EC2 does not know the new gateway everywhere yet: tried again within seconds, and not reported",
    observed: world({
      ...raised,
      natGateways: available,
      refusals: [refusal("route", "InvalidNatGatewayID.NotFound", 1, 0, "rtb-a")],
    }),
    actions: ["route 7 rtb-b to nat-1"],
    waits: ["backoff for 0.016666666666666666 min"],
  },
  {
    name: "row 8: in fallback, raised: stay",
    observed: world({ ...raised, routeTables: over(60), natGateways: available }),
  },
  {
    name: "row 8: in fallback, quiet: hold",
    observed: world({ routeTables: over(20), natGateways: available }),
    waits: ["hold for 10 min"],
  },
  {
    name: "row 8: an address that is still marked blocked doubles the hold of its table",
    observed: world({ routeTables: over(40), natGateways: available, egress: allBlocked }),
    waits: ["hold for 20 min"],
  },
  {
    name: "row 8: raised for the time of a swap in spite of fallback: report that it does not help",
    observed: world({ alarm: alarm("raised", 6), routeTables: over(60), natGateways: available }),
    findings: ["not-helping 60 min ago"],
  },
  {
    name: "row 8: too long: report",
    observed: world({
      alarm: alarm("raised", 1),
      routeTables: over(24 * 60),
      natGateways: available,
    }),
    findings: ["too-long 1440 min ago"],
  },
  {
    name: "row 9: a return without room for the way back within the day's flips: stay, report",
    observed: world({
      routeTables: [
        table("a", nat("1"), entered(600), flip("direct", 400), entered(390)),
        table("b", nat("1"), entered(600)),
      ],
      natGateways: available,
    }),
    findings: ["flips-exhausted 3"],
  },
  {
    name: "row 10: quiet, hold over: return one table",
    observed: world({ routeTables: over(30), natGateways: available }),
    actions: ["route 10 rtb-a to igw-1"],
  },
  {
    name: "row 10: the next table waits for clean rounds of the one that returned",
    observed: world({
      routeTables: [table("a", internet, entered(60), flip("direct", 4)), table("b", nat("1"), entered(60))],
      natGateways: available,
      rounds: rounds({ a: [0, 4] }),
    }),
    waits: ["clean-rounds rtb-a"],
  },
  {
    name: "row 10: clean rounds shown: return the next",
    observed: world({
      routeTables: [table("a", internet, entered(60), flip("direct", 6)), table("b", nat("1"), entered(60))],
      natGateways: available,
      rounds: rounds({ a: [0, 5] }),
    }),
    actions: ["route 10 rtb-b to igw-1"],
  },
  {
    name: "row 10: nothing measured: a hold time without an alarm stands for clean rounds",
    observed: world({
      routeTables: [table("a", internet, entered(90), flip("direct", 30)), table("b", nat("1"), entered(90))],
      natGateways: available,
    }),
    actions: ["route 10 rtb-b to igw-1"],
  },
  {
    name: "row 11: the table that returned is blocked again: put it back",
    observed: world({
      routeTables: [table("a", internet, entered(60), flip("direct", 4)), table("b", nat("1"), entered(60))],
      natGateways: available,
      rounds: rounds({ a: [3, 0] }),
    }),
    actions: ["route 11 rtb-a to nat-1"],
  },
  {
    name: "row 11: all have returned, the gateway lingers, one is blocked again: put it back",
    observed: world({
      routeTables: [
        table("a", internet, entered(60), flip("direct", 14)),
        table("b", internet, entered(60), flip("direct", 4)),
      ],
      natGateways: available,
      rounds: rounds({ b: [3, 0] }),
    }),
    actions: ["route 11 rtb-b to nat-1"],
  },
  {
    name: "row 11: after a return that failed the hold is doubled",
    observed: world({
      routeTables: [
        table("a", nat("1"), entered(120), flip("direct", 60), entered(40)),
        table("b", nat("1"), entered(120)),
      ],
      natGateways: available,
    }),
    waits: ["hold for 20 min"],
  },
  {
    name: "row 11: but never beyond the longest",
    observed: world({
      routeTables: [table("a", nat("1"), entered(120), flip("direct", 60), entered(40))],
      natGateways: available,
    }),
    policy: { ...policy, maxHoldMs: policy.holdMs },
    findings: ["flips-exhausted 3"],
  },
  {
    name: "row 12: all direct, cold standby, within the grace time: wait",
    observed: world({
      routeTables: [table("a", internet, entered(90), flip("direct", 30)), table("b")],
      natGateways: available,
    }),
    waits: ["grace for 30 min"],
  },
  {
    name: "row 12: grace over: delete the gateway",
    observed: world({
      routeTables: [table("a", internet, entered(120), flip("direct", 60)), table("b")],
      natGateways: available,
    }),
    actions: ["delete 12 nat-1"],
  },
  {
    name: "row 12: not while a foreign route leads to it",
    observed: world({ natGateways: [gateway("1", "available", { routed: true })] }),
  },
  {
    name: "row 13: warm standby, no gateway: create it in peace",
    observed: world(),
    policy: { ...policy, standby: "warm" },
    actions: ["create 13 with eipalloc-f for standby 1970-01-01T00:00:00.000Z"],
  },
  {
    name: "row 13: warm standby, available: keep it for ever",
    observed: world({ natGateways: available }),
    policy: { ...policy, standby: "warm" },
  },
  {
    name: "row 14: the gateway was deleted under the routes: direct again, at once",
    observed: world({
      routeTables: [table("a", nat("1", true), entered(10)), table("b", nat("1", true), entered(10))],
      natGateways: [gateway("1", "deleting")],
    }),
    actions: ["route 14 rtb-a to igw-1", "route 14 rtb-b to igw-1"],
  },
  {
    name: "row 14: not even its record is left",
    observed: world({ routeTables: [table("a", nat("1", true), entered(10))] }),
    actions: ["route 14 rtb-a to igw-1"],
  },
  {
    name: "row 14: with another gateway available: through that",
    observed: world({
      routeTables: [table("a", nat("1", true), entered(10)), table("b", nat("2"), entered(10))],
      natGateways: [gateway("1", "deleted"), gateway("2", "available")],
    }),
    actions: ["route 14 rtb-a to nat-2"],
  },
  {
    name: "row 14: AWS refuses it: tried again each minute, since the route carries nothing",
    observed: world({
      routeTables: [table("a", nat("1", true), entered(10))],
      refusals: [refusal("route", "AccessDenied", 20, 1, "rtb-a")],
    }),
    actions: ["route 14 rtb-a to igw-1"],
    findings: ["refused ec2:ReplaceRoute rtb-a AccessDenied 10 min ago"],
  },
  {
    name: "row 15: a second gateway that nothing uses: delete it, keep the one with routes",
    observed: world({
      ...raised,
      routeTables: over(10),
      natGateways: [gateway("0", "available"), gateway("1", "available"), gateway("2", "pending")],
    }),
    actions: ["delete 15 nat-0", "delete 15 nat-2"],
  },
  {
    name: "row 16: override direct: all tables at once, though raised and held",
    observed: world({ ...raised, routeTables: over(1), natGateways: available, override: { kind: "direct" } }),
    actions: ["route 16 rtb-a to igw-1", "route 16 rtb-b to igw-1"],
    findings: ["override direct"],
  },
  {
    name: "row 17: a route that its tag does not know of: note it",
    observed: world({ routeTables: [table("a", nat("1"))], natGateways: available }),
    actions: ["note 17 rtb-a fallback"],
  },
  {
    name: "row 17: and back",
    observed: world({ routeTables: [table("a", internet, entered(10))] }),
    actions: ["note 17 rtb-a direct"],
  },
  {
    name: "row 18: a gateway stays pending: report, make no second one, and do not wait for it within the run",
    observed: world({
      ...raised,
      natGateways: [gateway("1", "pending", { episode, createdMs: nowMs - 15 * minuteMs })],
    }),
    findings: ["gateway-overdue nat-1 pending 15 min ago"],
  },
  {
    name: "row 18: a gateway stays deleting and keeps the address: report",
    observed: world({
      ...raised,
      natGateways: [gateway("1", "deleting", { sinceMs: nowMs - 30 * minuteMs })],
      fallbackAddress: fallbackAddress("eni-nat"),
    }),
    findings: ["gateway-overdue nat-1 deleting 30 min ago"],
  },
  {
    name: "row 18: a gateway stays deleting, but its address is free: create another",
    observed: world({ ...raised, natGateways: [gateway("1", "deleting", { sinceMs: nowMs - 30 * minuteMs })] }),
    actions: [`create 18 with eipalloc-f for ${episode}`],
    findings: ["gateway-overdue nat-1 deleting 30 min ago"],
  },
  {
    name: "row 19: AWS refuses, and no tag says so: note it",
    observed: world({ ...raised, refusals: [unavailable(1, 0)] }),
    actions: ["remember 19 rtb-a create:NotAvailableInZone:1@2026-01-01T23:50:00Z@2026-01-02T00:00:00Z"],
    findings: ["refused ec2:CreateNatGateway NotAvailableInZone 10 min ago"],
    waits: ["backoff for 1 min"],
  },
  {
    name: "row 19: what AWS refused works by now, or is long ago: the tag says nothing any more",
    observed: world({ routeTables: [noted(table("a"), unavailable(1, 0))] }),
    actions: ["remember 19 rtb-a "],
  },
];
