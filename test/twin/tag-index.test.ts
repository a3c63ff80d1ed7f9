import { expect, it } from "vitest";
import { createFunction, openPath, type PathScene } from "./path-scene.ts";

interface Resources {
  readonly ResourceTagMappingList: readonly { readonly ResourceARN: string }[];
}

/** Names of the functions that the index of tags has, in its order. */
async function listed(scene: PathScene): Promise<string[]> {
  const input = { TagFilters: [{ Key: "team", Values: ["payments"] }] };
  const { ResourceTagMappingList } = await scene.call<Resources>("tagging", "GetResources", input);
  return ResourceTagMappingList.map(({ ResourceARN }) => ResourceARN.split(":").at(-1) ?? "");
}

async function openTagged(): Promise<PathScene> {
  const scene = await openPath();
  for (const name of ["billing", "orders"]) await createFunction(scene, name, { Tags: { team: "payments" } });
  return scene;
}

it("learns of nothing while it stands still", async () => {
  const scene = await openTagged();
  scene.path.tagIndex.stall(120_000);
  await scene.call("lambda", "DeleteFunction", { FunctionName: "billing" });
  await scene.call("lambda", "CreateFunction", { FunctionName: "refunds", Role: "r", Tags: { team: "payments" } });
  expect(await listed(scene)).toEqual(["billing", "orders"]);
  await scene.region.clock.advance(120_000);
  expect(await listed(scene)).toEqual(["orders", "refunds"]);
});

it("leaves a function out for a while", async () => {
  const scene = await openTagged();
  scene.path.tagIndex.leaveOut("orders", 60_000);
  expect(await listed(scene)).toEqual(["billing"]);
  await scene.region.clock.advance(60_000);
  expect(await listed(scene)).toEqual(["billing", "orders"]);
});

it("repeats functions for a while", async () => {
  const scene = await openTagged();
  scene.path.tagIndex.repeat(60_000);
  expect(await listed(scene)).toEqual(["billing", "billing", "orders", "orders"]);
  await scene.region.clock.advance(60_000);
  expect(await listed(scene)).toEqual(["billing", "orders"]);
});
