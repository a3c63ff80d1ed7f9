/** Checks of an ingress that need AWS. */
import { ec2, getRegion, globalaccelerator, lambda } from "@pulumi/aws";
import type { AddressIngress, Ingress } from "../src/config/ingress.ts";
import type { Network } from "../src/config/network.ts";
import { ownershipProblems } from "./ownership-checks.ts";

/** Returns every problem with its path and remediation. */
export async function ingressProblems(
  path: string,
  ingress: Ingress,
  network: Network,
  prefix: string,
): Promise<string[]> {
  const problems = [certificateProblems(path, ingress), functionProblems(path, ingress)];
  if (ingress.kind === "addresses") problems.push(acceleratorProblems(path, ingress, prefix));
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

async function acceleratorProblems(path: string, { acceleratorArn: arn }: AddressIngress, prefix: string) {
  if (arn === undefined) return [];
  const { tags } = await globalaccelerator.getAccelerator({ arn });
  return ownershipProblems(`${path}.acceleratorArn`, arn, tags, prefix, "accelerators");
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
