import { describe, expect, it } from "vitest";
import { type Looks, noLooks, withLook } from "../../src/relocation/looks.ts";
import { Memory } from "../../src/relocation/memory.ts";
import { address, attachment, networkInterface, nowMs, world } from "./build.ts";

const web = attachment("a", "web");
const network = world({
  interfaces: [networkInterface("1", web), networkInterface("2", web)],
  addresses: [address("1", { on: "1" }), address("2", { on: "2" })],
});

describe("Memory of quiet networks", () => {
  it("knows a network again in any order", () => {
    const memory = new Memory();
    memory.remember("partner", network);
    const { interfaces, addresses } = network;
    expect(memory.isQuiet("partner", network)).toBe(true);
    expect(
      memory.isQuiet("partner", {
        ...network,
        interfaces: [...interfaces].reverse(),
        addresses: [...addresses].reverse(),
      }),
    ).toBe(true);
  });

  it("looks again when the operator pauses the pool", () => {
    const memory = new Memory();
    memory.remember("partner", network);
    expect(memory.isQuiet("partner", { ...network, paused: true })).toBe(false);
  });

  it("knows nothing of other pools, nor after it was asked to forget", () => {
    const memory = new Memory();
    expect(memory.isQuiet("partner", network)).toBe(false);
    memory.remember("partner", network);
    expect(memory.isQuiet("other", network)).toBe(false);
    memory.remember("partner", undefined);
    expect(memory.isQuiet("partner", network)).toBe(false);
  });

  it.each([
    ["an interface more", { ...network, interfaces: [...network.interfaces, networkInterface("3", web)] }],
    ["an address less", { ...network, addresses: network.addresses.slice(1) }],
    ["a blocked address", { ...network, addresses: network.addresses.map((it) => ({ ...it, blocked: true })) }],
    ["a detached interface", { ...network, interfaces: network.interfaces.map((it) => ({ ...it, inUse: false })) }],
  ])("sees %s", (_what, changed) => {
    const memory = new Memory();
    memory.remember("partner", network);
    expect(memory.isQuiet("partner", changed)).toBe(false);
  });
});

describe("Memory of looks and findings", () => {
  it("keeps each pool's latest looks", () => {
    const memory = new Memory();
    const [first, second, other] = [1, 2, 3].map((ms) => withLook(noLooks, network, nowMs + ms)) as [
      Looks,
      Looks,
      Looks,
    ];
    expect(memory.looks("partner")).toBe(noLooks);
    memory.rememberLooks("partner", first);
    memory.rememberLooks("other", other);
    memory.rememberLooks("partner", second);
    expect(memory.looks("partner")).toBe(second);
  });
});
