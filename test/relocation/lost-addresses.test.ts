/** Addresses that the deployment gave the pool, and that a janitor or a mistake takes away. */
import { describe, expect, it } from "vitest";
import { refuseCalls } from "../../testing/deployment/deployed-region.ts";
import { openScene, type Scene } from "../../testing/deployment/relocation-scene.ts";
import { AwsError } from "../../testing/twin/service.ts";
import { quick } from "./stories.ts";

const minuteMs = 60_000;

/** `orders` in the first zone, settled: one address serves, two are spares. */
async function begin(): Promise<Scene> {
  const scene = await openScene({ delays: quick, zones: 2, addresses: 3, direct: true });
  await scene.createFunction("orders", [0]);
  await scene.pass(3 * minuteMs);
  return scene;
}

const addressesOf = ({ region }: Scene) => [...region.world.addresses.values()];
const spareOf = (scene: Scene) => addressesOf(scene).find(({ networkInterfaceId }) => !networkInterfaceId);
const servingOf = (scene: Scene) => addressesOf(scene).find(({ networkInterfaceId }) => networkInterfaceId);
const lostOf = ({ events }: Scene) => events.filter(({ type }) => type === "AddressLost").map(({ detail }) => detail);
const lastOf = ({ measurements }: Scene, name: string) => measurements.findLast((it) => it.name === name)?.value;

const release = (scene: Scene, allocationId: string | undefined) =>
  scene.operator("ec2", "ReleaseAddress", { AllocationId: allocationId });
const tag = (scene: Scene, call: "CreateTags" | "DeleteTags", allocationId: string | undefined, Value?: string) =>
  scene.operator("ec2", call, { Resources: [allocationId], Tags: [{ Key: "holdfast:pool", ...(Value && { Value }) }] });

describe("an address that the pool has lost", () => {
  it("is not reported while every address is there", async () => {
    const scene = await begin();
    await scene.pass(10 * minuteMs);
    expect(lostOf(scene)).toEqual([]);
    expect(lastOf(scene, "AddressesLost")).toBe(0);
  });

  it("because it was released is reported once, with the command that recovers it, and measured each minute", async () => {
    const scene = await begin();
    const spare = spareOf(scene);
    await release(scene, spare?.allocationId);
    await scene.pass(10 * minuteMs);
    expect(lostOf(scene)).toMatchObject([
      {
        finding: "address-lost",
        loss: "released",
        role: "egress",
        allocationId: spare?.allocationId,
        publicIp: spare?.publicIp,
        remediation: expect.stringContaining(`aws ec2 allocate-address --domain vpc --address ${spare?.publicIp}`),
      },
    ]);
    const minutes = scene.measurements.filter(({ name, value }) => name === "AddressesLost" && value === 1);
    expect(minutes.length).toBeGreaterThanOrEqual(9);
    // The one alarm of lean monitoring wants three of five.
    const paged = scene.measurements.filter(({ name, value }) => name === "RelocationAttention" && value === 2);
    expect(paged.length).toBeGreaterThanOrEqual(9);
  });

  it("because its tag was removed is reported, and no more when the tag is back", async () => {
    const scene = await begin();
    const spare = spareOf(scene);
    await tag(scene, "DeleteTags", spare?.allocationId);
    await scene.pass(3 * minuteMs);
    expect(lostOf(scene)).toMatchObject([{ loss: "untagged", allocationId: spare?.allocationId }]);
    await tag(scene, "CreateTags", spare?.allocationId, "payments");
    await scene.pass(3 * minuteMs);
    expect(lastOf(scene, "AddressesLost")).toBe(0);
  });

  it("to another pool while it serves stays where it is, and is no foreign address besides", async () => {
    const scene = await begin();
    const serving = servingOf(scene);
    await tag(scene, "CreateTags", serving?.allocationId, "reports");
    await scene.pass(5 * minuteMs);
    expect(lostOf(scene)).toMatchObject([{ loss: "retagged", is: "reports", should: "payments" }]);
    expect(scene.events.filter(({ type }) => type === "ForeignAddressFound")).toEqual([]);
    expect(servingOf(scene)).toEqual(serving);
  });

  it("is reported for each when all are gone", async () => {
    const scene = await begin();
    await scene.updateFunction("orders", []);
    await scene.pass(15 * minuteMs);
    for (const { allocationId } of addressesOf(scene)) await release(scene, allocationId);
    await scene.pass(3 * minuteMs);
    expect(new Set(lostOf(scene).map(({ allocationId }) => allocationId))).toEqual(new Set(scene.allocationIds));
  });

  it("is not reported as long as AWS does not answer for the address itself, and healing goes on", async () => {
    const scene = await begin();
    const { authorize } = scene.region;
    scene.region.authorize = (call) =>
      call.operation === "DescribeAddresses" && "AllocationIds" in call.input
        ? new AwsError("RequestLimitExceeded", "Request limit exceeded.", 503)
        : authorize?.(call);
    await release(scene, spareOf(scene)?.allocationId);
    const [serving = ""] = scene.region.world.networkInterfaces.keys();
    scene.path.lambda.hyperplane.replace(serving);
    await scene.pass(3 * minuteMs);
    expect(lostOf(scene)).toEqual([]);
    expect(scene.openNow("orders")).toBe(true);
  });

  it("is reported though AWS refuses to answer for another one", async () => {
    const scene = await begin();
    const spares = addressesOf(scene).filter(({ networkInterfaceId }) => !networkInterfaceId);
    const [first, second] = scene.allocationIds.filter((id) => spares.some(({ allocationId }) => allocationId === id));
    for (const id of [first, second]) await release(scene, id);
    refuseCalls(scene.region, ({ operation, input }) =>
      operation === "DescribeAddresses" && String(input["AllocationIds"]) === first
        ? new AwsError("AuthFailure", "The address does not belong to you.", 400)
        : undefined,
    );
    await scene.pass(3 * minuteMs);
    expect(lostOf(scene).map(({ allocationId }) => allocationId)).toEqual([second]);
  });

  it("is reported once and goes on being measured while AWS does not answer for the address itself", async () => {
    const scene = await begin();
    await release(scene, spareOf(scene)?.allocationId);
    await scene.pass(3 * minuteMs);
    const { authorize } = scene.region;
    scene.region.authorize = (call) =>
      call.operation === "DescribeAddresses" && "AllocationIds" in call.input
        ? new AwsError("RequestLimitExceeded", "Request limit exceeded.", 503)
        : authorize?.(call);
    await scene.pass(3 * minuteMs);
    expect(lastOf(scene, "AddressesLost")).toBe(1);
    scene.region.authorize = authorize;
    await scene.pass(3 * minuteMs);
    expect(lostOf(scene)).toHaveLength(1);
  });

  it("costs one call a look while AWS does not answer, however many there are", async () => {
    const scene = await begin();
    const { authorize } = scene.region;
    let [looks, asked] = [0, 0];
    scene.region.authorize = (call) => {
      const isOwn = call.operation === "DescribeAddresses" && call.principal === scene.relocateRole;
      if (isOwn && "Filters" in call.input) looks++;
      if (!isOwn || !("AllocationIds" in call.input)) return authorize?.(call);
      asked++;
      return new AwsError("UnauthorizedOperation", "You are not authorized to perform this operation.", 403);
    };
    await scene.updateFunction("orders", []);
    for (const { allocationId, networkInterfaceId } of addressesOf(scene)) {
      if (!networkInterfaceId) await release(scene, allocationId);
    }
    await scene.pass(20 * minuteMs);
    expect(asked).toBeGreaterThan(20);
    expect(asked).toBeLessThanOrEqual(looks);
  });
});
