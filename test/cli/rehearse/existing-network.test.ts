import { describe, expect, it } from "vitest";
import { checks } from "../../../cli/rehearse/checks.ts";
import { rehearse } from "../../../cli/rehearse/run.ts";
import { echo, openScene, outcomes, type RehearsalScene } from "./scene.ts";

const ids = checks.map(({ id }) => id);
const passed = { ...Object.fromEntries(ids.map((id) => [id, "pass"])), nat: "skipped" };

describe("in an existing network", () => {
  it("finds out the same, makes nothing in it but functions, and leaves it as it was", async () => {
    const scene = await openScene({ groups: 2 });
    const operations = new Set<string>();
    scene.region.calls.onCall(({ service, operation, principal }) => {
      if (service === "ec2" && principal?.includes("rehearser")) operations.add(operation);
    });
    const rehearsal = await scene.rehearse();
    expect(outcomes(rehearsal)).toEqual(passed);
    expect([...operations].filter((it) => !it.startsWith("Describe")).sort()).toEqual([
      "AllocateAddress",
      "CreateTags",
      "ReleaseAddress",
    ]);
    expect(rehearsal.left).toEqual([]);
    expect(scene.contents()).toBe(scene.before);
  });

  it("does not ask about updates with one security group, and says why", async () => {
    const scene = await openScene({ groups: 1 });
    const { results } = await scene.rehearse();
    const { verdict } = results.find(({ id }) => id === "update") ?? {};
    expect(verdict).toMatchObject({ outcome: "skipped", byChoice: true });
    expect(verdict?.found).toContain("only one --security-group");
    expect(scene.contents()).toBe(scene.before);
  });

  it.each(["CreateRole", "CreateFunction", "AllocateAddress", "AssociateAddress", "UpdateFunctionConfiguration"])(
    "is left as it was by --clean after an end at %s, and by a run that goes on",
    async (operation) => {
      const killed = async () => {
        const scene = await openScene({ groups: 2 });
        const stop = scene.region.calls.onCall((call) => {
          if (call.operation === operation && !call.error) scene.kill();
        });
        expect(await scene.rehearseUntilKilled()).toBe(true);
        stop();
        return scene;
      };
      const cleaned = await killed();
      expect(await cleaned.clean()).toEqual([]);
      expect(cleaned.contents()).toBe(cleaned.before);
      const resumed = await killed();
      expect(outcomes(await resumed.rehearse())).toEqual(passed);
      expect(resumed.contents()).toBe(resumed.before);
    },
  );
});

it("does not go on in a network of its own with a run that is in another", async () => {
  const scene = await openScene({ groups: 1 });
  const stop = scene.region.calls.onCall(({ operation, error }) => {
    if (operation === "AssociateAddress" && !error) scene.kill();
  });
  expect(await scene.rehearseUntilKilled()).toBe(true);
  stop();
  const options = { checks: [], choices: { nat: false }, existing: undefined, echo, newId: () => "0badcafd" };
  const { run } = await scene.region.clock.run(rehearse(scene.account(), { ...options, onResult: async () => {} }));
  expect(run.id).toBe("0badcafd");
  expect(scene.said).toContain("removing what an earlier run has left");
  expect(scene.contents()).toBe(scene.before);
});

describe("an existing network that cannot serve is refused before anything is made:", () => {
  type Change = (scene: RehearsalScene) => unknown;
  const world = ({ region }: RehearsalScene) => region.world;
  const first = <Item>(items: ReadonlyMap<string, Item>) => [...items.values()][0];
  const cases: readonly (readonly [string, RegExp, Change])[] = [
    [
      "a subnet that is not there",
      /--subnet subnet-.*knows no such id in us-east-1/,
      (it) => world(it).subnets.clear(),
    ],
    [
      "a group that is not there",
      /--security-group sg-.*knows no such id/,
      (it) => world(it).securityGroups.delete(it.existing?.groupIds[0] ?? ""),
    ],
    [
      "a group of another VPC",
      /is of vpc-other, and --subnet/,
      (it) => {
        const group = world(it).securityGroups.get(it.existing?.groupIds[0] ?? "");
        if (group) group.vpcId = "vpc-other";
      },
    ],
    [
      "no route to an internet gateway",
      /no route to an internet gateway: its default route is missing/,
      (it) => first(world(it).routeTables)?.routes.pop(),
    ],
    [
      "a group that a function uses",
      /in use by the function orders/,
      (it) => {
        const version = first(world(it).functions)?.versions.get("$LATEST");
        version?.vpcConfig?.securityGroupIds.push(it.existing?.groupIds[0] ?? "");
      },
    ],
    [
      "a group that an interface uses",
      /in use by the interface eni-/,
      (it) => first(world(it).networkInterfaces)?.securityGroupIds.push(it.existing?.groupIds[0] ?? ""),
    ],
  ];

  it.each(cases)("%s", async (_name, message, change) => {
    const scene = await openScene({ groups: 1 });
    change(scene);
    const before = scene.contents();
    await expect(scene.rehearse()).rejects.toThrow(message);
    await expect(scene.rehearse()).rejects.toMatchObject({
      name: "UsageError",
      remediation: expect.stringMatching(/./),
    });
    expect(scene.contents()).toBe(before);
  });
});
