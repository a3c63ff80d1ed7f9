import { expect, it } from "vitest";
import { refuseCalls } from "../../testing/deployment/deployed-region.ts";
import { openScene, type Scene } from "../../testing/deployment/relocation-scene.ts";
import { quick } from "./stories.ts";

const minuteMs = 60_000;
const tags = { egress: "fixed" };

interface NewFunction {
  readonly tags?: Readonly<Record<string, string>>;
  readonly inNetwork?: boolean;
}

/** Deploys a function as a build pipeline does: creates it, changes its code, publishes a version. */
async function deploy(scene: Scene, FunctionName: string, { tags: Tags, inNetwork }: NewFunction = {}): Promise<void> {
  const { operator, network, pass } = scene;
  const VpcConfig = { SubnetIds: [network.subnetIds[0]], SecurityGroupIds: [network.securityGroupIds[0]] };
  await operator("lambda", "CreateFunction", {
    ...{ FunctionName, Role: "arn:aws:iam::123456789012:role/member", Runtime: "nodejs24.x", Handler: "index.handler" },
    ...{ Code: { ZipFile: new Uint8Array() }, ...(Tags && { Tags }), ...(inNetwork && { VpcConfig }) },
  });
  await pass(inNetwork ? minuteMs : 4_000);
  await operator("lambda", "UpdateFunctionCode", { FunctionName, ZipFile: new Uint8Array([1]) });
  await pass(4_000);
  await operator("lambda", "PublishVersion", { FunctionName });
}

/** Relocation's calls of Lambda and of the index of tags within ten minutes. */
async function countCalls(scene: Scene, work: () => Promise<void>): Promise<number> {
  const { region, relocateRole, pass } = scene;
  let count = 0;
  refuseCalls(region, ({ principal, service }) => {
    if (principal === relocateRole && (service === "lambda" || service === "tagging")) count++;
    return undefined;
  });
  const endMs = region.clock.now() + 10 * minuteMs;
  await work();
  await pass(endMs - region.clock.now());
  return count;
}

it("functions of other teams, deployed in numbers, cost no call about functions", async () => {
  const scene = await openScene({ delays: quick, memberTags: tags, addresses: 4 });
  await deploy(scene, "orders", { tags, inNetwork: true });
  await scene.pass(5 * minuteMs);
  const quiet = await countCalls(scene, async () => {});
  const busy = await countCalls(scene, async () => {
    for (let index = 0; index < 30; index++) await deploy(scene, `stranger-${index}`, { tags: { team: "others" } });
  });
  expect(busy).toBeLessThanOrEqual(quiet);
});

it("a function that is created with the members' tags has egress at once, though the index of tags does not show it yet", async () => {
  const scene = await openScene({ delays: quick, memberTags: tags, addresses: 4 });
  await scene.pass(5 * minuteMs);
  scene.path.tagIndex.stall(20 * minuteMs);
  await deploy(scene, "orders", { tags, inNetwork: true });
  await scene.pass(minuteMs);
  expect(scene.openNow("orders")).toBe(true);
});

it("a function that gets the members' tags one by one has egress with the last, though the index of tags does not show it yet", async () => {
  const scene = await openScene({ delays: quick, memberTags: { ...tags, team: "payments" }, addresses: 4 });
  await deploy(scene, "orders", { inNetwork: true });
  await scene.pass(5 * minuteMs);
  scene.path.tagIndex.stall(20 * minuteMs);
  const Resource = scene.region.world.functions.get("orders")?.functionArn;
  for (const Tags of [tags, { team: "payments" }]) {
    await scene.operator("lambda", "TagResource", { Resource, Tags });
    await scene.pass(minuteMs);
  }
  expect(scene.openNow("orders")).toBe(true);
});

it("a member by tag that was deleted is not missing, though the index of tags still shows it", async () => {
  const scene = await openScene({ delays: quick, memberTags: tags, addresses: 4 });
  await deploy(scene, "orders", { tags, inNetwork: true });
  await scene.pass(5 * minuteMs);
  scene.path.tagIndex.stall(20 * minuteMs);
  await scene.operator("lambda", "DeleteFunction", { FunctionName: "orders" });
  await scene.pass(5 * minuteMs);
  expect(scene.events.filter(({ type }) => type === "MemberMissing")).toEqual([]);
});
