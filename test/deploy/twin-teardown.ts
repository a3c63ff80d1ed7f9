/** What a removal of what is deployed leaves of what ran in it: nothing, while the pool is at work to the end. */

import { tagKeys } from "../../src/pool/tags.ts";
import { removeTriggers, tearDown } from "../../testing/deployment/recorded-removal.ts";
import { begin, playOverrideFallback } from "./twin-fallback.ts";
import { type DeployedExample, minuteMs, type Problem, pass } from "./twin-stage.ts";

/** Members serve in every zone, a spare is on the scout, traffic is on NAT where there is a fallback; then all goes. */
export async function playTeardown(scene: DeployedExample): Promise<Problem> {
  const { example, operator, records } = scene;
  const problem = (await (example.standby ? playOverrideFallback : begin)(scene)) ?? (await pass(scene, 2 * minuteMs));
  if (problem !== undefined) return problem;
  await operator("lambda", "DeleteFunction", { FunctionName: scene.member });
  await removeTriggers(records, scene);
  try {
    await tearDown(records, scene);
  } catch (error) {
    return String(error);
  }
  return scene.trouble ?? leftOf(scene);
}

function leftOf({ region, example, functions }: DeployedExample): Problem {
  const { addresses, natGateways, routeTables, functions: all } = region.world;
  const isPools = ({ tags }: { readonly tags: Readonly<Record<string, string>> }) =>
    tags[tagKeys.pool] === example.pool;
  const address = [...addresses.values()].find((it) => isPools(it) && it.associationId !== undefined);
  if (address) return `${address.allocationId} is still on ${address.networkInterfaceId}`;
  const gateway = [...natGateways.values()].find(({ state }) => state !== "deleted");
  if (gateway) return `${gateway.natGatewayId} is ${gateway.state}`;
  const table = [...routeTables.values()].find(({ routes }) => routes.some(({ natGatewayId }) => natGatewayId));
  if (table) return `${table.routeTableId} leads to a NAT gateway`;
  const probe = functions.find((name) => all.get(name)?.versions.get("$LATEST")?.vpcConfig);
  return probe && `${probe} is still in the VPC`;
}
