import { describe, expect, it } from "vitest";
import type { Observed } from "../../src/relocation/model.ts";
import { plan } from "../../src/relocation/plan.ts";
import { attachmentsToConfirm } from "../../src/relocation/remembered.ts";
import { address, attachment, inMaking, member, networkInterface, nowMs, policy, version, world } from "./build.ts";

const web = attachment("a", "web");
const old = attachment("a", "old");
const orders = member("orders", version("settled", [web]));
const serving = { interfaces: [networkInterface("1", web)], addresses: [address("1", { on: "1" }), address("2")] };

/** The attachments that a member has to confirm; `all` where all members have to be asked. */
function toConfirm(observed: Observed): readonly string[] | "all" {
  return attachmentsToConfirm(observed, plan(observed, policy, nowMs)) ?? "all";
}

function remembering(parts: Partial<Observed>): Observed {
  return world({ members: [orders], published: undefined, ...serving, ...parts });
}

describe("what members said before", () => {
  it.each<[string, Partial<Observed>, readonly string[]]>([
    ["needs nothing", {}, []],
    [
      "an interface in the making is given an address",
      { interfaces: [...serving.interfaces, inMaking("2", web)] },
      [web.key],
    ],
    ["an interface in use is given an address", { interfaces: [networkInterface("2", web)] }, [web.key]],
    [
      "an interface has a blocked address",
      { addresses: [address("1", { on: "1", blocked: true }), address("2")] },
      [web.key],
    ],
    [
      "an interface that Lambda let go of drains",
      {
        interfaces: [...serving.interfaces, networkInterface("2", old, { inUse: false })],
        addresses: [address("1", { on: "1" }), address("2", { on: "2" })],
      },
      [],
    ],
  ])("is enough where the network %s", (_what, parts, keys) => {
    expect(toConfirm(remembering(parts))).toEqual(keys);
  });

  it.each<[string, Partial<Observed>]>([
    ["an update was in progress", { members: [orders, member("billing", version("changing", [old]))] }],
    ["an update had failed", { members: [orders, member("billing", version("failed", [web]))] }],
    [
      "an interface in use is of an attachment that no member used",
      { interfaces: [...serving.interfaces, networkInterface("2", old)] },
    ],
    [
      "Lambda is making an interface of an attachment that no member used",
      { interfaces: [...serving.interfaces, inMaking("2", old)] },
    ],
    [
      "an address is on an interface in use that no member used",
      {
        interfaces: [networkInterface("1", web), networkInterface("2", old)],
        addresses: [address("1", { on: "1" }), address("2", { on: "2" })],
      },
    ],
    ["an interface lacks an address, and no spare is left", { addresses: [] }],
    ["an interface that a member used is gone", { interfaces: [], addresses: [address("1")] }],
  ])("is not enough where %s", (_what, parts) => {
    expect(toConfirm(remembering(parts))).toBe("all");
  });
});
