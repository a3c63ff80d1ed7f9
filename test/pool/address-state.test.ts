import { describe, expect, it } from "vitest";
import { type AddressFacts, type AddressState, addressState, type Holder } from "../../src/pool/address-state.ts";

const on = (use: Extract<Holder, { kind: "interface" }>["use"]): Holder => ({ kind: "interface", use });
const none: Holder = { kind: "none" };
const scout: Holder = { kind: "scout" };
const unknown: Holder = { kind: "unknown" };

type Row = readonly [
  row: number,
  holder: Holder,
  noted: AddressFacts["noted"],
  clean: AddressState,
  blocked: AddressState,
];

describe("the state of an address", () => {
  it.each<Row>([
    [1, none, undefined, "spare", "suspect"],
    [1, none, "serving", "spare", "suspect"],
    [1, none, "draining", "spare", "suspect"],
    [2, scout, "scouting", "spare", "suspect"],
    [2, scout, "serving", "spare", "suspect"],
    [3, on("settled"), "serving", "serving", "serving"],
    [3, on("settled"), "draining", "serving", "serving"],
    [3, on("settled"), "scouting", "serving", "serving"],
    [4, on("failed"), "serving", "serving", "serving"],
    [5, on("changing"), "serving", "arriving", "arriving"],
    [6, on("unused"), "serving", "draining", "draining"],
    [6, on("unused"), "draining", "draining", "draining"],
    [7, { kind: "nat-gateway" }, "serving", "on NAT", "on NAT"],
    [8, { kind: "elsewhere" }, "serving", "elsewhere", "elsewhere"],
    [8, { kind: "elsewhere" }, "scouting", "elsewhere", "elsewhere"],
    [9, on("unknown"), "draining", "draining", "draining"],
    [9, unknown, "draining", "draining", "draining"],
    [10, unknown, "scouting", "spare", "suspect"],
    [11, on("unknown"), "scouting", "serving", "serving"],
    [11, on("unknown"), "serving", "serving", "serving"],
    [11, unknown, "serving", "serving", "serving"],
    [11, unknown, undefined, "serving", "serving"],
  ])("row %i: on %o, noted %s: %s, or %s when blocked", (_row, holder, noted, clean, blocked) => {
    expect(addressState({ holder, noted, blocked: false })).toBe(clean);
    expect(addressState({ holder, noted, blocked: true })).toBe(blocked);
  });
});
