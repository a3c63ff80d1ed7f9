/** What one member, one address or one refusal may hold up, and what it may not. */
import type { LiveVersion } from "../../../src/relocation/model.ts";
import { updateBoundMs } from "../../../src/relocation/updates.ts";
import {
  address,
  attachment,
  functionArn,
  member,
  networkInterface,
  nowMs,
  policy,
  refusal,
  version,
  world,
} from "../build.ts";
import type { Case } from "./case.ts";

const web = attachment("a", "web");
const old = attachment("a", "old");
const orders = member("orders", version("settled", [web]));
const interfaces = [networkInterface("1", web), networkInterface("2", old)];
const leaving = address("2", { on: "2", use: ["draining", "a", 0] });

/** An update that began so long ago. */
function updating(agoMs: number, is: Partial<LiveVersion> = {}): LiveVersion {
  return { ...version("changing", []), modifiedMs: nowMs - agoMs, ...is };
}

const overdue = `update-overdue ${functionArn("billing")} ${nowMs - updateBoundMs - 1}`;
const refused = (code: string, id: string) => `refused ec2:AssociateAddress ${code} ${code} ${id}`;

export const updates: readonly Case[] = [
  {
    name: "an update in progress holds up what takes from an interface in use",
    observed: world({
      members: [orders, member("billing", updating(updateBoundMs))],
      interfaces,
      addresses: [leaving],
    }),
    waits: ["update of $LATEST, urgent"],
  },
  {
    name: "one that takes longer than updates do holds up no other member, and is not waited for",
    observed: world({
      members: [orders, member("billing", updating(updateBoundMs + 1))],
      interfaces,
      addresses: [leaving],
    }),
    actions: ["move 3 eni-1 eipalloc-2 from eni-2"],
    findings: [overdue],
  },
  {
    name: "such a one still keeps what nobody needs where it is: it may be its own",
    observed: world({
      members: [orders, member("billing", updating(updateBoundMs + 1))],
      interfaces,
      addresses: [address("1", { on: "1" }), leaving],
    }),
    findings: [overdue],
  },
  {
    name: "a creation holds up nothing: nothing serves the function yet",
    observed: world({
      members: [orders, member("billing", updating(1000, { servesNothing: true }))],
      interfaces,
      addresses: [leaving],
    }),
    actions: ["move 3 eni-1 eipalloc-2 from eni-2"],
    waits: ["update of $LATEST"],
  },
  {
    name: "the address of what cannot be called yet is taken before that of a published version",
    observed: world({
      members: [orders, member("billing", updating(1000, { servesNothing: true, attachments: [old] }))],
      interfaces: [...interfaces, networkInterface("3", attachment("b", "old"))],
      addresses: [leaving, address("3", { on: "3" })],
      published: new Map([[attachment("b", "old").key, [`${functionArn("orders")}:1`]]]),
    }),
    actions: ["move 3 eni-1 eipalloc-2 from eni-2"],
    waits: ["update of $LATEST"],
  },
  {
    name: "a published version on the same interface is named",
    observed: world({
      members: [orders, member("billing", updating(1000, { servesNothing: true, attachments: [old] }))],
      interfaces,
      addresses: [address("2", { on: "2" })],
      published: new Map([[old.key, [`${functionArn("billing")}:1`]]]),
    }),
    actions: [`move 3 eni-1 eipalloc-2 from eni-2 cuts off ${functionArn("billing")}:1`],
    waits: ["update of $LATEST"],
  },
  {
    name: "a creation that failed holds up nothing",
    observed: world({
      members: [
        orders,
        member("billing", { ...version("failed", [], "$LATEST", "InvalidSubnet"), servesNothing: true }),
      ],
      interfaces,
      addresses: [leaving],
    }),
    actions: ["move 3 eni-1 eipalloc-2 from eni-2"],
    findings: [`failed-update 10 ${functionArn("billing")} InvalidSubnet`],
  },
  {
    name: "a failed update that is not about the network stops nothing, and is reported",
    observed: world({
      members: [
        orders,
        member("billing", {
          ...version("settled", [web]),
          problem: { kind: "failed-update", reason: "ImageDeleted" },
        }),
      ],
      interfaces,
      addresses: [leaving],
    }),
    actions: ["move 3 eni-1 eipalloc-2 from eni-2"],
    findings: [`failed-update 10 ${functionArn("billing")} ImageDeleted`],
  },
  {
    name: "whatever is in progress, a detached interface's address is moved",
    observed: world({
      members: [orders, member("billing", updating(1000))],
      interfaces: [networkInterface("1", web), networkInterface("2", old, { inUse: false })],
      addresses: [leaving],
    }),
    actions: ["move 3 eni-1 eipalloc-2 from eni-2"],
    waits: ["update of $LATEST"],
  },
  {
    name: "a function that Lambda cannot wake is reported",
    observed: world({
      members: [
        member("sleeper", {
          ...version("idle", [web]),
          problem: { kind: "inactive", reason: "SubnetOutOfIPAddresses" },
        }),
      ],
    }),
    findings: [`inactive ${functionArn("sleeper")} SubnetOutOfIPAddresses`],
  },
  {
    name: "a member in no VPC is reported, with the versions that leave by shared addresses",
    observed: world({ members: [member("orders", version("settled", []), version("settled", [], "3"))] }),
    findings: [`outside-vpc ${functionArn("orders")} $LATEST,3`],
  },
  {
    name: "a member that may leave by IPv6 is reported, with its versions",
    observed: world({
      members: [member("orders", { ...version("idle", [web], "3"), mayUseIpv6: true }, version("idle", [web]))],
    }),
    findings: [`dual-stack ${functionArn("orders")} 3`],
  },
  {
    name: "a guarded member in no VPC is as it should be until it is attached",
    observed: world({ members: [member("labels", version("settled", []))] }),
    policy: { ...policy, guarded: ["labels"] },
  },
];

export const publishedVersions: readonly Case[] = [
  {
    name: "an interface that a published version uses by its number keeps its address while spares are left",
    observed: world({
      members: [orders],
      interfaces,
      addresses: [address("1"), address("2", { on: "2" }), address("3")],
      published: new Map([[old.key, ["orders:1"]]]),
    }),
    actions: ["associate 2 eni-1 eipalloc-1"],
  },
  {
    name: "nor is it taken when nobody needs it, however long it has been noted as draining",
    observed: world({
      members: [orders],
      interfaces,
      addresses: [address("1", { on: "1" }), leaving],
      published: new Map([[old.key, ["orders:1"]]]),
    }),
    actions: ["note 1 eni-2 eipalloc-2 serving"],
  },
  {
    name: "it is taken when nothing else is left, which says whom it cuts off",
    observed: world({
      members: [orders],
      interfaces,
      addresses: [address("2", { on: "2" })],
      published: new Map([[old.key, ["orders:1"]]]),
    }),
    actions: ["move 3 eni-1 eipalloc-2 from eni-2 cuts off orders:1"],
  },
  {
    name: "an interface that nobody uses goes first",
    observed: world({
      members: [orders],
      interfaces: [...interfaces, networkInterface("3", attachment("b", "older"))],
      addresses: [address("2", { on: "2" }), address("3", { on: "3" })],
      published: new Map([[old.key, ["orders:1"]]]),
    }),
    actions: ["move 3 eni-1 eipalloc-3 from eni-3"],
  },
  {
    name: "before the members are asked nothing is taken from an interface in use",
    observed: world({ members: [orders], interfaces, addresses: [leaving], published: undefined }),
    findings: ["shortage 4 eni-1"],
    waits: ["proof"],
  },
  {
    name: "nor does its drain begin or end",
    observed: world({
      members: [orders],
      interfaces: [...interfaces, networkInterface("3", old)],
      addresses: [address("1", { on: "1" }), leaving, address("3", { on: "3" })],
      published: undefined,
    }),
    waits: ["proof"],
  },
  {
    name: "while it drains, nobody has to be asked",
    observed: world({
      members: [orders],
      interfaces,
      addresses: [address("1", { on: "1" }), address("2", { on: "2", use: ["draining", "a", nowMs - 10_000] })],
      published: undefined,
    }),
    waits: ["drain of eipalloc-2 for 50000 ms"],
  },
];

export const refusals: readonly Case[] = [
  {
    name: "the next spare is tried for an address that AWS refuses, which is reported",
    observed: world({
      members: [orders],
      interfaces: [networkInterface("1", web)],
      addresses: [address("1"), address("2")],
      refusals: [refusal("InvalidAddress.Locked", { address: "1" })],
    }),
    actions: ["associate 2 eni-1 eipalloc-2"],
    findings: [refused("InvalidAddress.Locked", "eipalloc-1")],
  },
  {
    name: "a refused spare does not hold up a move",
    observed: world({
      members: [orders],
      interfaces,
      addresses: [address("1"), leaving],
      refusals: [refusal("InvalidAllocationID.NotFound", { address: "1" })],
    }),
    actions: ["move 3 eni-1 eipalloc-2 from eni-2"],
    findings: [refused("InvalidAllocationID.NotFound", "eipalloc-1")],
  },
  {
    name: "an interface that AWS refuses leaves the addresses to the others",
    observed: world({
      members: [orders],
      interfaces: [networkInterface("1", web), networkInterface("2", web)],
      addresses: [address("1")],
      refusals: [refusal("OperationNotPermitted", { on: "1" })],
    }),
    actions: ["associate 2 eni-2 eipalloc-1"],
    findings: [refused("OperationNotPermitted", "eni-1")],
    waits: ["refusal for 5000 ms"],
  },
  {
    name: "of two that AWS will not have together each is tried with another",
    observed: world({
      members: [orders],
      interfaces: [networkInterface("1", web), networkInterface("2", web)],
      addresses: [address("1"), address("2")],
      refusals: [refusal("AuthFailure", { address: "1", on: "1" })],
    }),
    actions: ["associate 2 eni-1 eipalloc-2", "associate 2 eni-2 eipalloc-1"],
  },
  {
    name: "a spare whose refusal is over within seconds is waited for before a published version is cut off",
    observed: world({
      members: [orders],
      interfaces,
      addresses: [address("1"), address("2", { on: "2" })],
      published: new Map([[old.key, ["orders:1"]]]),
      refusals: [refusal("AuthFailure", { address: "1", on: "1" })],
    }),
    findings: [refused("AuthFailure", "eni-1")],
    waits: ["refusal for 5000 ms"],
  },
  {
    name: "a spare whose refusal lasts longer is not",
    observed: world({
      members: [orders],
      interfaces,
      addresses: [address("1"), address("2", { on: "2" })],
      published: new Map([[old.key, ["orders:1"]]]),
      refusals: [{ ...refusal("AuthFailure", { address: "1", on: "1" }), untilMs: nowMs + 16_000 }],
    }),
    actions: ["move 3 eni-1 eipalloc-2 from eni-2 cuts off orders:1"],
  },
  {
    name: "what is over is tried again",
    observed: world({
      members: [orders],
      interfaces: [networkInterface("1", web)],
      addresses: [address("1")],
      refusals: [{ ...refusal("AuthFailure", { address: "1", on: "1" }), untilMs: nowMs }],
    }),
    actions: ["associate 2 eni-1 eipalloc-1"],
  },
];
