import { describe, expect, it } from "vitest";
import { askFrom, createPartner, type PartnerRule } from "../../testing/twin/partners.ts";
import { createFunction, openPath } from "./path-scene.ts";
import { allocate, openScene, text } from "./scene.ts";

const MINUTE = 60_000;
const ONE = "198.18.0.1";
const OTHER = "198.18.0.2";

/** Statuses (or failure codes) that two addresses get, and how long the first waited. */
async function answers(rules: readonly PartnerRule[], afterMs = 0) {
  const { region, run } = openScene();
  await region.clock.advance(afterMs);
  const partner = createPartner(region.clock, rules);
  const fromMs = region.clock.now();
  const say = async (ip: string) => {
    const { answer } = await run(partner.ask({ sourceIp: ip }));
    return answer.kind === "http" ? answer.status : answer.code;
  };
  const one = await say(ONE);
  return { one, tookMs: region.clock.now() - fromMs, other: await say(OTHER) };
}

describe("a partner", () => {
  const startMs = Date.UTC(2026, 0, 1);
  it.each<[string, PartnerRule[], number, number | string, number | string]>([
    ["without rules", [], 0, 200, 200],
    ["that blocks an address", [{ kind: "block", ips: [ONE] }], 0, 403, 200],
    ["that blocks everybody", [{ kind: "block", ips: "all" }], 0, 403, 403],
    ["that blocks a country", [{ kind: "country" }], 0, 403, 403],
    ["whose application refuses", [{ kind: "application" }], 0, 403, 403],
    ["that fails", [{ kind: "outage", how: "error" }], 0, 503, 503],
    ["that refuses connections", [{ kind: "outage", how: "refused" }], 0, "ECONNREFUSED", "ECONNREFUSED"],
    ["that is silent", [{ kind: "outage", how: "silent" }], 0, "ETIMEDOUT", "ETIMEDOUT"],
    ["slow but in time", [{ kind: "slow", byMs: 3_000 }], 0, 200, 200],
    ["too slow", [{ kind: "slow", byMs: 5_000 }], 0, "ETIMEDOUT", "ETIMEDOUT"],
    [
      "that resets connections from one address",
      [
        {
          kind: "behavior",
          name: "resets",
          give: ({ sourceIp }) =>
            sourceIp === ONE
              ? { answer: { kind: "failure", phase: "tls", code: "ECONNRESET" }, worse: true }
              : undefined,
        },
        { kind: "block", ips: [OTHER] },
      ],
      0,
      "ECONNRESET",
      403,
    ],
    ["whose block is to come", [{ kind: "block", ips: "all", fromMs: startMs + MINUTE }], 0, 200, 200],
    ["whose block has come", [{ kind: "block", ips: "all", fromMs: startMs + MINUTE }], MINUTE, 403, 403],
    ["whose block is over", [{ kind: "block", ips: "all", toMs: startMs + MINUTE }], MINUTE, 200, 200],
    [
      "that flaps, on",
      [{ kind: "flap", ips: [ONE], onMs: 10 * MINUTE, offMs: 10 * MINUTE, fromMs: startMs }],
      25 * MINUTE,
      403,
      200,
    ],
    [
      "that flaps, off",
      [{ kind: "flap", ips: [ONE], onMs: 10 * MINUTE, offMs: 10 * MINUTE, fromMs: startMs }],
      15 * MINUTE,
      200,
      200,
    ],
  ])("%s", async (_name, rules, afterMs, one, other) => {
    expect(await answers(rules, afterMs)).toMatchObject({ one, other });
  });

  it("takes its time", async () => {
    expect((await answers([])).tookMs).toBe(80);
    expect((await answers([{ kind: "slow", byMs: 3_000 }])).tookMs).toBe(3_080);
    expect((await answers([{ kind: "outage", how: "silent" }])).tookMs).toBe(5_000);
  });

  it("says who refuses", async () => {
    const { region, run } = openScene();
    const ask = async (rule: PartnerRule) =>
      (await run(createPartner(region.clock, [rule]).ask({ sourceIp: ONE }))).answer;
    expect(await ask({ kind: "block", ips: "all" })).toMatchObject({
      body: "error code: 1006",
      headers: { server: "cloudflare" },
    });
    expect(await ask({ kind: "country" })).toMatchObject({ body: "error code: 1009" });
    expect(await ask({ kind: "application" })).toMatchObject({ headers: { "content-type": "application/json" } });
  });
});

describe("a function's request", () => {
  it("comes from its egress address, or not at all", async () => {
    const scene = await openPath();
    const { vpcId, internetGatewayId } = scene.network;
    const [table] = [...scene.region.world.routeTables.values()].filter((it) => it.vpcId === vpcId);
    await createFunction(scene, "probe");
    const partner = createPartner(scene.region.clock);
    const ask = () => scene.run(askFrom(scene.region, { functionName: "probe" }, partner));
    const shut = { sourceIp: undefined, answer: { kind: "failure", phase: "connect", code: "ETIMEDOUT" } };
    expect(await ask()).toEqual(shut);
    const AllocationId = await allocate(scene);
    const [eni] = scene.region.world.networkInterfaces.keys();
    await scene.call("ec2", "AssociateAddress", { AllocationId, NetworkInterfaceId: eni });
    expect(await ask()).toEqual(shut);
    const route = {
      RouteTableId: table?.routeTableId,
      DestinationCidrBlock: "0.0.0.0/0",
      GatewayId: internetGatewayId,
    };
    await scene.call("ec2", "CreateRoute", route);
    const sourceIp = text(scene.region.world.addresses.get(AllocationId)?.publicIp);
    expect(await ask()).toMatchObject({ sourceIp, answer: { status: 200 } });
    partner.rules.push({ kind: "block", ips: [sourceIp] });
    expect(await ask()).toMatchObject({ sourceIp, answer: { status: 403 } });
  });

  it("comes from the shared pool outside a VPC, by turns", async () => {
    const scene = await openPath();
    await createFunction(scene, "shared", {});
    const partner = createPartner(scene.region.clock);
    const ask = (turn: number) => scene.run(askFrom(scene.region, { functionName: "shared", turn }, partner));
    const seen = [await ask(0), await ask(1), await ask(3)].map(({ sourceIp }) => sourceIp);
    expect(seen[0]).toMatch(/^203\.0\.113\./);
    expect(seen[1]).not.toBe(seen[0]);
    expect(seen[2]).toBe(seen[0]);
    const unknown = askFrom(scene.region, { functionName: "nobody" }, partner);
    await expect(unknown).rejects.toMatchObject({ code: "ResourceNotFoundException" });
  });
});
