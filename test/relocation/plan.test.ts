import { describe, expect, it } from "vitest";
import { plan } from "../../src/relocation/plan.ts";
import { address, attachment, member, networkInterface, nowMs, policy, version, world } from "./build.ts";
import { tell } from "./cases/case.ts";
import { decisionTable } from "./cases/decision-table.ts";
import { drains } from "./cases/drains.ts";
import { publishedVersions, refusals, updates } from "./cases/held-up.ts";
import { members, strangers } from "./cases/members.ts";
import { scouting } from "./cases/scout.ts";
import { shortages, ties } from "./cases/supply.ts";
import { unsettled } from "./cases/unsettled.ts";

const api = attachment("b", "api");
const old = attachment("a", "old");

describe.each([
  ["the decision table", decisionTable],
  ["ties", ties],
  ["while not every version is settled", unsettled],
  ["supply", shortages],
  ["drains", drains],
  ["members and attachments", members],
  ["what is not the pool's", strangers],
  ["updates that hold up", updates],
  ["published versions", publishedVersions],
  ["refusals", refusals],
  ["the scout", scouting],
])("plan: %s", (_subject, cases) => {
  it.each(cases.map((it) => [it.name, it] as const))("%s", (_name, one) => {
    const { observed, policy: own = policy, actions = [], findings = [], waits = [] } = one;
    expect(tell(plan(observed, own, nowMs))).toEqual({ actions, findings, waits });
  });
});

describe("plan", () => {
  it("says in each action which subnet it concerns", () => {
    const observed = world({
      members: [member("orders", version("settled", [api]))],
      interfaces: ["1", "2", "3", "4", "5", "6"].map((id) => networkInterface(id, id > "4" ? old : api)),
      addresses: [
        address("1"),
        address("2", { on: "2", blocked: true }),
        address("3", { on: "3", use: ["draining", "b", 0] }),
        address("4", { on: "4" }),
        address("5", { on: "5" }),
        address("6", { on: "6", use: ["draining", "a", 0] }),
        address("7"),
      ],
    });
    expect(plan(observed, policy, nowMs).actions.map(({ kind, subnetId }) => [kind, subnetId])).toEqual([
      ["associate", "subnet-b"],
      ["swap", "subnet-b"],
      ["note", "subnet-b"],
      ["note", "subnet-a"],
      ["disassociate", "subnet-a"],
    ]);
  });
});
