import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HoldfastInput } from "../../src/config/holdfast.ts";
import { type Address, Chain } from "./chain.ts";

/** Six rounds a minute instead of one: a block is found in two minutes instead of six. */
function withQuickRounds({ pools, ...input }: HoldfastInput): HoldfastInput {
  const quick = Object.entries(pools).map(
    ([name, pool]) => [name, { ...pool, schedule: { ...pool.schedule, roundsPerMinute: 6 } }] as const,
  );
  return { ...input, pools: Object.fromEntries(quick) };
}

describe("examples/smallest, whole, in LocalEmu", () => {
  let chain: Chain;
  beforeAll(async () => {
    chain = await Chain.open("smallest", "partners", withQuickRounds);
    await chain.schedule("DISABLED");
  });
  afterAll(() => chain?.close());

  const isServed = async () => (await chain.serving()).length === 1;

  it("a new member's interface gets an address by CloudTrail's event alone", async () => {
    await chain.createMember("orders", { "holdfast:pool": "partners" });
    await chain.until("an address on the interface", 90, isServed);
  });

  it("a lost association is repaired by a sweep of the schedule", async () => {
    const [address] = await chain.serving();
    await chain.schedule("ENABLED");
    await chain.operator("ec2", "DisassociateAddress", { AssociationId: address?.AssociationId });
    await chain.until("an address on the interface again", 130, isServed);
  });

  it("a partner refuses the address: the schedule's rounds mark it, and their event has it exchanged for the spare", async () => {
    await chain.schedule("DISABLED", "-sweep");
    const [refused] = await chain.serving();
    const ip = refused?.PublicIp ?? "";
    chain.outside.refused.add(ip);
    await chain.until("another address on the interface", 240, async () => {
      const [address, ...more] = await chain.serving();
      return address !== undefined && more.length === 0 && address.PublicIp !== ip;
    });
    const [address] = await chain.serving();
    await chain.until(
      "the spare is the member's way out",
      10,
      async () => chain.wayOutOf("orders") === address?.PublicIp,
    );
    const verdictOf = ({ Tags }: Address) => Tags.find(({ Key }) => Key === "holdfast:verdict")?.Value;
    const blocked = (await chain.addresses("egress")).filter((it) => verdictOf(it) === "blocked");
    expect(blocked.map(({ PublicIp, AssociationId }) => [PublicIp, AssociationId])).toEqual([[ip, undefined]]);
    await chain.until("the log of the round", 70, async () => (await chain.said()).includes("AddressBlocked"));
    expect(await chain.said()).toEqual(["AddressBlocked", "AddressRelocated", "AddressScouted", "SpareVerified"]);
  });

  it("nothing is said of an outage, no log has an error, no message was given up", async () => {
    expect(await chain.complaints(["relocation"])).toEqual([]);
  });

  it("finds a message that was given up, and the error in the log", async () => {
    await chain.send("relocation.fifo", "not JSON");
    await chain.until("a complaint", 30, async () => (await chain.complaints(["relocation"])).length > 1);
    expect(await chain.complaints(["relocation"])).toEqual([
      expect.stringContaining("is not valid JSON"),
      "relocation-dead-letters.fifo is not empty",
    ]);
  });
});
