import { LambdaClient } from "@aws-sdk/client-lambda";
import { expect, it } from "vitest";
import type { SecurityGroupId, SubnetId, VpcId } from "../../src/aws/identifiers.ts";
import { attachmentOf } from "../../src/relocation/model.ts";
import { areConfirmed } from "../../src/relocation/observe-remembered.ts";
import { directClients } from "../../testing/deployment/direct-clients.ts";
import { openScene } from "../../testing/deployment/relocation-scene.ts";
import { clientConfig } from "../../testing/twin/endpoint.ts";
import { member, version } from "./build.ts";
import { quick } from "./stories.ts";

it("an attachment is confirmed by a member that uses it still, and by none that has left it, is being updated or is gone", async () => {
  const scene = await openScene({ delays: quick, holdfast: false, addresses: 0, direct: true });
  const { region, relocateRole, network, pass } = scene;
  for (const name of ["stays", "leaves", "changes"]) await scene.createFunction(name, [0]);
  await pass(60_000);
  await scene.updateFunction("leaves", [1]);
  await pass(60_000);
  await scene.updateFunction("changes", [0], [1]);
  const key = attachmentOf(
    network.vpcId as VpcId,
    network.subnetIds[0] as SubnetId,
    network.securityGroupIds.slice(0, 1) as SecurityGroupId[],
  );
  const lambda = directClients(region, relocateRole)(new LambdaClient(clientConfig(region, relocateRole)), "lambda");
  const asked = ["stays", "leaves", "changes", "gone"].map((name) =>
    areConfirmed({ lambda }, [member(name, version("settled", [key]))], [key.key]),
  );
  const published = areConfirmed({ lambda }, [member("stays", version("settled", [key], "1"))], [key.key]);
  await pass(1_000);
  expect(await Promise.all(asked)).toEqual([true, false, false, false]);
  expect(await published).toBe(false);
});
