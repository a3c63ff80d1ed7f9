/** Checks of an ingress that need AWS. */
import { ec2, getRegion, globalaccelerator, lambda } from "@pulumi/aws";
import type { HoldfastConfig, OnRemove } from "../src/config/holdfast.ts";
import type { AddressIngress, Ingress } from "../src/config/ingress.ts";
import type { Network } from "../src/config/network.ts";
import { tagKeys } from "../src/pool/tags.ts";
import { stageAddresses } from "./address-names.ts";
import { stageAccelerator } from "./ingress-accelerator.ts";
import { ownershipProblems } from "./ownership-checks.ts";

/** Returns every problem with its path and remediation. */
export async function ingressProblems(
  path: string,
  ingress: Ingress,
  network: Network,
  prefix: string,
  onRemove: OnRemove,
): Promise<string[]> {
  const problems = [certificateProblems(path, ingress), functionProblems(path, ingress)];
  if (ingress.kind === "addresses") problems.push(acceleratorProblems(path, ingress, prefix, onRemove));
  if (ingress.kind === "addresses" && network.kind === "existing") {
    problems.push(subnetProblems(path, network.vpcId, ingress));
  }
  return (await Promise.all(problems)).flat();
}

async function certificateProblems(path: string, { certificateArn }: Ingress): Promise<string[]> {
  const { region } = await getRegion({});
  const [, , , certificateRegion] = certificateArn.split(":");
  if (certificateRegion === region) return [];
  return [
    `${path}.certificateArn: is in ${certificateRegion}, but the deployment is in ${region}: request a certificate for the same name in ${region}`,
  ];
}

async function functionProblems(path: string, { function: called }: Ingress): Promise<string[]> {
  const [functionName = "", qualifier] = called.split(":");
  try {
    await lambda.getFunction({ functionName, ...(qualifier ? { qualifier } : {}) });
    return [];
  } catch (error) {
    // The provider fails in the same way for a function that does not exist and for one that it may not read.
    return [
      `${path}.function: ${called} cannot be read in this account and region: deploy it first (${String(error)})`,
    ];
  }
}

/** One that this stage has made itself would lose its resource, which would delete it and its addresses. */
async function acceleratorProblems(
  path: string,
  { acceleratorArn: arn }: AddressIngress,
  prefix: string,
  onRemove: OnRemove,
): Promise<string[]> {
  if (arn === undefined) return [];
  const { tags } = await globalaccelerator.getAccelerator({ arn });
  const field = `${path}.acceleratorArn`;
  const ofOthers = ownershipProblems(field, arn, tags, prefix, "accelerators");
  if (ofOthers.length > 0 || onRemove !== "release" || tags[tagKeys.stage] !== prefix) return ofOthers;
  return [
    `${field}: this stage has made ${arn} itself, and would delete it now: leave the field out where the pool is the ` +
      "same, or set addresses.onRemove to retain, deploy, and then add the ARN (if no deployment has it any more, take " +
      "the tags holdfast:* off it)",
  ];
}

/**
 * As with addresses, Pulumi deletes an accelerator or keeps it as the last deployment said. Refuses what keeps accelerators
 * from now on while one that was to be deleted leaves the configuration. What was said last, the stage's addresses tell.
 */
export async function releasedAcceleratorProblems(
  { pools }: HoldfastConfig,
  prefix: string,
  onRemove: OnRemove,
): Promise<string[]> {
  if (onRemove === "release") return [];
  const addresses = await stageAddresses(prefix);
  const released = addresses.filter((it) => it.onRemove === "release").map(({ pool }) => pool ?? "");
  if (released.length === 0) return [];
  const leaving = [...new Set([...released, ...Object.keys(pools)])].filter((pool) => !hasOwnAccelerator(pools[pool]));
  const found = await Promise.all(leaving.map(async (pool) => ({ pool, arn: await stageAccelerator(prefix, pool) })));
  return found.flatMap(({ pool, arn }) =>
    arn === undefined
      ? []
      : [
          `addresses.onRemove: the last deployment said release, and the accelerator of pools.${pool}.ingress, ${arn}, ` +
            `would be deleted with its addresses although this one says ${onRemove}: put the ingress back, deploy ` +
            `${onRemove} by itself, and then take it out (if no deployment has it any more, take the tags holdfast:* off it)`,
        ],
  );
}

function hasOwnAccelerator(pool: HoldfastConfig["pools"][string] | undefined): boolean {
  return pool?.ingress?.kind === "addresses" && pool.ingress.acceleratorArn === undefined;
}

async function subnetProblems(path: string, vpcId: string, { subnetIds = [] }: AddressIngress): Promise<string[]> {
  const { ids } = await ec2.getSubnets({ filters: [{ name: "vpc-id", values: [vpcId] }] });
  const outside = subnetIds.filter((id) => !ids.includes(id));
  if (outside.length > 0) {
    return outside.map((id) => `${path}.subnetIds: ${id} is not a subnet of ${vpcId}: correct the subnet or the VPC`);
  }
  const zones = await Promise.all(subnetIds.map(async (id) => (await ec2.getSubnet({ id })).availabilityZone));
  if (new Set(zones).size === zones.length) return [];
  return [`${path}.subnetIds: are in ${zones.join(", ")}: choose subnets in different zones`];
}
