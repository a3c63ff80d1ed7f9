/** Which address goes where: ties, and what happens when there are too few. */
import { address, attachment, functionArn, member, networkInterface, policy, version, world } from "../build.ts";
import type { Case } from "./case.ts";

const web = attachment("a", "web");
const api = attachment("b", "api");
const old = attachment("a", "old");
const orders = member("orders", version("settled", [web]));
const changing = member("orders", version("changing", [web]));

export const ties: readonly Case[] = [
  {
    name: "the address that last served the subnet goes first, however long another is unused",
    observed: world({
      members: [orders],
      interfaces: [networkInterface("1", web)],
      addresses: [
        address("1"),
        address("2", { use: ["draining", "b", 1] }),
        address("3", { use: ["serving", "a", 9] }),
      ],
    }),
    actions: ["associate 2 eni-1 eipalloc-3"],
  },
  {
    name: "of several that served the subnet, the longest unused goes first",
    observed: world({
      members: [orders],
      interfaces: [networkInterface("1", web)],
      addresses: [address("1", { use: ["draining", "a", 2] }), address("2", { use: ["draining", "a", 1] })],
    }),
    actions: ["associate 2 eni-1 eipalloc-2"],
  },
  {
    name: "else the longest unused goes first, and what was never used before all",
    observed: world({
      members: [orders, member("billing", version("settled", [api]))],
      interfaces: [networkInterface("1", web), networkInterface("2", api)],
      addresses: [
        address("1", { use: ["draining", "c", 1] }),
        address("3"),
        address("2", { use: ["draining", "c", 2] }),
      ],
    }),
    actions: ["associate 2 eni-1 eipalloc-3", "associate 2 eni-2 eipalloc-1"],
  },
  {
    name: "of addresses alike, the lower id goes first, to the interface with the lower id",
    observed: world({
      members: [orders],
      interfaces: [networkInterface("2", web), networkInterface("1", web)],
      addresses: [address("2"), address("1")],
    }),
    actions: ["associate 2 eni-1 eipalloc-1", "associate 2 eni-2 eipalloc-2"],
  },
  {
    name: "interfaces of one subnet take its own addresses in the order of their ids",
    observed: world({
      members: [member("orders", version("settled", [web, api]))],
      interfaces: [networkInterface("1", web), networkInterface("2", api), networkInterface("3", web)],
      addresses: [
        address("1", { use: ["draining", "b", 1] }),
        address("2", { use: ["draining", "a", 5] }),
        address("3", { use: ["draining", "a", 4] }),
        address("4"),
      ],
    }),
    actions: ["associate 2 eni-1 eipalloc-3", "associate 2 eni-2 eipalloc-1", "associate 2 eni-3 eipalloc-2"],
  },
  {
    name: "an address that served the subnet is not kept for an interface that comes too late in a short supply",
    observed: world({
      members: [member("orders", version("settled", [web, api]))],
      interfaces: [networkInterface("1", web), networkInterface("2", api)],
      addresses: [address("1", { use: ["draining", "b", 1] })],
    }),
    actions: ["associate 2 eni-1 eipalloc-1"],
    findings: ["shortage 4 eni-2"],
  },
  {
    name: "spares go to serving interfaces, then to arriving ones, then to blocked ones",
    observed: world({
      members: [changing, member("billing", version("settled", [api]))],
      interfaces: [networkInterface("1", api), networkInterface("2", web), networkInterface("3", api)],
      addresses: [
        address("1", { on: "1", blocked: true, use: ["serving", "b", 1] }),
        ...["2", "3"].map((id) => address(id)),
      ],
    }),
    actions: ["associate 2 eni-3 eipalloc-2", "associate 7 eni-2 eipalloc-3"],
    findings: ["blocked 5 eni-1"],
    waits: ["update of $LATEST"],
  },
  {
    name: "a leaving address is moved only when the spares do not suffice; what is left drains",
    observed: world({
      members: [orders],
      interfaces: [
        ...["1", "2"].map((id) => networkInterface(id, web)),
        ...["3", "4"].map((id) => networkInterface(id, old)),
      ],
      addresses: [address("1"), address("3", { on: "3" }), address("4", { on: "4" })],
    }),
    actions: ["associate 2 eni-1 eipalloc-1", "move 3 eni-2 eipalloc-3 from eni-3", "note 9 eni-4 eipalloc-4 draining"],
  },
];

export const shortages: readonly Case[] = [
  {
    name: "while an update is in progress only as many lack an address for good as leaving ones cannot serve",
    observed: world({
      members: [orders, member("billing", version("changing", [api]))],
      interfaces: [
        ...["1", "2", "3"].map((id) => networkInterface(id, web)),
        networkInterface("4", api),
        networkInterface("5", old),
        networkInterface("6", old),
      ],
      addresses: [address("4", { on: "4" }), address("5", { on: "5" }), address("6", { on: "6", blocked: true })],
    }),
    findings: ["shortage 4 eni-2", "shortage 4 eni-3"],
    waits: ["update of $LATEST, urgent"],
  },
  {
    name: "an update's end cures no shortage while another member's update has failed",
    observed: world({
      members: [
        orders,
        member("billing", version("changing", [])),
        member("broken", version("failed", [api], "$LATEST", "Idle")),
      ],
      interfaces: [networkInterface("1", web), networkInterface("2", old)],
      addresses: [address("2", { on: "2" })],
    }),
    findings: ["shortage 4 eni-1", `failed-update 10 ${functionArn("broken")} Idle`],
    waits: ["update of $LATEST"],
  },
  {
    name: "an update whose end cures no shortage is not urgent",
    observed: world({
      members: [orders, member("billing", version("changing", [api]))],
      interfaces: [networkInterface("1", web), networkInterface("2", api)],
      addresses: [address("2", { on: "2" })],
    }),
    findings: ["shortage 4 eni-1"],
    waits: ["update of $LATEST"],
  },
  {
    name: "a shortage elsewhere does not make up for an arriving interface that waits",
    observed: world({
      members: [orders, member("billing", version("changing", [api]))],
      interfaces: [networkInterface("1", web), networkInterface("2", api)],
    }),
    findings: ["shortage 4 eni-1"],
    waits: ["update of $LATEST, urgent"],
  },
  {
    name: "a blocked address is neither given from the spares nor moved from a leaving interface",
    observed: world({
      members: [orders],
      interfaces: [networkInterface("1", web), networkInterface("2", old)],
      addresses: [address("1", { blocked: true }), address("2", { on: "2", blocked: true })],
    }),
    actions: ["note 9 eni-2 eipalloc-2 draining"],
    findings: ["shortage 4 eni-1"],
  },
  {
    name: "no more than the cap, the most urgent first",
    policy: { ...policy, maxActions: 3 },
    observed: world({
      members: [orders],
      interfaces: [
        ...["1", "2", "3"].map((id) => networkInterface(id, web)),
        networkInterface("4", old),
        networkInterface("5", old),
      ],
      addresses: [
        address("1", { on: "1", blocked: true }),
        address("2"),
        address("4", { on: "4" }),
        address("5", { on: "5" }),
        address("6"),
        address("7"),
      ],
    }),
    actions: [
      "associate 2 eni-2 eipalloc-2",
      "associate 2 eni-3 eipalloc-6",
      "swap 5 eni-1 eipalloc-7 for eipalloc-1 (eipassoc-1)",
    ],
  },
];
