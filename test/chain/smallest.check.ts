import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Chain } from "./chain.ts";

describe("examples/smallest, whole, in LocalEmu", () => {
  let chain: Chain;
  beforeAll(async () => {
    chain = await Chain.open("smallest", "partners");
    await chain.schedule("DISABLED");
  });
  afterAll(() => chain?.close());

  it("a new member's interface gets an address by CloudTrail's event alone", async () => {
    await chain.createMember("orders", { "holdfast:pool": "partners" });
    await chain.until("an address on the interface", 90, async () => (await chain.serving()).length === 1);
  });

  it("a lost association is repaired by a sweep of the schedule", async () => {
    const [address] = await chain.serving();
    await chain.schedule("ENABLED");
    await chain.operator("ec2", "DisassociateAddress", { AssociationId: address?.AssociationId });
    await chain.until("an address on the interface again", 130, async () => (await chain.serving()).length === 1);
  });

  it("nothing is said of an outage, no log has an error, no message was given up", async () => {
    expect(await chain.complaints(["relocation"])).toEqual([]);
  });
});
