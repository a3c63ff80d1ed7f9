/** Leaving interfaces, and those that come back. */
import { address, attachment, member, networkInterface, nowMs, policy, version, world } from "../build.ts";
import type { Case } from "./case.ts";

const web = attachment("a", "web");
const old = attachment("a", "old");
const orders = member("orders", version("settled", [web]));
const changing = member("orders", version("changing", [web]));
const drained = nowMs - policy.drainMs;

export const drains: readonly Case[] = [
  {
    name: "an interface that serves again while its address drains: the note is taken back",
    observed: world({
      members: [orders],
      interfaces: [networkInterface("1", web)],
      addresses: [address("1", { on: "1", use: ["draining", "a", 0] })],
    }),
    actions: ["note 1 eni-1 eipalloc-1 serving"],
  },
  {
    name: "a blocked address that is swapped needs no note besides",
    observed: world({
      members: [orders],
      interfaces: [networkInterface("1", web)],
      addresses: [address("1", { on: "1", blocked: true, use: ["draining", "a", 0] }), address("2")],
    }),
    actions: ["swap 5 eni-1 eipalloc-2 for eipalloc-1 (eipassoc-1)"],
  },
  {
    name: "an interface that is arriving again: the note is taken back, before it may serve and be left unseen",
    observed: world({
      members: [changing],
      interfaces: [networkInterface("1", web)],
      addresses: [address("1", { on: "1", use: ["draining", "a", 0] })],
    }),
    actions: ["note 1 eni-1 eipalloc-1 serving"],
    waits: ["update of $LATEST"],
  },
  {
    name: "a used attachment's interface that Lambda has detached is leaving: its address moves",
    observed: world({
      members: [orders],
      interfaces: [networkInterface("1", web, { inUse: false }), networkInterface("2", web)],
      addresses: [address("1", { on: "1" })],
    }),
    actions: ["move 3 eni-2 eipalloc-1 from eni-1"],
  },
  {
    name: "a detached interface is drained like any leaving one, and nothing resumes on it",
    observed: world({
      members: [member("orders", version("idle", [web]))],
      interfaces: [networkInterface("1", web, { inUse: false }), networkInterface("2", web, { inUse: false })],
      addresses: [
        address("1", { on: "1", use: ["draining", "a", drained] }),
        address("2", { on: "2", use: ["serving", "a", drained] }),
      ],
    }),
    actions: ["disassociate 9 eni-1 eipalloc-1 (eipassoc-1)", "note 9 eni-2 eipalloc-2 draining"],
  },
  {
    name: "a detached interface with a blocked address is not worth a spare",
    observed: world({
      members: [member("orders", version("idle", [web]))],
      interfaces: [networkInterface("1", web, { inUse: false })],
      addresses: [address("1", { on: "1", blocked: true, use: ["draining", "a", drained] }), address("2")],
    }),
    actions: ["disassociate 9 eni-1 eipalloc-1 (eipassoc-1)"],
  },
  {
    name: "an association without an id cannot be undone: wait until it shows one",
    observed: world({
      members: [orders],
      interfaces: [networkInterface("1", web), networkInterface("2", old)],
      addresses: [
        address("1", { on: "1" }),
        { ...address("2", { on: "2", use: ["draining", "a", drained] }), associationId: undefined },
      ],
    }),
    waits: ["drain of eipalloc-2 for 0 ms"],
  },
];
