/** Pools that come, go and are renamed, and a fallback that is switched off while traffic is on it. By the real engine. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Stage } from "../../../testing/deployment/engine/stage.ts";
import { addMember, addressesOf, deployed, leavesBy, names, pass, pool, succeeds } from "./life.ts";

let stage: Stage;
const partners = (more = "") => pool("partners", `network: { create: {} }, ${more}`);
const bank = pool("bank", `network: { create: { cidr: "10.90.0.0/16" } },`);
const of = (poolName: string) => (name: string) => name.includes(`-${poolName}-`);

beforeAll(async () => {
  stage = await deployed({ example: "examples/smallest", stage: "production", addressQuota: 9, vpcQuota: 9 }, (it) =>
    it.configure(partners()),
  );
  await addMember(stage, "orders", "partners", [1]);
  await pass(stage, 5);
});
afterAll(() => stage?.close());

it("a second pool leaves the first as it is, and goes again without its addresses", async () => {
  const before = leavesBy(stage, "orders");
  stage.configure(partners() + bank);
  const added = await succeeds(stage, "deploy");
  expect(names(added, "delete", "ec2/")).toEqual([]);
  expect(names(added, "create", "ec2/").filter(of("partners"))).toEqual([]);
  expect(addressesOf(stage, "bank")).toHaveLength(2);
  await pass(stage, 3);

  const kept = addressesOf(stage, "bank");
  stage.configure(partners());
  const removed = await succeeds(stage, "deploy");
  expect(names(removed, "delete", "ec2/").filter(of("partners"))).toEqual([]);
  expect(names(removed, "delete")).toContain("Holdfast-bank-vpc");
  expect(addressesOf(stage, "bank")).toEqual(kept);
  await pass(stage, 3);
  expect(leavesBy(stage, "orders")).toEqual(before);
  expect((await succeeds(stage, "deploy")).operations).toEqual([]);
});

describe("a pool with another name", () => {
  it("has the addresses that were kept, once they are named", async () => {
    const kept = addressesOf(stage, "bank");
    const addresses = `addresses: { allocationIds: ${JSON.stringify(kept)} },`;
    stage.configure(partners() + pool("savings", `network: { create: { cidr: "10.91.0.0/16" } }, ${addresses}`));
    await succeeds(stage, "deploy");
    expect(addressesOf(stage, "savings")).toEqual(kept);
    stage.configure(partners());
    await succeeds(stage, "deploy");
    for (const id of kept) expect(stage.account.region.world.addresses.has(id)).toBe(true);
  });
});

it("a fallback that is switched off while traffic is on it leads the routes back and leaves no gateway", async () => {
  stage.configure(partners('fallback: { standby: "cold" },'));
  await succeeds(stage, "deploy");
  const { world } = stage.account.region;
  const [first] = addressesOf(stage, "partners");
  const Tags = [{ Key: "holdfast:override", Value: "fallback" }];
  await stage.account.making.operator("ec2", "CreateTags", { Resources: [first], Tags });
  await pass(stage, 12);
  const isFallback = ({ tags }: { tags: Record<string, string> }) => tags["holdfast:role"] === "fallback";
  const fallback = [...world.addresses.values()].find(isFallback);
  expect(leavesBy(stage, "orders")).toEqual([[fallback?.publicIp]]);

  stage.configure(partners());
  await succeeds(stage, "deploy");
  await pass(stage, 3);
  expect([...world.natGateways.values()].filter(({ state }) => state !== "deleted")).toEqual([]);
  const [[ip] = []] = leavesBy(stage, "orders");
  expect(ip).toMatch(/^198\./);
  expect(ip).not.toBe(fallback?.publicIp);
  expect(world.addresses.has(fallback?.allocationId ?? "")).toBe(true);
});

it("a regional NAT gateway's role is made once, and an unchanged stage stays as it is", async () => {
  stage.configure(partners('fallback: { standby: "cold", mode: "regional" },'));
  expect(names(await succeeds(stage, "deploy"), "create", "iam/serviceLinkedRole")).toEqual([
    "Holdfast-nat-gateway-role",
  ]);
  expect((await succeeds(stage, "deploy")).operations).toEqual([]);
});
