/** Removing stages with networks, addresses and NAT gateways that no state of Pulumi's has. By the real engine. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Stage } from "../../../testing/deployment/engine/stage.ts";
import { existing } from "../accounts.ts";
import { createAccount } from "../twin-account.ts";
import {
  addMember,
  addressesOf,
  leavesBy,
  leftovers,
  names,
  pass,
  placeOfProbe,
  stagePerCheck,
  succeeds,
} from "./life.ts";

const open = stagePerCheck();

const natGateways = ({ account: { region } }: Stage) =>
  [...region.world.natGateways.values()].filter(({ state }) => state !== "deleted").map(({ state }) => state);

const defaultRoutes = ({ account: { region } }: Stage) =>
  [...region.world.routeTables.values()].flatMap(({ routes }) =>
    routes.filter(({ destinationCidrBlock }) => destinationCidrBlock === "0.0.0.0/0"),
  );

/** Brings the network that the example names into the account. Returns the ids that it gets there, by the example's. */
async function bringNetwork(it: Stage): Promise<ReadonlyMap<string, string>> {
  const ids = await createAccount(it.account.making.operator, existing);
  const file = join(it.folder, "holdfast.config.ts");
  const renamed = readFileSync(file, "utf8").replace(/\b[a-z]+-0[a-d]1b2c3d4e5f60718\b/g, (id) => ids.get(id) ?? id);
  writeFileSync(file, renamed);
  return ids;
}

/** Has the pool's traffic leave by its NAT gateway. */
async function forceFallback(it: Stage, poolName: string): Promise<void> {
  const [Resource] = addressesOf(it, poolName);
  const Tags = [{ Key: "holdfast:override", Value: "fallback" }];
  await it.account.making.operator("ec2", "CreateTags", { Resources: [Resource], Tags });
  await pass(it, 12);
}

describe("a production stage in a network of the operator's, with addresses brought along and a warm NAT gateway", () => {
  it("is kept whole by the guard, and goes in the documented way with nothing of the operator's deleted", async () => {
    const it = await open({ example: "examples/existing-network", stage: "production" }, async (stage) => {
      await bringNetwork(stage);
    });
    const { world } = it.account.region;
    await pass(it, 10);
    expect(natGateways(it)).toEqual(["available"]);
    const [addresses, subnets] = [[...world.addresses.keys()], [...world.subnets.keys()]];

    it.edit("sst.config.ts", 'protect: input?.stage === "production"', "protect: false");
    const refused = await it.sst("remove");
    expect(refused.exitCode).not.toBe(0);
    expect(names(refused, "delete")).toEqual([]);
    expect(refused.output).toContain("Holdfast-removal-guard");

    it.edit("holdfast.config.ts", "notifications:", 'addresses: { onRemove: "retain" },\n  notifications:');
    await succeeds(it, "deploy");
    await succeeds(it, "remove");
    expect(natGateways(it)).toEqual([]);
    expect([...world.addresses.keys()]).toEqual(addresses);
    expect([...world.subnets.keys()]).toEqual(subnets);
    expect(
      [...world.addresses.values()].map(({ associationId, tags }) => [associationId, tags["holdfast:pool"]]),
    ).toEqual(addresses.map(() => [undefined, undefined]));
    expect(defaultRoutes(it).every(({ gatewayId, state }) => gatewayId?.startsWith("igw-") && state === "active")).toBe(
      true,
    );
    expect(it.account.resources).toEqual([]);
  });
});

describe("a subnet that leaves an existing network while traffic is on NAT", () => {
  it("has its route table led back, while the others stay on NAT, and can be the scout's afterwards", async () => {
    let ids: ReadonlyMap<string, string> = new Map();
    const it = await open({ example: "examples/existing-network", stage: "production" }, async (stage) => {
      ids = await bringNetwork(stage);
      stage.edit("holdfast.config.ts", 'standby: "warm"', 'standby: "cold"');
    });
    await pass(it, 3);
    await forceFallback(it, "ledger");
    const id = (kind: string, letter: string) => ids.get(`${kind}-0${letter}1b2c3d4e5f60718`) ?? "none";
    const routeOf = (letter: string) =>
      it.account.region.world.routeTables
        .get(id("rtb", letter))
        ?.routes.find(({ destinationCidrBlock }) => destinationCidrBlock === "0.0.0.0/0");
    expect([routeOf("a")?.natGatewayId, routeOf("b")?.natGatewayId]).toEqual([
      expect.stringMatching(/^nat-/),
      routeOf("a")?.natGatewayId,
    ]);
    for (const kind of ["subnet", "rtb"]) it.edit("holdfast.config.ts", `, "${id(kind, "b")}"]`, "]");
    await succeeds(it, "deploy");
    await pass(it, 5);
    expect(routeOf("b")?.gatewayId).toMatch(/^igw-/);
    expect(routeOf("a")?.natGatewayId).toMatch(/^nat-/);
    expect(it.account.troubles).toEqual([]);

    it.edit("holdfast.config.ts", `scoutSubnetId: "${id("subnet", "d")}"`, `scoutSubnetId: "${id("subnet", "b")}"`);
    await succeeds(it, "deploy");
    await pass(it, 8);
    expect(placeOfProbe(it, "scout")).toBe(id("subnet", "b"));
  });
});

describe("a stage that is on its NAT gateway", () => {
  it("ends clean: routes back, gateway gone, addresses released", async () => {
    const it = await open({ example: "examples/two-zones", stage: "dev", addressQuota: 9 }, async (stage) => {
      const token = { Name: "/payments/acquirer/probe-token", Type: "SecureString", Value: "t" };
      await stage.account.making.operator("ssm", "PutParameter", token);
    });
    await addMember(it, "payments-api", "payments", [1, 2]);
    await forceFallback(it, "payments");
    expect(natGateways(it)).toEqual(["available"]);
    const [[one] = [], [other] = []] = leavesBy(it, "payments-api");
    expect(one).toBe(other);

    await it.account.making.operator("lambda", "DeleteFunction", { FunctionName: "payments-api" });
    await succeeds(it, "remove");
    expect(leftovers(it)).toEqual({});
    expect(it.account.troubles).toEqual([]);
  });
});

describe("an application with Holdfast inside", () => {
  it("is kept whole in production by the example's own file, and its pools, under whatever parent, by the guard where that lacks protect", async () => {
    const it = await open({ example: "examples/inside-an-app", stage: "production" }, (stage) => {
      const parent = '{ parent: new $util.ComponentResource("shop:index:Platform", "Platform") }';
      stage.edit("sst.config.ts", "stage: $app.stage })", `stage: $app.stage }, ${parent})`);
    });
    const refused = await it.sst("remove");
    expect(refused.exitCode).not.toBe(0);
    expect(refused.operations).toEqual([]);

    it.edit("sst.config.ts", ', protect: input?.stage === "production"', "");
    const guarded = await it.sst("remove");
    expect(guarded.exitCode).not.toBe(0);
    expect(names(guarded, "delete").filter((name) => name.startsWith("Holdfast"))).toEqual([]);
    expect(guarded.output).toContain("Holdfast-removal-guard");
  });
});
