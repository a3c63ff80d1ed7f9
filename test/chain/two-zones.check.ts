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
    const section = sectionWithin(read("docs/twin.md"), "A whole deployment in an emulator");
    expect(chain.corrections).toEqual(tableRows(section).map(([name = ""]) => name.replaceAll("`", "")));
    expect(section).toContain(`is corrected in ${chain.corrections.length} places`);
  });

  it("finds a planted mistake: with a pattern that misses records without groups, no event helps a new member", async () => {
    const groups = { requestParameters: { groupSet: { items: { groupId: [{ exists: true }] } } } };
    const mend = await chain.plantPattern("-relocation-changes", ({ detail, ...pattern }) => ({
      ...pattern,
      detail: { ...detail, ...groups },
    }));
    await chain.createMember("payments-api", {});
    await expect(chain.until("an address", 10, async () => (await chain.serving()).length > 0)).rejects.toThrow(
      "an address: not within 10 s",
    );
    await mend();
  });

  it("a changed member's interfaces get addresses in both zones by CloudTrail's event alone", async () => {
    await chain.operator("lambda", "UpdateFunctionConfiguration", { FunctionName: "payments-api", Timeout: 5 });
    await chain.until("two addresses", 90, async () => (await chain.serving()).length === 2);
  });

  it("nothing is said of an outage, no log has an error, no message was given up", async () => {
    expect(await chain.complaints(["relocation", "fallback"])).toEqual([]);
    expect(await chain.said()).toEqual(["AddressRelocated"]);
  });

  it("a raised alarm fails the pool over to a NAT gateway with the fallback address, by its event", async () => {
    // With a clean spare, fallback would wait for its swap.
    const [kept] = await chain.serving();
    const refused = (await chain.addresses("egress")).filter((it) => it.AllocationId !== kept?.AllocationId);
    expect(refused).toHaveLength(2);
    for (const { AllocationId } of refused) await chain.tag(AllocationId, "holdfast:verdict", "blocked");
    const alarm = { AlarmName: "holdfast-production-payments-escalation", StateReason: "tried" };
    await chain.operator("monitoring", "SetAlarmState", { ...alarm, StateValue: "ALARM" });
    await chain.until("routes to the NAT gateway", 120, async () => (await chain.routes()).join() === "nat,nat");
    const [fallback] = await chain.addresses("fallback");
    expect(fallback?.AssociationId).toBeDefined();
    await chain.atRest(["fallback"]);
  });

  it("the operator's override leads back with the next sweep", async () => {
    const [address] = await chain.addresses("egress");
    await chain.tag(address?.AllocationId, "holdfast:override", "direct");
    await chain.schedule("ENABLED");
    await chain.until("direct routes", 130, async () => (await chain.routes()).join() === "direct,direct");
  });

  it("no log has an error, no message was given up", async () => {
    expect(await chain.complaints(["relocation", "fallback"])).toEqual([]);
    const events = ["FallbackEntered", "FallbackLeft", "NatGatewayCreated", "OverrideSet", "RouteReplaced"];
    expect(await chain.said()).toEqual(expect.arrayContaining(events));
  });
});
