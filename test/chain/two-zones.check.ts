import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { read, sectionWithin, tableRows } from "../docs/markdown.ts";
import { Chain } from "./chain.ts";

describe("examples/two-zones, whole, in LocalEmu", () => {
  let chain: Chain;
  beforeAll(async () => {
    chain = await Chain.open("two-zones", "payments");
    await chain.schedule("DISABLED");
  });
  afterAll(() => chain?.close());

  it("runs in the emulator with the corrections that docs/twin.md lists, and no others", () => {
    const rows = tableRows(sectionWithin(read("docs/twin.md"), "A whole deployment in an emulator"));
    expect(chain.corrections).toEqual(rows.map(([name = ""]) => name.replaceAll("`", "")));
  });

  it("a new member's interfaces get addresses in both zones by CloudTrail's event alone", async () => {
    await chain.createMember("payments-api", {});
    await chain.until("two addresses", 90, async () => (await chain.serving()).length === 2);
  });

  it("nothing is said of an outage, no log has an error, no message was given up", async () => {
    expect(await chain.complaints(["relocation", "fallback"])).toEqual([]);
  });

  it("a raised alarm fails the pool over to a NAT gateway with the fallback address, by its event", async () => {
    const [kept, ...refused] = await chain.addresses("egress");
    expect(kept).toBeDefined();
    for (const { AllocationId } of refused) await chain.tag(AllocationId, "holdfast:verdict", "blocked");
    const alarm = { AlarmName: "holdfast-production-payments-escalation", StateReason: "tried" };
    await chain.operator("monitoring", "SetAlarmState", { ...alarm, StateValue: "ALARM" });
    await chain.until("routes to the NAT gateway", 120, async () => (await chain.routes()).join() === "nat,nat");
    const [fallback] = await chain.addresses("fallback");
    expect(fallback?.AssociationId).toBeDefined();
    await chain.operator("monitoring", "SetAlarmState", { ...alarm, StateValue: "OK" });
  });

  it("the operator's override leads back with the next sweep", async () => {
    const [address] = await chain.addresses("egress");
    await chain.tag(address?.AllocationId, "holdfast:override", "direct");
    await chain.schedule("ENABLED");
    await chain.until("direct routes", 130, async () => (await chain.routes()).join() === "direct,direct");
  });

  it("no log has an error, no message was given up", async () => {
    expect(await chain.complaints(["relocation", "fallback"])).toEqual([]);
  });
});
