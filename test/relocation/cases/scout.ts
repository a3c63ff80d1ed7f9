/** Which address waits on the scout, and what becomes of it when production needs it. */
import type { Policy } from "../../../src/relocation/model.ts";
import { address, attachment, member, networkInterface, nowMs, policy, refusal, version, world } from "../build.ts";
import type { Case } from "./case.ts";

const web = attachment("a", "web");
const place = attachment("s", "scout");
const orders = member("orders", version("settled", [web]));
const changing = member("orders", version("changing", [web]));
const scout = networkInterface("s", place);
const trying: Policy = { ...policy, monthlyVerifications: 60 };
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const ago = (ms: number) => nowMs - ms;
const clean = (atMs: number) => ({ blocked: false, atMs, tries: 0 });
const blockedFor = (tries: number, atMs: number) => ({ blocked: true, atMs, tries });
const serving = {
  members: [orders],
  interfaces: [networkInterface("1", web)],
  scout: [scout],
} as const;
const on1 = address("1", { on: "1" });

export const scouting: readonly Case[] = [
  {
    name: "12 no interface of the scout's: nothing",
    observed: world({ ...serving, scout: [], addresses: [on1, address("2")] }),
  },
  {
    name: "12 an interface of the scout's that Lambda has detached: nothing",
    observed: world({
      ...serving,
      scout: [networkInterface("s", place, { inUse: false })],
      addresses: [on1, address("2")],
    }),
  },
  {
    name: "12 a foreign address on the scout: it is not touched",
    observed: world({
      ...serving,
      scout: [networkInterface("s", place, { shownAllocationId: "unknown" })],
      addresses: [on1, address("2")],
    }),
  },
  {
    name: "13 a spare that AWS refused lately waits, also where healing would try it again, and the next is tried",
    observed: world({
      ...serving,
      addresses: [on1, address("2"), address("3")],
      refusals: [{ ...refusal("AuthFailure", { address: "2", on: "s" }), untilMs: ago(minute) }],
    }),
    actions: ["scout 13 eni-s eipalloc-3"],
  },
  {
    name: "13 as a comparison it waits too, and is tried after a quarter of an hour",
    observed: world({
      ...serving,
      addresses: [on1, address("2"), address("3", { blocked: true, verified: blockedFor(1, ago(minute)) })],
      refusals: [
        { ...refusal("InvalidParameterValue", { address: "2", on: "s" }), untilMs: ago(15 * minute) },
        { ...refusal("InvalidParameterValue", { address: "3", on: "s" }), untilMs: ago(minute) },
      ],
    }),
    actions: ["scout 13 eni-s eipalloc-2"],
  },
  {
    name: "13 a spare that was never seen: on the scout",
    observed: world({ ...serving, addresses: [on1, address("2")] }),
    actions: ["scout 13 eni-s eipalloc-2"],
  },
  {
    name: "13 a spare that is not due yet: to bear witness",
    observed: world({ ...serving, addresses: [on1, address("2", { verified: clean(ago(day - 1)) })] }),
    actions: ["scout 13 eni-s eipalloc-2"],
  },
  {
    name: "13 a spare that is not due yet, when half of the budget is spent: not yet",
    observed: world({
      ...serving,
      addresses: [on1, address("2", { verified: clean(ago(day - 1)), tally: { month: "2026-01", count: 30 } })],
    }),
  },
  {
    name: "13 a spare that was verified a day ago, though half of the budget is spent",
    observed: world({
      ...serving,
      addresses: [on1, address("2", { verified: clean(ago(day)), tally: { month: "2026-01", count: 30 } })],
    }),
    actions: ["scout 13 eni-s eipalloc-2"],
  },
  {
    name: "13 a spare that served until an hour ago was watched until then: not due",
    observed: world({
      ...serving,
      addresses: [on1, address("2", { use: ["draining", "a", ago(hour)], tally: { month: "2026-01", count: 30 } })],
    }),
  },
  {
    name: "13 a suspect an hour after it was blocked",
    observed: world({
      ...serving,
      addresses: [on1, address("2", { blocked: true, verified: blockedFor(1, ago(hour)) })],
    }),
    actions: ["scout 13 eni-s eipalloc-2"],
  },
  {
    name: "13 a suspect that was marked for a trial: at once",
    observed: world({ ...serving, addresses: [on1, address("2", { blocked: true, verified: blockedFor(0, ago(0)) })] }),
    actions: ["scout 13 eni-s eipalloc-2"],
  },
  {
    name: "13 a suspect that was marked for a trial, which gave no verdict: after an hour",
    observed: world({
      ...serving,
      addresses: [
        on1,
        address("2", { blocked: true, verified: blockedFor(0, ago(hour)), use: ["scouting", "a", ago(hour - 1)] }),
      ],
    }),
  },
  {
    name: "13 a suspect that was refused in three trials: after four hours",
    observed: world({
      ...serving,
      addresses: [on1, address("2", { blocked: true, verified: blockedFor(3, ago(4 * hour - 1)) })],
    }),
  },
  {
    name: "13 a suspect that was refused for ever so long: once a week",
    observed: world({
      ...serving,
      addresses: [on1, address("2", { blocked: true, verified: blockedFor(40, ago(7 * day)) })],
    }),
    actions: ["scout 13 eni-s eipalloc-2"],
  },
  {
    name: "13 of several, the one that is longest due",
    observed: world({
      ...serving,
      addresses: [
        on1,
        address("2", { verified: clean(ago(2 * day)) }),
        address("3", { verified: clean(ago(3 * day)) }),
        address("4", { blocked: true, verified: blockedFor(1, ago(2 * day)) }),
      ],
    }),
    actions: ["scout 13 eni-s eipalloc-3"],
  },
  {
    name: "13 a trial that a crash or an outage cut short is tried again after six hours",
    observed: world({
      ...serving,
      addresses: [on1, address("2", { use: ["scouting", "a", ago(6 * hour)] })],
    }),
    actions: ["scout 13 eni-s eipalloc-2"],
  },
  {
    name: "14 another is due, and the one on the scout has its verdict: off with it",
    observed: world({
      ...serving,
      addresses: [
        on1,
        address("2", { on: "s", use: ["scouting", "a", ago(hour)], verified: clean(ago(hour - 1)) }),
        address("3"),
      ],
    }),
    actions: ["disassociate 14 eni-s eipalloc-2 (eipassoc-2)"],
  },
  {
    name: "14 a suspect that has been tried gives way to a clean spare",
    observed: world({
      ...serving,
      addresses: [
        on1,
        address("2", {
          on: "s",
          blocked: true,
          use: ["scouting", "a", ago(hour)],
          verified: blockedFor(2, ago(hour - 1)),
        }),
        address("3", { verified: clean(ago(hour)) }),
      ],
    }),
    actions: ["disassociate 14 eni-s eipalloc-2 (eipassoc-2)"],
  },
  {
    name: "14 another is due, and a quarter of an hour gave no verdict",
    observed: world({
      ...serving,
      addresses: [on1, address("2", { on: "s", use: ["scouting", "a", ago(15 * minute)] }), address("3")],
    }),
    actions: ["disassociate 14 eni-s eipalloc-2 (eipassoc-2)"],
  },
  {
    name: "15 another is due, but the one on the scout is being tried",
    observed: world({
      ...serving,
      addresses: [
        on1,
        address("2", { on: "s", use: ["scouting", "a", ago(15 * minute - 1)], verified: clean(ago(day)) }),
        address("3"),
      ],
    }),
  },
  {
    name: "16 nobody else is due: it rests there, even the second day",
    observed: world({
      ...serving,
      addresses: [
        on1,
        address("2", { on: "s", use: ["scouting", "a", ago(2 * day)], verified: clean(ago(2 * day - hour)) }),
        address("3", { verified: clean(ago(hour)) }),
      ],
    }),
  },
  {
    name: "17 the month's budget is spent: nothing new",
    observed: world({
      ...serving,
      addresses: [
        address("1", { on: "1", tally: { month: "2026-01", count: 59 } }),
        address("2", { tally: { month: "2026-01", count: 1 } }),
      ],
    }),
  },
  {
    name: "17 what was spent last month does not count",
    observed: world({
      ...serving,
      addresses: [
        address("1", { on: "1", tally: { month: "2025-12", count: 59 } }),
        address("2", { tally: { month: "2026-01", count: 59 } }),
      ],
    }),
    actions: ["scout 13 eni-s eipalloc-2"],
  },
  {
    name: "2 the spare on the scout is a spare",
    observed: world({
      ...serving,
      addresses: [address("2", { on: "s", use: ["scouting", "a", ago(minute)] })],
    }),
    actions: ["associate 2 eni-1 eipalloc-2 from eni-s"],
  },
  {
    name: "2 a spare that was found clean goes before one that nobody has tried out",
    observed: world({
      ...serving,
      addresses: [
        address("1"),
        address("2", { use: ["scouting", "b", ago(day)], verified: clean(ago(hour)) }),
        address("3", { on: "s", use: ["scouting", "b", ago(minute)] }),
      ],
    }),
    actions: ["associate 2 eni-1 eipalloc-2"],
  },
  {
    name: "5 a blocked address is swapped for the spare on the scout",
    observed: world({
      ...serving,
      addresses: [
        address("1", { on: "1", blocked: true }),
        address("2", { on: "s", use: ["scouting", "a", ago(hour)] }),
      ],
    }),
    actions: ["swap 5 eni-1 eipalloc-2 for eipalloc-1 (eipassoc-1) from eni-s"],
  },
  {
    name: "7 an arriving interface gets the spare on the scout",
    observed: world({
      ...serving,
      members: [changing],
      addresses: [address("2", { on: "s", use: ["scouting", "a", ago(hour)] })],
    }),
    actions: ["associate 7 eni-1 eipalloc-2 from eni-s"],
    waits: ["update of $LATEST"],
  },
  {
    name: "4 a suspect on the scout helps nobody",
    observed: world({
      ...serving,
      addresses: [address("2", { on: "s", blocked: true, use: ["scouting", "a", ago(minute)] })],
    }),
    findings: ["shortage 4 eni-1"],
  },
  {
    name: "while an update is in progress nothing is tried out",
    observed: world({ ...serving, members: [changing], addresses: [on1, address("2")] }),
    waits: ["update of $LATEST"],
  },
  {
    name: "while the pool is paused nothing is tried out",
    observed: world({ ...serving, addresses: [on1, address("2")], paused: true }),
    findings: ["paused"],
  },
  {
    name: "an address that serves and is still noted as scouting: the note is put right",
    observed: world({ ...serving, addresses: [address("1", { on: "1", use: ["scouting", "a", ago(minute)] })] }),
    actions: ["note 1 eni-1 eipalloc-1 serving"],
  },
].map((it) => ({ policy: trying, ...it }));
