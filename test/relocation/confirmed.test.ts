import { LambdaClient } from "@aws-sdk/client-lambda";
import { expect, it } from "vitest";
import type { SecurityGroupId, SubnetId, VpcId } from "../../src/aws/identifiers.ts";
import { attachmentOf } from "../../src/relocation/model.ts";
import { areConfirmed } from "../../src/relocation/observe-remembered.ts";
import { directClients } from "../../testing/deployment/direct-clients.ts";
import { openScene } from "../../testing/deployment/relocation-scene.ts";
import { clientConfig } from "../../testing/twin/endpoint.ts";
import { functionArn, member, version } from "./build.ts";
import { quick } from "./stories.ts";

it("an attachment is confirmed by a member that uses it still, and by none that has left it, is being updated, is gone or is no member any more", async () => {
  const scene = await openScene({
    delays: quick,
    holdfast: false,
    addresses: 0,
    direct: true,
    memberTags: { egress: "fixed" },
  });
  const { region, relocateRole, network, pass } = scene;
  for (const name of ["stays", "leaves", "changes", "tagged", "untagged"]) await scene.createFunction(name, [0]);
  await pass(60_000);
  await scene.operator("lambda", "TagResource", { Resource: functionArn("tagged"), Tags: { egress: "fixed" } });
  await scene.operator("lambda", "UntagResource", { Resource: functionArn("untagged"), TagKeys: ["egress"] });
  await scene.updateFunction("leaves", [1]);
  await pass(60_000);
  await scene.updateFunction("changes", [0], [1]);
  const key = attachmentOf(
    network.vpcId as VpcId,
    network.subnetIds[0] as SubnetId,
    network.securityGroupIds.slice(0, 1) as SecurityGroupId[],
  );
  const lambda = directClients(region, relocateRole)(new LambdaClient(clientConfig(region, relocateRole)), "lambda");
  const membership = { names: ["stays", "leaves", "changes", "gone"], arns: [], tags: { egress: "fixed" } };
  const confirmed = (name: string, of = "$LATEST") =>
    areConfirmed(lambda, membership, [member(name, version("settled", [key], of))], [key.key]);
  const asked = ["stays", "leaves", "changes", "gone", "tagged", "untagged"].map((name) => confirmed(name));
  const published = confirmed("stays", "1");
  await pass(1_000);
  expect(await Promise.all(asked)).toEqual([true, false, false, false, true, false]);
  expect(await published).toBe(false);
});
