/** A region with an operator's file deployed in it, and a function in each pool: an account to try the command line on. */
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { HoldfastConfig } from "../src/config/holdfast.ts";
import { tagKeys } from "../src/pool/tags.ts";
import { type DeployedRegion, openDeployedRegion } from "../testing/deployment/deployed-region.ts";
import type { Region } from "../testing/twin/region.ts";

const stage = "production";
/** How long ago the deployment began when the region is served: probes have reported, and alarms are quiet. */
const agoMs = 30 * 60_000;

/** @throws Error for a file that cannot be loaded, or that names what the empty account does not have */
export async function deployFile(
  file: string,
  { seed, consistent }: { readonly seed: number; readonly consistent: boolean },
): Promise<Region> {
  // SST gives the file this global.
  Object.assign(globalThis, { $app: { name: "holdfast", stage } });
  const { default: config } = (await import(pathToFileURL(resolve(file)).href)) as { readonly default: HoldfastConfig };
  for (const [pool, { network }] of Object.entries(config.pools)) {
    if (network.kind === "existing") throw new Error(`pool ${pool} has an existing network, and the account is empty`);
  }
  const startMs = Date.now() - agoMs;
  const deployed = await openDeployedRegion(config, { seed, consistent, stage, startMs, direct: true });
  const { clock } = deployed.region;
  for (const pool of Object.keys(config.pools)) await createMember(deployed, config, pool);
  await clock.advance(Date.now() - clock.now());
  return deployed.region;
}

/** Creates a function that is a member by the pool's own rules, in the network that the deployment made for it. */
async function createMember({ operator, region }: DeployedRegion, config: HoldfastConfig, pool: string): Promise<void> {
  const { subnets, securityGroups } = region.world;
  const zones = [...subnets.values()].filter(({ tags }) => new RegExp(`-${pool}-zone-\\d$`).test(tags["Name"] ?? ""));
  const group = [...securityGroups.values()].find(({ groupName }) => groupName.includes(`-${pool}-members-`));
  const pattern = config.pools[pool]?.members?.names[0];
  const FunctionName = pattern?.replaceAll("*", "orders") ?? `${pool}-orders`;
  await operator("lambda", "CreateFunction", {
    FunctionName,
    Runtime: "nodejs24.x",
    Handler: "index.handler",
    Code: { ZipFile: new Uint8Array() },
    Role: `arn:aws:iam::${region.world.accountId}:role/${FunctionName}`,
    VpcConfig: { SubnetIds: zones.map(({ subnetId }) => subnetId), SecurityGroupIds: [group?.groupId] },
    Tags: { [tagKeys.pool]: pool },
  });
}
