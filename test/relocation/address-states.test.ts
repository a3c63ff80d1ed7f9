import { describe, expect, it } from "vitest";
import { poolView } from "../../cli/console/snapshot.ts";
import { addressStates } from "../../src/relocation/address-states.ts";
import { noLooks } from "../../src/relocation/looks.ts";
import type { Address, VersionStatus } from "../../src/relocation/model.ts";
import { report } from "../../src/relocation/report.ts";
import { address, attachment, member, networkInterface, nowMs, version, world } from "./build.ts";

const web = attachment("a", "web");
const probe = attachment("z", "scout");

function worldWith(one: Address, status: VersionStatus = "settled", inUse = true) {
  return world({
    members: [member("orders", version(status, [web]))],
    interfaces: [networkInterface("1", web, { inUse }), networkInterface("2", attachment("a", "old"))],
    scout: [networkInterface("9", probe)],
    addresses: [one],
  });
}

describe("the state of an observed address", () => {
  it.each<[name: string, address: Address, expected: string, status?: VersionStatus, inUse?: boolean]>([
    ["free", address("1"), "spare"],
    ["free and blocked", address("1", { blocked: true }), "suspect"],
    ["on the scout, whatever is noted", address("1", { on: "9", use: ["serving", "a", nowMs] }), "spare"],
    ["on a settled version's interface", address("1", { on: "1" }), "serving"],
    ["on it and noted as draining", address("1", { on: "1", use: ["draining", "a", nowMs] }), "serving"],
    ["on it and blocked", address("1", { on: "1", blocked: true }), "serving"],
    ["on a failed version's interface", address("1", { on: "1" }), "serving", "failed"],
    ["on the interface of an update", address("1", { on: "1" }), "arriving", "changing"],
    ["on an interface that Lambda has detached", address("1", { on: "1" }), "draining", "settled", false],
    ["on an interface that nobody uses", address("1", { on: "2" }), "draining"],
    ["on something else", address("1", { on: "7" }), "elsewhere"],
    ["on something else, noted as scouting", address("1", { on: "7", use: ["scouting", "a", nowMs] }), "elsewhere"],
  ])("%s: %s", (_name, one, expected, status, inUse) => {
    expect(addressStates(worldWith(one, status, inUse))(one)).toBe(expected);
  });

  it("is on NAT when a gateway has it", () => {
    const one = address("1", { on: "7" });
    expect(addressStates(worldWith(one), [one.allocationId])(one)).toBe("on NAT");
  });

  it("follows the note where the members were not read", () => {
    const one = address("1", { on: "1", use: ["draining", "a", nowMs] });
    const { members: _, ...network } = worldWith(one);
    expect(addressStates(network)(one)).toBe("draining");
  });

  it("is the same in the console and in the metrics: an address elsewhere serves nobody", () => {
    const observed = worldWith(address("1", { on: "7" }));
    const ways = { routeTables: [], natGateways: [], fallbackAddress: undefined, override: { kind: "none" } } as const;
    const health = { headline: "OK", line: "", details: [] } as const;
    const pool = { name: "p", health, hasFallback: false, observed, ways, subnets: [], partners: [] };
    expect(poolView(pool, undefined).addresses).toMatchObject([{ state: "elsewhere" }]);
    const run = { pool: "p", startedMs: nowMs, endedMs: nowMs, network: observed, passes: [], failure: undefined };
    const { measurements } = report(run, [], [], noLooks);
    expect(measurements).toContainEqual(expect.objectContaining({ name: "AddressesServing", value: 0 }));
  });
});
