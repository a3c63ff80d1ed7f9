import { ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import type { PoolSettings } from "../../src/config/settings.ts";
import { isMember } from "../../src/relocation/membership.ts";
import { listMembers } from "../../src/relocation/observe-membership.ts";
import { clientConfig } from "../../testing/twin/endpoint.ts";
import { createFunction, openPath, type PathScene } from "../twin/path-scene.ts";
import { functionArn } from "./build.ts";

const none: PoolSettings["members"] = { names: [], arns: [], tags: {} };

describe("isMember", () => {
  it.each<[string, string, boolean]>([
    ["orders", "orders", true],
    ["orders", "orders-2", false],
    ["orders", "my-orders", false],
    ["orders*", "orders", true],
    ["orders*", "orders-2", true],
    ["orders*", "my-orders", false],
    ["*-live", "orders-live", true],
    ["*-live", "orders-lively", false],
    ["a*a", "a", false],
    ["a*a", "aa", true],
    ["a*b*c", "a-b-c", true],
    ["a*b*c", "ab", false],
    ["a*b*b", "ab", false],
    ["a*b*b", "abb", true],
    ["*", "anything", true],
    ["o.ders", "orders", false],
  ])("the pattern %s against %s: %s", (pattern, name, expected) => {
    expect(isMember({ ...none, names: [pattern] }, name)).toBe(expected);
  });

  it("means by a pattern what a regular expression with .* means", () => {
    const texts = fc.string({ unit: fc.constantFrom("a", "b", "*"), maxLength: 7 });
    const names = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 8 });
    fc.assert(
      fc.property(texts, names, (pattern, name) => {
        const expected = new RegExp(`^${pattern.replaceAll("*", ".*")}$`).test(name);
        expect(isMember({ ...none, names: [pattern] }, name)).toBe(expected);
      }),
      { numRuns: 2000, seed: 1 },
    );
  });

  it("knows a member's ARN, and its name when the ARN is not known", () => {
    const members = { ...none, arns: [functionArn("orders")] };
    expect(isMember(members, "orders")).toBe(true);
    expect(isMember(members, "ders")).toBe(false);
    expect(isMember(members, "orders", functionArn("orders"))).toBe(true);
    expect(isMember(members, "orders", functionArn("orders").replace("us-east-1", "eu-west-1"))).toBe(false);
  });

  it("cannot rule out a function whose tags it does not know", () => {
    const members = { names: ["orders"], arns: [], tags: { team: "payments" } };
    expect(isMember(members, "orders")).toBe(true);
    expect(isMember(members, "stock")).toBe("maybe");
  });
});

describe("listMembers", () => {
  let scene: PathScene;
  let tagging: ResourceGroupsTaggingAPIClient;

  beforeAll(async () => {
    scene = await openPath();
    tagging = new ResourceGroupsTaggingAPIClient(clientConfig(scene.region));
    const tagged = { Tags: { team: "payments", stage: "live" } };
    await createFunction(scene, "orders", tagged);
    await createFunction(scene, "billing", tagged);
    await createFunction(scene, "bill-archive", { Tags: { team: "payments" } });
    await createFunction(scene, "stock", {});
  });

  const list = (members: Partial<PoolSettings["members"]>) =>
    scene.run(listMembers({ ...none, ...members }, scene.lambda, tagging));
  const calls = () => [...scene.region.calls.counts.values()].reduce((sum, it) => sum + it, 0);

  it("names exact members without asking, whether or not they exist", async () => {
    const before = calls();
    expect(await list({ names: ["stock", "gone"], arns: [functionArn("orders")] })).toEqual([
      functionArn("orders"),
      "gone",
      "stock",
    ]);
    expect(calls()).toBe(before);
  });

  it("asks for the functions that a pattern matches", async () => {
    expect(await list({ names: ["bill*"] })).toEqual(["bill-archive", "billing"]);
  });

  it("asks for the functions that carry all the tags", async () => {
    const arns = await list({ tags: { team: "payments", stage: "live" } });
    expect(arns.map((it) => it.split(":").at(-1))).toEqual(["billing", "orders"]);
  });

  it("names a function once, however often it is meant", async () => {
    const arn = functionArn("orders");
    expect(await list({ names: ["orders", "ord*"], arns: [arn], tags: { stage: "live" } })).toHaveLength(2);
  });

  it("goes on to the last page", async () => {
    const names = Array.from({ length: 120 }, (_, index) => `many-${index}`);
    for (const name of names) await createFunction(scene, name, { Tags: { many: "yes" } });
    expect(await list({ names: ["many-*"] })).toEqual([...names].sort());
    expect(await list({ tags: { many: "yes" } })).toHaveLength(120);
  });
});
