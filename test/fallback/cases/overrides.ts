/** What the operator's word changes. */
import { alarm, egress, flip, gateway, nat, table, world } from "../build.ts";
import type { Case } from "./case.ts";

const over = [table("a", nat("1"), flip("fallback", 60)), table("b", nat("1"), flip("fallback", 60))];
const available = [gateway("1", "available")];

export const overrides: readonly Case[] = [
  {
    name: "fallback, while quiet: create the gateway",
    observed: world({ override: { kind: "fallback" } }),
    actions: ["create 3 with eipalloc-f for override 1970-01-01T00:00:00.000Z"],
    findings: ["override fallback"],
  },
  {
    name: "fallback, after another: an episode of its own",
    observed: world({
      override: { kind: "fallback" },
      routeTables: [table("a", undefined, flip("fallback", 90), flip("direct", 60)), table("b")],
    }),
    actions: ["create 3 with eipalloc-f for override 2026-01-01T23:00:00.000Z"],
    findings: ["override fallback"],
  },
  {
    name: "fallback, gateway available: replace the routes without waiting for a swap",
    observed: world({ override: { kind: "fallback" }, natGateways: available, egress: [egress("3", undefined)] }),
    actions: ["route 7 rtb-a to nat-1", "route 7 rtb-b to nat-1"],
    findings: ["override fallback"],
  },
  {
    name: "fallback: no return, though quiet and held long enough",
    observed: world({ override: { kind: "fallback" }, natGateways: available, routeTables: over }),
    findings: ["override fallback"],
  },
  {
    name: "direct: nothing is made, though raised",
    observed: world({ override: { kind: "direct" }, alarm: alarm("raised", 60) }),
    findings: ["override direct"],
  },
  {
    name: "paused: nothing is written, though raised",
    observed: world({ override: { kind: "paused" }, alarm: alarm("raised", 60), natGateways: available }),
    findings: ["override paused"],
  },
  {
    name: "paused: nothing is written, though a route is dead",
    observed: world({ override: { kind: "paused" }, routeTables: [table("a", nat("1", true), flip("fallback", 1))] }),
    findings: ["override paused"],
  },
  {
    name: "an unknown value: reported, the present state is kept",
    observed: world({
      override: { kind: "unknown", text: "directt" },
      alarm: alarm("raised", 60),
      natGateways: available,
    }),
    findings: ["unknown-override directt"],
  },
  {
    name: "direct: a dead route goes direct, though another gateway is available",
    observed: world({
      override: { kind: "direct" },
      routeTables: [table("a", nat("1", true), flip("fallback", 1))],
      natGateways: [gateway("1", "deleted"), gateway("2", "available")],
    }),
    actions: ["route 14 rtb-a to igw-1"],
    findings: ["override direct"],
  },
  {
    name: "an alarm without data: nothing new, in neither direction",
    observed: world({ alarm: { state: "unknown", missing: false }, natGateways: available, routeTables: over }),
  },
  {
    name: "an alarm that does not exist: reported",
    observed: world({ alarm: { state: "unknown", missing: true } }),
    findings: ["alarm-missing"],
  },
  {
    name: "an alarm without data: a dead route is mended all the same",
    observed: world({
      alarm: { state: "unknown", missing: false },
      routeTables: [table("a", nat("1", true), flip("fallback", 1))],
      natGateways: [gateway("1", "deleted")],
    }),
    actions: ["route 14 rtb-a to igw-1"],
  },
];
