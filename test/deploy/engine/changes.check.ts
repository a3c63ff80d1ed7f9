/** Changes of a running production stage with one pool, one after the other. By the real engine. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Stage } from "../../../testing/deployment/engine/stage.ts";
import { addMember, addressesOf, deployed, leavesBy, moveMember, names, pass, pool, succeeds } from "./life.ts";

let stage: Stage;
const configure = (body: string) => stage.configure(pool("partners", body));
const oneZone = "network: { create: {} },";
const ipsOf = (it: Stage) => leavesBy(it, "orders").map(([ip]) => ip);

beforeAll(async () => {
  stage = await deployed({ example: "examples/smallest", stage: "production", addressQuota: 9 }, (it) =>
    it.configure(pool("partners", oneZone)),
  );
  await addMember(stage, "orders", "partners", [1]);
  await pass(stage, 5);
});
afterAll(() => stage?.close());

describe("addresses", () => {
  it("a spare more is allocated, and nothing else is made", async () => {
    const before = ipsOf(stage);
    configure(`${oneZone} addresses: { spares: 2 },`);
    const run = await succeeds(stage, "deploy");
    // Relocation's settings list the pool's addresses, so it runs once more at the end.
    const made = (operation: "create" | "delete") => names(run, operation).filter((it) => it !== "Holdfast-healing");
    expect(made("create")).toEqual(["Holdfast-partners-egress-3", "Holdfast-partners-egress-3-on-remove"]);
    expect(made("delete")).toEqual([]);
    expect(addressesOf(stage, "partners")).toHaveLength(3);
    expect(ipsOf(stage)).toEqual(before);
  });

  it("a spare less is kept and listed, and fails no later deployment", async () => {
    const before = addressesOf(stage, "partners");
    configure(oneZone);
    const run = await succeeds(stage, "deploy");
    expect(addressesOf(stage, "partners")).toEqual(before);
    for (const { publicIp } of stage.account.region.world.addresses.values()) expect(run.output).toContain(publicIp);
    expect((await succeeds(stage, "deploy")).operations).toEqual([]);
  });

  it("a spare more again is the one that was kept", async () => {
    const before = addressesOf(stage, "partners");
    configure(`${oneZone} addresses: { spares: 2 },`);
    const run = await succeeds(stage, "deploy");
    expect([...names(run, "create", "Eip"), ...names(run, "update", "Eip")]).toEqual([]);
    expect(addressesOf(stage, "partners")).toEqual(before);
    expect((await succeeds(stage, "diff")).output).toContain("No changes");
  });
});

describe("members, targets and thresholds", () => {
  it("reach functions that run already, and touch nothing that carries traffic", async () => {
    const before = ipsOf(stage);
    stage.configure(
      `"partners": { ${oneZone} members: { names: ["orders"] }, addresses: { spares: 2 }, schedule: { drainSeconds: 90, roundsPerMinute: 2 },
        targets: [{ name: "partner", url: "https://api.example.com/" }, { name: "second", url: "https://b.example/" }] },`,
    );
    const run = await succeeds(stage, "deploy");
    const changed = [...names(run, "create"), ...names(run, "update"), ...names(run, "delete")];
    expect(changed).toEqual(expect.arrayContaining(["Holdfast-canary-function", "Holdfast-relocate-function"]));
    expect(run.operations.filter(({ operation, kind }) => operation !== "read" && kind.startsWith("ec2/"))).toEqual([]);
    await pass(stage, 3);
    expect(ipsOf(stage)).toEqual(before);
    expect(stage.account.troubles).toEqual([]);
    configure(`${oneZone} addresses: { spares: 2 },`);
    await succeeds(stage, "deploy");
  });
});

describe("zones", () => {
  const twoZones = "network: { create: { zones: 2 } }, addresses: { spares: 1 },";

  it("a zone more that fails half-way is there after the next deployment, and members can use it", async () => {
    const before = ipsOf(stage);
    configure(twoZones);
    const message = "InvalidParameterValueException: The role defined for the function cannot be assumed by Lambda.";
    stage.account.faults.push({ operation: "create", nameEnds: "zone-2-function", message });
    const failed = await stage.sst("deploy");
    expect(failed.exitCode).not.toBe(0);
    expect(failed.output).toContain("cannot be assumed");
    await pass(stage, 3);
    expect(ipsOf(stage)).toEqual(before);
    const again = await succeeds(stage, "deploy");
    expect(names(again, "create")).toContain("Holdfast-partners-zone-2-function");
    expect(names(again, "create")).not.toContain("Holdfast-partners-zone-2-subnet");
    await moveMember(stage, "orders", "partners", [1, 2]);
    await pass(stage, 8);
    expect(new Set(ipsOf(stage)).size).toBe(2);
  });

  it("stay where they are when AWS lists others", async () => {
    stage.account.zones.splice(0, 3, "-bos-1a", "b", "c", "d");
    expect((await succeeds(stage, "diff")).output).toContain("No changes");
  });

  it("a zone less waits for its members: their way out stays until they have left", async () => {
    const [first, second] = ipsOf(stage);
    configure(oneZone);
    const stopped = await stage.sst("deploy");
    expect(stopped.exitCode).not.toBe(0);
    expect(stopped.output).toContain("orders");
    expect(
      names(stopped, "delete").filter((name) => /zone-2-(subnet|default-route|association|routes)/.test(name)),
    ).toEqual([]);
    await pass(stage, 3);
    expect(ipsOf(stage)).toEqual([first, second]);

    await moveMember(stage, "orders", "partners", [1]);
    await pass(stage, 5);
    const before = addressesOf(stage, "partners");
    const run = await succeeds(stage, "deploy");
    expect(names(run, "delete")).toEqual(expect.arrayContaining(["Holdfast-partners-zone-2-subnet"]));
    expect(addressesOf(stage, "partners")).toEqual(before);
    await pass(stage, 5);
    expect(ipsOf(stage)).toEqual([first]);
  });
});
