/** The rows of the decision table, as the comment above `plan` has them. */
import { address, attachment, functionArn, member, networkInterface, nowMs, policy, version, world } from "../build.ts";
import type { Case } from "./case.ts";

const web = attachment("a", "web");
const old = attachment("a", "old");
const orders = member("orders", version("settled", [web]));
const changing = member("orders", version("changing", [web]));
const failed = member("orders", version("failed", [web], "$LATEST", "SubnetOutOfIPAddresses"));
const drained = nowMs - policy.drainMs;

export const decisionTable: readonly Case[] = [
  {
    name: "row 1: serving, with a healthy pool address: none",
    observed: world({
      members: [orders],
      interfaces: [networkInterface("1", web)],
      addresses: [address("1", { on: "1" }), address("2")],
    }),
  },
  {
    name: "row 2: serving, without an address, a clean spare: associate the spare",
    observed: world({ members: [orders], interfaces: [networkInterface("1", web)], addresses: [address("1")] }),
    actions: ["associate 2 eni-1 eipalloc-1"],
  },
  {
    name: "row 3: serving, without an address, one on a leaving interface: move it",
    observed: world({
      members: [orders],
      interfaces: [networkInterface("1", web), networkInterface("2", old)],
      addresses: [address("1", { on: "2" })],
    }),
    actions: ["move 3 eni-1 eipalloc-1 from eni-2"],
  },
  {
    name: "row 4: serving, without an address, nothing to be had: report a shortage",
    observed: world({ members: [orders], interfaces: [networkInterface("1", web)] }),
    findings: ["shortage 4 eni-1"],
  },
  {
    name: "row 5: serving, with a blocked address, a clean spare: swap",
    observed: world({
      members: [orders],
      interfaces: [networkInterface("1", web)],
      addresses: [address("1", { on: "1", blocked: true }), address("2")],
    }),
    actions: ["swap 5 eni-1 eipalloc-2 for eipalloc-1 (eipassoc-1)"],
  },
  {
    name: "row 5: serving, with a blocked address, no clean spare: report it",
    observed: world({
      members: [orders],
      interfaces: [networkInterface("1", web)],
      addresses: [address("1", { on: "1", blocked: true }), address("2", { blocked: true })],
    }),
    findings: ["blocked 5 eni-1"],
  },
  {
    name: "row 6: serving, with a foreign address: report the conflict, touch nothing",
    observed: world({
      members: [orders],
      interfaces: [networkInterface("1", web, { shownAllocationId: "unknown" })],
      addresses: [address("1")],
    }),
    findings: ["conflict 6 eni-1"],
  },
  {
    name: "row 7: arriving, without an address, a clean spare: associate it before the update ends",
    observed: world({
      members: [changing],
      interfaces: [networkInterface("1", web), networkInterface("2", old)],
      addresses: [address("1"), address("2", { on: "2" })],
    }),
    actions: ["associate 7 eni-1 eipalloc-1"],
    waits: ["update of $LATEST"],
  },
  {
    name: "row 8: arriving, without an address, no spare: wait until the update ends",
    observed: world({
      members: [changing],
      interfaces: [networkInterface("1", web), networkInterface("2", old)],
      addresses: [address("2", { on: "2" })],
    }),
    waits: ["update of $LATEST, urgent"],
  },
  {
    name: "row 9: leaving, with an address that nobody needs: note when the drain begins",
    observed: world({
      members: [orders],
      interfaces: [networkInterface("1", web), networkInterface("2", old)],
      addresses: [address("1", { on: "1" }), address("2", { on: "2", use: ["serving", "a", 0] })],
    }),
    actions: ["note 9 eni-2 eipalloc-2 draining"],
  },
  {
    name: "row 9: leaving, draining: wait for the drain time",
    observed: world({
      members: [orders],
      interfaces: [networkInterface("1", web), networkInterface("2", old)],
      addresses: [address("1", { on: "1" }), address("2", { on: "2", use: ["draining", "a", drained + 1] })],
    }),
    waits: ["drain of eipalloc-2 for 1 ms"],
  },
  {
    name: "row 9: leaving, drained: disassociate",
    observed: world({
      members: [orders],
      interfaces: [networkInterface("1", web), networkInterface("2", old)],
      addresses: [address("1", { on: "1" }), address("2", { on: "2", use: ["draining", "a", drained] })],
    }),
    actions: ["disassociate 9 eni-2 eipalloc-2 (eipassoc-2)"],
  },
  {
    name: "row 10: of a failed update, without an address: give it one, report the update",
    observed: world({ members: [failed], interfaces: [networkInterface("1", web)], addresses: [address("1")] }),
    actions: ["associate 2 eni-1 eipalloc-1"],
    findings: [`failed-update 10 ${functionArn("orders")} SubnetOutOfIPAddresses`],
  },
  {
    name: "row 10: of a failed update, with a blocked address: swap it, report the update",
    observed: world({
      members: [failed],
      interfaces: [networkInterface("1", web)],
      addresses: [address("1", { on: "1", blocked: true }), address("2")],
    }),
    actions: ["swap 5 eni-1 eipalloc-2 for eipalloc-1 (eipassoc-1)"],
    findings: [`failed-update 10 ${functionArn("orders")} SubnetOutOfIPAddresses`],
  },
  {
    name: "row 11: several of one attachment: each in use needs an address",
    observed: world({
      members: [orders],
      interfaces: ["1", "2", "3", "4"].map((id) => networkInterface(id, web, { inUse: id !== "4" })),
      addresses: [address("1", { on: "1" }), address("2")],
    }),
    actions: ["associate 2 eni-2 eipalloc-2"],
    findings: ["shortage 4 eni-3"],
  },
];
