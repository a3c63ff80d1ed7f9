/** Versions and attachments, and what is not the pool's. */

import type { VpcId } from "../../../src/aws/identifiers.ts";
import { attachmentOf } from "../../../src/relocation/model.ts";
import {
  address,
  attachment,
  functionArn,
  inMaking,
  member,
  networkInterface,
  nowMs,
  refusal,
  version,
  world,
} from "../build.ts";
import type { Case } from "./case.ts";

const web = attachment("a", "web");
const api = attachment("b", "api");
const old = attachment("a", "old");
const orders = member("orders", version("settled", [web]));
const changing = member("orders", version("changing", [web]));

export const members: readonly Case[] = [
  {
    name: "a pool without members has only leaving interfaces",
    observed: world({ interfaces: [networkInterface("1", web)], addresses: [address("1", { on: "1" })] }),
    actions: ["note 9 eni-1 eipalloc-1 draining"],
  },
  {
    name: "an old version that an alias still routes to keeps its attachment serving",
    observed: world({
      members: [member("orders", version("settled", [web]), version("settled", [old], "3"))],
      interfaces: [networkInterface("1", web), networkInterface("2", old)],
      addresses: [address("1"), address("2", { on: "2" })],
    }),
    actions: ["associate 2 eni-1 eipalloc-1"],
  },
  {
    name: "each subnet of an attachment needs an interface with an address",
    observed: world({
      members: [member("orders", version("settled", [web, attachment("b", "web")]))],
      interfaces: [networkInterface("1", web), networkInterface("2", attachment("b", "web"))],
      addresses: [address("1"), address("2")],
    }),
    actions: ["associate 2 eni-1 eipalloc-1", "associate 2 eni-2 eipalloc-2"],
  },
  {
    name: "the order of security groups does not matter, their set does",
    observed: world({
      members: [member("orders", version("settled", [attachment("a", "x", "y")]))],
      interfaces: [networkInterface("1", attachment("a", "y", "x")), networkInterface("2", attachment("a", "x"))],
      addresses: [address("1", { on: "1" }), address("2")],
    }),
  },
  {
    name: "the VPC is part of the attachment",
    observed: world({
      members: [orders],
      interfaces: [
        networkInterface("1", web),
        networkInterface("2", attachmentOf("vpc-2" as VpcId, web.subnetId, web.securityGroupIds)),
      ],
      addresses: [address("1", { on: "1" }), address("2")],
    }),
  },
  {
    name: "an attachment that a settled and a changing member share serves",
    observed: world({
      members: [member("billing", version("changing", [web])), orders],
      interfaces: [networkInterface("1", web)],
      addresses: [address("1", { on: "1", blocked: true }), address("2")],
    }),
    actions: ["swap 5 eni-1 eipalloc-2 for eipalloc-1 (eipassoc-1)"],
    waits: ["update of $LATEST"],
  },
  {
    name: "an attachment that a changing member shares with one whose update failed serves",
    observed: world({
      members: [changing, member("billing", version("failed", [web]))],
      interfaces: [networkInterface("1", web)],
      addresses: [address("1")],
    }),
    actions: ["associate 2 eni-1 eipalloc-1"],
    findings: [`failed-update 10 ${functionArn("billing")} unknown`],
    waits: ["update of $LATEST"],
  },
  {
    name: "of several failed versions the first is named, whatever order AWS lists them in",
    observed: world({
      members: [member("orders", version("failed", [], "3", "three"), version("failed", [], "$LATEST", "latest"))],
    }),
    findings: [`failed-update 10 ${functionArn("orders")} latest`],
  },
  {
    name: "a settled attachment without an interface is waited for, an idle or failed one is not",
    observed: world({
      members: [
        orders,
        member("sleeper", version("idle", [api])),
        member("broken", version("failed", [old], "$LATEST", "Idle")),
      ],
    }),
    findings: [`failed-update 10 ${functionArn("broken")} Idle`],
    waits: [`interface of ${web.key}`],
  },
  {
    name: "an attachment whose only interface is detached is waited for",
    observed: world({ members: [orders], interfaces: [networkInterface("1", web, { inUse: false })] }),
    waits: [`interface of ${web.key}`],
  },
  {
    name: "an interface that Lambda is making beside one that serves has a spare before it is in use",
    observed: world({
      members: [orders],
      interfaces: [networkInterface("1", web), inMaking("2", web)],
      addresses: [address("1", { on: "1" }), address("2")],
    }),
    actions: ["associate 7 eni-2 eipalloc-2"],
    waits: [`interface of ${web.key}, arriving`],
  },
  {
    name: "an interface that Lambda is making and that has its address is not waited for, and keeps it",
    observed: world({
      members: [orders],
      interfaces: [networkInterface("1", web), inMaking("2", web)],
      addresses: [address("1", { on: "1" }), address("2", { on: "2", use: ["serving", "a", nowMs] })],
    }),
  },
  {
    name: "an interface that Lambda is making for others and that has an address keeps it until the members were asked",
    observed: world({
      members: [orders],
      interfaces: [networkInterface("1", web), inMaking("2", old)],
      addresses: [address("1", { on: "1" }), address("2", { on: "2", use: ["draining", "a", 0] })],
      published: undefined,
    }),
    waits: ["proof"],
  },
  {
    name: "an interface that Lambda is making has a spare last: after those in use, and after a blocked one",
    observed: world({
      members: [orders],
      interfaces: [networkInterface("1", web), inMaking("2", web), networkInterface("3", web)],
      addresses: [address("1", { on: "1", blocked: true }), address("2"), address("4")],
    }),
    actions: ["associate 2 eni-3 eipalloc-2", "swap 5 eni-1 eipalloc-4 for eipalloc-1 (eipassoc-1)"],
    waits: [`interface of ${web.key}, arriving`],
  },
  {
    name: "an interface that Lambda is making without a spare is waited for, and nothing is taken or reported for it",
    observed: world({
      members: [orders],
      interfaces: [networkInterface("1", web), inMaking("2", web), networkInterface("3", old, { inUse: false })],
      addresses: [address("1", { on: "1" }), address("3", { on: "3", use: ["draining", "a", nowMs] })],
    }),
    waits: [`interface of ${web.key}, arriving`, "drain of eipalloc-3 for 60000 ms"],
  },
  {
    name: "an interface that took no address while Lambda was making it is waited for",
    observed: world({
      members: [orders],
      interfaces: [networkInterface("1", web), inMaking("2", web)],
      addresses: [address("1", { on: "1" }), address("2")],
      refusals: [{ ...refusal("IncorrectState", { on: "2" }), untilInUse: true }],
    }),
    waits: [`interface of ${web.key}, arriving`],
  },
  {
    name: "an interface that took no address while Lambda was making it has one as soon as it is in use",
    observed: world({
      members: [orders],
      interfaces: [networkInterface("2", web)],
      addresses: [address("2")],
      refusals: [{ ...refusal("IncorrectState", { on: "2" }), untilInUse: true }],
    }),
    actions: ["associate 2 eni-2 eipalloc-2"],
  },
  {
    name: "an interface that Lambda is making for others is not waited for",
    observed: world({
      members: [orders],
      interfaces: [networkInterface("1", web), networkInterface("2", old, { inUse: false, pending: true })],
      addresses: [address("1", { on: "1" })],
    }),
  },
  {
    name: "an absent attachment that a settled and a changing version share is not merely arriving",
    observed: world({ members: [orders, member("billing", version("changing", [web]))] }),
    waits: ["update of $LATEST", `interface of ${web.key}`],
  },
  {
    name: "an attachment outside the pool's subnets is reported once a subnet, and not waited for",
    observed: world({
      members: [
        member(
          "orders",
          version("settled", [attachment("z", "web"), attachment("z", "db")]),
          version("settled", [attachment("z", "web")], "2"),
        ),
      ],
    }),
    findings: [`outside-network ${functionArn("orders")} subnet-z`],
  },
  {
    name: "missing members are reported",
    observed: world({ missingMembers: ["gone", "lost"] }),
    findings: ["missing-member gone", "missing-member lost"],
  },
];

export const strangers: readonly Case[] = [
  {
    name: "an address of the pool on something that is no interface of the pool is reported and let be",
    observed: world({
      members: [orders],
      interfaces: [networkInterface("1", web)],
      addresses: [address("1", { on: "nat" })],
    }),
    findings: ["shortage 4 eni-1", "displaced eipalloc-1 eni-nat"],
  },
  {
    name: "a foreign address on an interface that nobody uses is nobody's business",
    observed: world({
      members: [orders],
      interfaces: [networkInterface("1", web), networkInterface("2", old, { shownAllocationId: "unknown" })],
      addresses: [address("1", { on: "1" })],
    }),
  },
  {
    name: "a foreign address on an interface of a changing or failed member is a conflict too",
    observed: world({
      members: [changing, member("billing", version("failed", [api], "1", "Idle"))],
      interfaces: [
        networkInterface("1", web, { shownAllocationId: address("foreign").allocationId }),
        networkInterface("2", api, { shownAllocationId: "unknown" }),
      ],
      addresses: [address("1")],
    }),
    findings: ["conflict 6 eni-1", "conflict 6 eni-2", `failed-update 10 ${functionArn("billing")} Idle`],
    waits: ["update of $LATEST"],
  },
  {
    name: "an interface that shows a foreign address is not touched although ours still claims to be on it",
    observed: world({
      members: [orders],
      interfaces: [networkInterface("1", web, { shownAllocationId: address("foreign").allocationId })],
      addresses: [address("1", { on: "1", blocked: true }), address("2")],
    }),
    findings: ["conflict 6 eni-1"],
  },
  {
    name: "of two addresses that claim one interface the lower id counts",
    observed: world({
      interfaces: [networkInterface("1", web)],
      addresses: [address("2", { on: "1" }), address("1", { on: "1" })],
    }),
    actions: ["note 9 eni-1 eipalloc-1 draining"],
  },
  {
    name: "a public IP without an allocation is ours when one of ours says so",
    observed: world({
      members: [orders],
      interfaces: [networkInterface("1", web, { shownAllocationId: "unknown" })],
      addresses: [address("1", { on: "1" })],
    }),
  },
  {
    name: "a paused pool: nothing is written or waited for, the findings are reported",
    observed: world({
      members: [orders, changing],
      interfaces: [networkInterface("1", web), networkInterface("2", old, { shownAllocationId: "unknown" })],
      addresses: [address("1"), address("2", { on: "2" })],
      paused: true,
    }),
    findings: ["paused"],
  },
];
