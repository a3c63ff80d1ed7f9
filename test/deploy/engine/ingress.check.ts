/** An ingress's accelerator, whose addresses partners call, through the lives of a stage. By the real engine. */
import { expect, it } from "vitest";
import type { Run, Stage } from "../../../testing/deployment/engine/stage.ts";
import { names, pool, stagePerCheck, succeeds } from "./life.ts";

const open = stagePerCheck();
const certificateArn = "arn:aws:acm:us-east-1:123456789012:certificate/0a1b";
const ingress = `ingress: { kind: "addresses", function: "callbacks", certificateArn: "${certificateArn}" },`;
const accelerator = "globalaccelerator/accelerator:Accelerator";

const configure = (stage: Stage, body: string, onRemove: string) =>
  stage.configure(pool("partners", `network: { create: {} }, ${body}`), `addresses: { onRemove: "${onRemove}" }`);
const accelerators = (stage: Stage) => stage.account.resources.filter(({ kind }) => kind === accelerator).length;
const made = (run: Run) => names(run, "create", accelerator);

async function addCallbacks({ account }: Stage): Promise<void> {
  await account.making.operator("lambda", "CreateFunction", {
    FunctionName: "callbacks",
    Runtime: "nodejs24.x",
    Handler: "index.handler",
    Code: { ZipFile: new Uint8Array() },
    Role: "arn:aws:iam::123456789012:role/callbacks",
  });
}

it("a production stage keeps it whole, with its listener and what stands behind it", async () => {
  const stage = await open({ example: "examples/smallest", stage: "production" }, async (it) => {
    await addCallbacks(it);
    configure(it, ingress, "protect");
  });
  expect((await succeeds(stage, "diff")).output).toContain("No changes");
  stage.edit("sst.config.ts", 'protect: input?.stage === "production"', "protect: false");
  const refused = await stage.sst("remove");
  expect(refused.exitCode).not.toBe(0);
  expect(names(refused, "delete")).toEqual([]);

  // An ingress that is dropped leaves its accelerator, and one that comes back has it again.
  configure(stage, "", "protect");
  const dropped = await succeeds(stage, "deploy");
  expect(names(dropped, "delete", "globalaccelerator/")).toEqual([
    "Holdfast-partners-ingress-endpoints",
    "Holdfast-partners-ingress-listener",
  ]);
  expect(accelerators(stage)).toBe(1);
  configure(stage, ingress, "protect");
  expect(made(await succeeds(stage, "deploy"))).toEqual([]);
  expect(accelerators(stage)).toBe(1);
});

it("outlives a stage that retains it, is found again, and goes with one that releases", async () => {
  const stage = await open({ example: "examples/smallest", stage: "dev" }, async (it) => {
    await addCallbacks(it);
    configure(it, ingress, "retain");
  });
  const { id } = stage.account.find("-accelerator", accelerator);
  await succeeds(stage, "remove");
  expect(accelerators(stage)).toBe(1);
  expect(made(await succeeds(stage, "deploy"))).toEqual([]);
  expect(stage.account.find("-accelerator", accelerator).id).toBe(id);

  configure(stage, ingress, "release");
  await succeeds(stage, "deploy");
  configure(stage, "", "retain");
  const refused = await stage.sst("deploy");
  expect(refused.exitCode).not.toBe(0);
  expect(refused.operations).toEqual([]);
  expect(refused.output).toContain(`the accelerator of pools.partners.ingress, ${id}`);
  configure(stage, "", "release");
  await succeeds(stage, "deploy");
  expect(accelerators(stage)).toBe(0);
});
