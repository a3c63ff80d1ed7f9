import { LambdaClient } from "@aws-sdk/client-lambda";
import { ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import { describe, expect, it } from "vitest";
import { MemberMemory, type MemberSource, observeMembers } from "../../src/relocation/observe-members.ts";
import { prove } from "../../src/relocation/observe-proof.ts";
import { directClients } from "../../testing/deployment/direct-clients.ts";
import { openScene, type Scene } from "../../testing/deployment/relocation-scene.ts";
import { clientConfig } from "../../testing/twin/endpoint.ts";
import { pool, world } from "./build.ts";
import { quick } from "./stories.ts";

const minuteMs = 60_000;

/** A scene whose index of tags can leave functions out, as the real one does for minutes. */
async function begin() {
  const scene = await openScene({ delays: quick, holdfast: false });
  for (const name of ["orders", "billing"]) {
    await scene.createFunction(name, [0]);
    await scene.pass(2 * minuteMs);
  }
  await tag(scene, "orders");
  const role = scene.relocateRole;
  // What the role may do depends on how the members are configured.
  scene.region.authorize = undefined;
  const over = directClients(scene.region, role);
  const config = clientConfig(scene.region, role);
  const index = { leavesOut: false };
  const tagging = over(new ResourceGroupsTaggingAPIClient(config), "tagging");
  const { send } = tagging;
  Object.assign(tagging, {
    send: (command: never) => (index.leavesOut ? Promise.resolve({ ResourceTagMappingList: [] }) : send(command)),
  });
  const source: MemberSource = {
    lambda: over(new LambdaClient(config), "lambda"),
    tagging,
    memberMemory: new MemberMemory(),
  };
  const byTag = pool({
    members: { names: [], arns: [], tags: { egress: "fixed" } },
    network: { vpcId: scene.network.vpcId, subnetIds: [...scene.network.subnetIds] },
  });
  return { scene, source, byTag, index };
}

async function tag({ operator, region }: Scene, functionName: string): Promise<void> {
  const Resource = region.world.functions.get(functionName)?.functionArn;
  await operator("lambda", "TagResource", { Resource, Tags: { egress: "fixed" } });
}

async function settled<Output>({ pass }: Scene, work: Promise<Output>): Promise<Output> {
  await pass(20_000);
  return work;
}

const namesOf = (members: readonly { readonly functionArn: string }[]) =>
  members.map(({ functionArn }) => functionArn.split(":").at(-1));

describe("members by tag", () => {
  it("stay members while the index leaves them out, as long as the function bears the tag", async () => {
    const { scene, source, byTag, index } = await begin();
    expect(namesOf((await settled(scene, observeMembers(source, byTag))).members)).toEqual(["orders"]);
    index.leavesOut = true;
    expect(namesOf((await settled(scene, observeMembers(source, byTag))).members)).toEqual(["orders"]);
    const Resource = scene.region.world.functions.get("orders")?.functionArn;
    await scene.operator("lambda", "UntagResource", { Resource, TagKeys: ["egress"] });
    expect((await settled(scene, observeMembers(source, byTag))).members).toEqual([]);
  });

  it("that no run has seen yet are found in the pool's subnets before anything is taken", async () => {
    const { scene, source, byTag, index } = await begin();
    index.leavesOut = true;
    const observed = world(await settled(scene, observeMembers(source, byTag)));
    expect(observed.members).toEqual([]);
    const { members, published } = await settled(scene, prove(source, byTag, observed));
    expect(namesOf(members)).toEqual(["orders"]);
    expect(published).toEqual(new Map());
  });

  it("that have left the pool's subnets are found by a published version that stays there", async () => {
    const { scene, source, byTag, index } = await begin();
    await scene.operator("lambda", "PublishVersion", { FunctionName: "orders" });
    await scene.pass(minuteMs);
    await scene.updateFunction("orders", []);
    await scene.pass(2 * minuteMs);
    index.leavesOut = true;
    const observed = world(await settled(scene, observeMembers(source, byTag)));
    const { members, published } = await settled(scene, prove(source, byTag, observed));
    expect(namesOf(members)).toEqual(["orders"]);
    expect([...(published?.values() ?? [])]).toEqual([[expect.stringMatching(/:orders:1$/)]]);
  });

  it("are gone when the function is", async () => {
    const { scene, source, byTag, index } = await begin();
    await settled(scene, observeMembers(source, byTag));
    index.leavesOut = true;
    await scene.operator("lambda", "DeleteFunction", { FunctionName: "orders" });
    expect((await settled(scene, observeMembers(source, byTag))).members).toEqual([]);
  });
});

describe("published versions", () => {
  it("are listed with the attachments that they use, but for those that an alias routes to", async () => {
    const { scene, source, byTag } = await begin();
    const publish = () => scene.operator("lambda", "PublishVersion", { FunctionName: "orders" });
    await publish();
    await scene.pass(minuteMs);
    await scene.operator("lambda", "UpdateFunctionCode", { FunctionName: "orders", ZipFile: new Uint8Array([1]) });
    await scene.pass(minuteMs);
    await publish();
    await scene.operator("lambda", "CreateAlias", { FunctionName: "orders", Name: "live", FunctionVersion: "2" });
    await scene.updateFunction("orders", [1]);
    await scene.pass(2 * minuteMs);
    const observed = world(await settled(scene, observeMembers(source, byTag)));
    const { published } = await settled(scene, prove(source, byTag, observed));
    expect([...(published?.values() ?? [])]).toEqual([[expect.stringMatching(/:orders:1$/)]]);
  });
});
