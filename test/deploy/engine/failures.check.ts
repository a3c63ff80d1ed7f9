/** Several changes at once, and commands after one that failed. By the real engine. */
import { expect, it } from "vitest";
import type { Stage } from "../../../testing/deployment/engine/stage.ts";
import {
  addMember,
  addressesOf,
  leavesBy,
  leftovers,
  moveMember,
  names,
  pass,
  pool,
  stagePerCheck,
  succeeds,
} from "./life.ts";

const open = stagePerCheck();
const refusal = "ServiceException: Internal error";

const gateways = ({ account: { region } }: Stage) =>
  [...region.world.natGateways.values()].filter(({ state }) => state !== "deleted");

it("a zone less and no fallback any more, in one deployment, while traffic is on NAT", async () => {
  const both = 'network: { create: { zones: 2 } }, addresses: { spares: 1 }, fallback: { standby: "warm" },';
  const stage = await open({ example: "examples/smallest", stage: "production", addressQuota: 9 }, (it) =>
    it.configure(pool("partners", both)),
  );
  await addMember(stage, "orders", "partners", [1, 2]);
  await pass(stage, 5);
  const [Resource] = addressesOf(stage, "partners");
  const Tags = [{ Key: "holdfast:override", Value: "fallback" }];
  await stage.account.making.operator("ec2", "CreateTags", { Resources: [Resource], Tags });
  await pass(stage, 12);
  expect(gateways(stage)).toHaveLength(1);
  const all = [...stage.account.region.world.addresses.keys()];

  await moveMember(stage, "orders", "partners", [1]);
  await pass(stage, 3);
  stage.configure(pool("partners", "network: { create: {} }, addresses: { spares: 1 },"));
  await succeeds(stage, "deploy");
  await pass(stage, 5);
  expect(gateways(stage)).toEqual([]);
  expect([...stage.account.region.world.addresses.keys()]).toEqual(all);
  expect(leavesBy(stage, "orders")).toEqual([[expect.stringMatching(/^198\./)]]);
  expect(stage.account.troubles).toEqual([]);
  expect((await succeeds(stage, "deploy")).operations).toEqual([]);
});

it("a stage whose first deployment failed half-way goes without a trace, and a removal that AWS refused half-way too", async () => {
  const stage = await open({ example: "examples/smallest", stage: "dev" });
  await succeeds(stage, "remove");
  for (const nameEnds of ["partners-teardown-function", "Holdfast-canary-function"]) {
    stage.account.faults.push({ operation: "create", nameEnds, message: refusal });
    expect((await stage.sst("deploy")).exitCode).not.toBe(0);
    await pass(stage, 3);
    await succeeds(stage, "remove");
    expect(leftovers(stage)).toEqual({});
  }

  await succeeds(stage, "deploy");
  await pass(stage, 3);
  stage.account.faults.push({ operation: "delete", nameEnds: "zone-1-teardown", message: refusal });
  const refused = await stage.sst("remove");
  expect(refused.exitCode).not.toBe(0);
  expect(names(refused, "delete", "ec2/")).toEqual([]);
  await succeeds(stage, "remove");
  expect(leftovers(stage)).toEqual({});
  expect(stage.account.troubles).toEqual([]);
});
