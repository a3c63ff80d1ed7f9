import { LambdaClient } from "@aws-sdk/client-lambda";
import { ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import { describe, expect, it } from "vitest";
import { MemberMemory, observeMembers } from "../../src/relocation/observe-members.ts";
import { directClients } from "../../testing/deployment/direct-clients.ts";
import { openScene, type Scene } from "../../testing/deployment/relocation-scene.ts";
import { clientConfig } from "../../testing/twin/endpoint.ts";
import { quick } from "./stories.ts";

const FunctionName = "orders";

/** A function with two published versions that nothing routes to yet. */
async function published(): Promise<Scene> {
  const scene = await openScene({ delays: quick, holdfast: false, addresses: 0, direct: true });
  await scene.createFunction(FunctionName, [0]);
  await scene.pass(60_000);
  for (const code of ["one", "two"]) {
    await scene.operator("lambda", "UpdateFunctionCode", { FunctionName, ZipFile: Buffer.from(code) });
    await scene.pass(60_000);
    await scene.operator("lambda", "PublishVersion", { FunctionName });
    await scene.pass(60_000);
  }
  return scene;
}

async function liveVersions({ region, relocateRole, pass }: Scene): Promise<string[]> {
  const over = directClients(region, relocateRole);
  const config = clientConfig(region, relocateRole);
  const source = {
    lambda: over(new LambdaClient(config), "lambda"),
    tagging: over(new ResourceGroupsTaggingAPIClient(config), "tagging"),
    memberMemory: new MemberMemory(),
  };
  const observed = observeMembers(source, { name: "partner", members: { names: [FunctionName], arns: [], tags: {} } });
  await pass(10_000);
  return (await observed).members.flatMap((it) => it.liveVersions.map(({ version }) => version)).sort();
}

describe("the live versions of a member", () => {
  it("are $LATEST alone where nothing routes to a published one", async () => {
    expect(await liveVersions(await published())).toEqual(["$LATEST"]);
  });

  it("are all that an alias routes to, its weighted one included", async () => {
    const scene = await published();
    const RoutingConfig = { AdditionalVersionWeights: { "1": 0.1 } };
    await scene.operator("lambda", "CreateAlias", { FunctionName, Name: "live", FunctionVersion: "2", RoutingConfig });
    expect(await liveVersions(scene)).toEqual(["$LATEST", "1", "2"]);
  });

  it("are those with provisioned concurrency too", async () => {
    const scene = await published();
    const input = { FunctionName, Qualifier: "1", ProvisionedConcurrentExecutions: 1 };
    await scene.operator("lambda", "PutProvisionedConcurrencyConfig", input);
    expect(await liveVersions(scene)).toEqual(["$LATEST", "1"]);
  });
});
