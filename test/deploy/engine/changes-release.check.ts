/** Changes of a stage that gives its addresses back, one after the other. By the real engine. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Stage } from "../../../testing/deployment/engine/stage.ts";
import { addMember, addressesOf, deployed, leavesBy, names, pass, pool, succeeds } from "./life.ts";

let stage: Stage;
const configure = (spares: number, more = "") =>
  stage.configure(pool("partners", `network: { create: {} }, addresses: { spares: ${spares} },`), more);
const retain = 'addresses: { onRemove: "retain" }';

/** The address that the deployment calls so, e.g. `egress-3`. */
function own(part: string) {
  const { addresses } = stage.account.region.world;
  const found = [...addresses.values()].find(({ tags }) => tags["Name"]?.endsWith(`-${part}`));
  if (!found) throw new Error(`no address ${part}`);
  return found;
}

/** Somebody puts the address on an interface that another address is on. */
async function puton(part: string, networkInterfaceId: string | undefined): Promise<void> {
  const { operator } = stage.account.making;
  const { addresses } = stage.account.region.world;
  const there = [...addresses.values()].find((it) => it.networkInterfaceId === networkInterfaceId);
  if (there?.allocationId === own(part).allocationId) return;
  await operator("ec2", "DisassociateAddress", { AssociationId: there?.associationId });
  await operator("ec2", "AssociateAddress", {
    AllocationId: own(part).allocationId,
    NetworkInterfaceId: networkInterfaceId,
    AllowReassociation: true,
  });
}

const interfaceOf = (use: string) =>
  [...stage.account.region.world.addresses.values()].find(
    ({ associationId, tags }) => associationId && tags["holdfast:use"]?.startsWith(use),
  )?.networkInterfaceId;

beforeAll(async () => {
  stage = await deployed({ example: "examples/smallest", stage: "dev", addressQuota: 9 }, (it) =>
    it.configure(pool("partners", "network: { create: {} }, addresses: { spares: 2 },")),
  );
  await addMember(stage, "orders", "partners", [1]);
  await pass(stage, 12);
  // Which address serves follows from their ids, and those from the order in which the engine creates.
  await puton("egress-1", interfaceOf("serving"));
  await pass(stage, 3);
});
afterAll(() => stage?.close());

it("another name of the component, and the old one again, change nothing", async () => {
  const before = [...stage.account.region.world.addresses.keys()];
  const named = (name: string) => `new Holdfast("${name}"`;
  for (const [from, to] of [
    ["Holdfast", "Egress"],
    ["Egress", "Holdfast"],
  ] as const) {
    stage.edit("sst.config.ts", named(from), named(to));
    const run = await succeeds(stage, "deploy");
    expect([...names(run, "create"), ...names(run, "delete"), ...names(run, "update")]).toEqual([]);
  }
  expect([...stage.account.region.world.addresses.keys()]).toEqual(before);
});

describe("a spare less", () => {
  it("is taken off the scout, and then released", async () => {
    const serving = leavesBy(stage, "orders");
    await puton("egress-3", interfaceOf("scouting"));
    const { allocationId, associationId } = own("egress-3");
    expect(associationId).toBeDefined();
    configure(1);
    await succeeds(stage, "deploy");
    expect(stage.account.region.world.addresses.has(allocationId)).toBe(false);
    expect(addressesOf(stage, "partners")).toHaveLength(2);
    await pass(stage, 5);
    expect(leavesBy(stage, "orders")).toEqual(serving);
    expect(stage.account.troubles).toEqual([]);
  });

  it("is refused while it serves, and stays in the pool", async () => {
    await puton("egress-2", interfaceOf("serving"));
    const { allocationId, publicIp } = own("egress-2");
    configure(0);
    const refused = await stage.sst("deploy");
    expect(refused.exitCode).not.toBe(0);
    expect(refused.output).toContain(`${allocationId} on `);
    expect(names(refused, "delete")).toEqual([]);
    await pass(stage, 3);
    expect(leavesBy(stage, "orders")).toEqual([[publicIp]]);
    expect(addressesOf(stage, "partners")).toContain(allocationId);
  });

  it("is kept by a deployment of its own that says so, and not by the one that drops it", async () => {
    const before = addressesOf(stage, "partners");
    configure(0, retain);
    const refused = await stage.sst("deploy");
    expect(refused.exitCode).not.toBe(0);
    expect(refused.operations).toEqual([]);
    expect(refused.output).toContain("addresses.onRemove");
    configure(1, retain);
    await succeeds(stage, "deploy");
    configure(0, retain);
    await succeeds(stage, "deploy");
    expect(addressesOf(stage, "partners")).toEqual(before);
  });
});
