/** SST and the engine are killed in the middle of a command, and the operator goes on as docs/changing.md says. By the real engine. */
import { expect, it } from "vitest";
import type { Stage } from "../../../testing/deployment/engine/stage.ts";
import { addMember, addressesOf, leavesBy, leftovers, names, pass, pool, stagePerCheck, succeeds } from "./life.ts";

const open = stagePerCheck();

/** Begins with time in which AWS finishes what it was asked for. */
async function unlockAndRefresh(stage: Stage): Promise<void> {
  await pass(stage, 3);
  const locked = await stage.sst("deploy");
  expect(locked.exitCode).not.toBe(0);
  expect(locked.operations).toEqual([]);
  expect(locked.output).toContain("sst unlock");
  await succeeds(stage, "unlock");
  await succeeds(stage, "refresh");
}

/** Deletes by hand what a deployment names as being there already, and deploys again. Returns the names of what was deleted. */
async function deployWithoutLeftovers(stage: Stage): Promise<string[]> {
  const deleted: string[] = [];
  for (;;) {
    const run = await stage.sst("deploy");
    if (run.exitCode === 0) return deleted;
    const [, name = "", refusal] = /→ (\S+) aws:\S+\n(.*)/.exec(run.output.slice(run.output.indexOf("Failed"))) ?? [];
    expect(refusal, run.output).toContain("AlreadyExists");
    expect(deleted).not.toContain(name);
    await stage.account.damage(name);
    deleted.push(name);
  }
}

it("a deployment: an address is found again, what has a name is named, and what serves goes on", async () => {
  const stage = await open({ example: "examples/smallest", stage: "production", addressQuota: 9 }, (it) =>
    it.configure(pool("partners", "network: { create: {} },")),
  );
  await addMember(stage, "orders", "partners", [1]);
  await pass(stage, 5);
  const serving = leavesBy(stage, "orders");

  stage.configure(pool("partners", "network: { create: {} }, addresses: { spares: 2 },"));
  expect((await stage.killed("deploy", "create", "egress-3")).exitCode).not.toBe(0);
  expect(addressesOf(stage, "partners")).toHaveLength(3);
  await unlockAndRefresh(stage);
  expect(names(await succeeds(stage, "deploy"), "create", "Eip")).toEqual([]);
  expect(addressesOf(stage, "partners")).toHaveLength(3);

  stage.configure(pool("partners", "network: { create: { zones: 2 } }, addresses: { spares: 1 },"));
  expect((await stage.killed("deploy", "create", "zone-2-function")).exitCode).not.toBe(0);
  await unlockAndRefresh(stage);
  expect(await deployWithoutLeftovers(stage)).toContain("Holdfast-partners-zone-2-function");
  await pass(stage, 3);
  expect(leavesBy(stage, "orders")).toEqual(serving);
  expect(stage.account.troubles).toEqual([]);
});

it("a removal: after unlock, the same command ends clean", async () => {
  const stage = await open({ example: "examples/smallest", stage: "dev" });
  await pass(stage, 3);
  expect((await stage.killed("remove", "delete", "partners-vpc")).exitCode).not.toBe(0);
  await succeeds(stage, "unlock");
  await succeeds(stage, "remove");
  expect(leftovers(stage)).toEqual({});
});
