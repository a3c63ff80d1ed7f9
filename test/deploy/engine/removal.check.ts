/** Removing a stage: production ends with nothing deleted, any other ends clean. By the real engine. */
import { describe, expect, it } from "vitest";
import type { Stage, StageOptions } from "../../../testing/deployment/engine/stage.ts";
import { fixed } from "../../../testing/twin/delays.ts";
import {
  addMember,
  addressesOf,
  leavesBy,
  leftovers,
  names,
  pass,
  placeOfProbe,
  pool,
  stagePerCheck,
  succeeds,
} from "./life.ts";

const open = stagePerCheck();
const smallest = { example: "examples/smallest", stage: "production" } satisfies StageOptions;
const withoutProtect = (it: Stage) =>
  it.edit("sst.config.ts", 'protect: input?.stage === "production"', "protect: false");

describe("a production stage", () => {
  it("is kept whole by SST, and by the guard in the component where the application's file lacks protect", async () => {
    const it = await open(smallest);
    await addMember(it, "orders", "partners", [1]);
    await pass(it, 5);
    const serving = leavesBy(it, "orders");
    expect(serving).toEqual([[expect.stringMatching(/^198\./)]]);

    const refusedBySst = await it.sst("remove");
    expect(refusedBySst.exitCode).not.toBe(0);
    expect(refusedBySst.operations).toEqual([]);
    expect(refusedBySst.output).toContain("protected stage");

    withoutProtect(it);
    const refusedByGuard = await it.sst("remove");
    expect(refusedByGuard.exitCode).not.toBe(0);
    expect(names(refusedByGuard, "delete")).toEqual([]);
    expect(refusedByGuard.output).toContain("Holdfast-removal-guard");
    await pass(it, 5);
    expect(leavesBy(it, "orders")).toEqual(serving);
    expect(it.account.troubles).toEqual([]);
  });

  it("goes in the documented way: the addresses stay, off every interface", async () => {
    const it = await open(smallest, (stage) => stage.configure(pool("partners", "network: { create: {} },")));
    const before = addressesOf(it, "partners");
    it.configure(pool("partners", "network: { create: {} },"), 'addresses: { onRemove: "retain" }');
    withoutProtect(it);
    await succeeds(it, "deploy");
    await succeeds(it, "remove");
    expect(leftovers(it)).toEqual({ addresses: 2, resources: 2 });
    expect(addressesOf(it, "partners")).toEqual(before);
    expect([...it.account.region.world.addresses.values()].map(({ associationId }) => associationId)).toEqual([
      undefined,
      undefined,
    ]);
  });
});

describe("any other stage", () => {
  it("ends with what it began with, three times in a row, though Lambda takes 35 minutes for its interfaces", async () => {
    const delays = { interfaceRemoval: fixed(34 * 60_000), interfaceDeletion: fixed(60_000) };
    const it = await open({ example: "examples/smallest", stage: "dev", delays });
    for (const life of [1, 2, 3]) {
      if (life > 1) await succeeds(it, "deploy");
      await pass(it, 3);
      await succeeds(it, "remove");
      expect(leftovers(it)).toEqual({});
    }
    expect(it.account.troubles).toEqual([]);
  });

  it("with kept addresses finds them again in its next life, and has no more of them", async () => {
    const it = await open({ example: "examples/smallest", stage: "dev" }, (stage) =>
      stage.configure(pool("partners", "network: { create: {} },"), 'addresses: { onRemove: "retain" }'),
    );
    const first = addressesOf(it, "partners");
    expect(first).toHaveLength(2);
    await succeeds(it, "remove");
    const again = await succeeds(it, "deploy");
    expect(names(again, "create", "Eip")).toEqual([]);
    expect(addressesOf(it, "partners")).toEqual(first);
    expect((await succeeds(it, "diff")).output).toContain("No changes");
    // They belong to the stage again: with `release`, the removal releases them.
    it.configure(pool("partners", "network: { create: {} },"), 'addresses: { onRemove: "release" }');
    await succeeds(it, "deploy");
    await succeeds(it, "remove");
    expect(leftovers(it)).toEqual({});
  });

  it("stops while a function still sends through it, which keeps its address, and ends clean once that is gone", async () => {
    const it = await open({ example: "examples/smallest", stage: "dev" });
    await addMember(it, "orders", "partners", [1]);
    await pass(it, 5);
    const serving = leavesBy(it, "orders");
    const stopped = await it.sst("remove");
    expect(stopped.exitCode).not.toBe(0);
    expect(stopped.output).toContain("orders");
    expect(names(stopped, "delete", "ec2/")).toEqual([]);
    expect(leavesBy(it, "orders")).toEqual(serving);
    // The stage is kept after all: what the removal has taken away comes back, the probes to their places too.
    expect(placeOfProbe(it, "scout")).toBe("none");
    await succeeds(it, "deploy");
    await pass(it, 8);
    const subnets = ["scout", "zone-1"].map((part) => it.account.find(`-${part}-subnet`, "ec2/subnet:Subnet").id);
    expect(["scout", "zone-1"].map((vantage) => placeOfProbe(it, vantage))).toEqual(subnets);
    expect(leavesBy(it, "orders")).toEqual(serving);
    await it.account.making.operator("lambda", "DeleteFunction", { FunctionName: "orders" });
    await succeeds(it, "remove");
    expect(leftovers(it)).toEqual({});
  });
});
