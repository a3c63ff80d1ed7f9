/** What the real engine does with a program that is refused, and with names that are as long as SST allows. */
import { afterEach, expect, it } from "vitest";
import { Stage } from "../../../testing/deployment/engine/stage.ts";
import { addressesOf, leftovers, names, pool, succeeds } from "./life.ts";

let stage: Stage | undefined;
afterEach(() => {
  stage?.close();
  stage = undefined;
});

it("a deployment over the quota creates nothing, and says which addresses it would make", async () => {
  stage = await Stage.open({ example: "examples/smallest", stage: "production", addressQuota: 1 });
  const refused = await stage.sst("deploy");
  expect(refused.exitCode).not.toBe(0);
  expect(names(refused, "create")).toEqual([]);
  expect(leftovers(stage)).toEqual({});
  expect(refused.output).toContain("Elastic IPs");
});

it("another range for a network that is there is refused, with the reason, and changes nothing", async () => {
  stage = await Stage.open({ example: "examples/smallest", stage: "production" });
  stage.configure(pool("partners", 'network: { create: { cidr: "10.97.0.0/16" } },'));
  await succeeds(stage, "deploy");
  stage.configure(pool("partners", 'network: { create: { cidr: "10.98.0.0/16" } },'));
  const refused = await stage.sst("deploy");
  expect(refused.exitCode).not.toBe(0);
  expect(refused.operations).toEqual([]);
  expect(refused.output).toContain("pools.partners.network.create.cidr");
});

it("a stage that names its own addresses keeps them: where it would release them it is refused first", async () => {
  stage = await Stage.open({ example: "examples/smallest", stage: "dev", addressQuota: 9 });
  const network = "network: { create: {} },";
  const retain = 'addresses: { onRemove: "retain" }';
  stage.configure(pool("partners", network));
  await succeeds(stage, "deploy");
  const own = addressesOf(stage, "partners");
  const named = `${network} addresses: { allocationIds: ${JSON.stringify(own)} },`;
  stage.configure(pool("partners", named));
  const refused = await stage.sst("deploy");
  expect(refused.exitCode).not.toBe(0);
  expect(refused.operations).toEqual([]);
  expect(refused.output).toContain("pools.partners.addresses.allocationIds");

  stage.configure(pool("partners", network), retain);
  await succeeds(stage, "deploy");
  stage.configure(pool("partners", named), retain);
  await succeeds(stage, "deploy");
  stage.configure(pool("partners", named));
  await succeeds(stage, "deploy");
  expect(addressesOf(stage, "partners")).toEqual(own);

  // Dropped from the list they leave the pool, which allocates others, and stay the operator's.
  stage.configure(pool("partners", network));
  await succeeds(stage, "deploy");
  expect(addressesOf(stage, "partners").filter((id) => own.includes(id))).toEqual([]);
  expect(addressesOf(stage, "partners")).toHaveLength(2);
  for (const id of own) expect(stage.account.region.world.addresses.has(id)).toBe(true);
});

it("long names of stage and pool fit everywhere, and the stage goes again", async () => {
  const name = "partners-feature-swap-addresses";
  stage = await Stage.open({ example: "examples/smallest", stage: "feature-swap-addresses-and-shorten-grace" });
  stage.configure(pool(name, 'network: { create: {} }, fallback: { standby: "cold" },'));
  await succeeds(stage, "deploy");
  expect((await succeeds(stage, "diff")).output).toContain("No changes");
  await succeeds(stage, "remove");
  expect(leftovers(stage)).toEqual({});
  expect(stage.account.troubles).toEqual([]);
});
