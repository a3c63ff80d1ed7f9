/** Checks of VPC Block Public Access: where it is on, AWS accepts associations but blocks the traffic. */
import { type BlockMode, readRegionBlock, readSubnetBlocks } from "./ec2-lookups.ts";

const guide = "VPC user guide, Block public access to VPCs and subnets";
const meanings: Readonly<Record<Exclude<BlockMode, "off">, string>> = {
  "block-bidirectional": "blocks all egress",
  "block-ingress": "allows egress through a NAT gateway only, so that no address on an interface works",
};

/** Checks existing subnets. A NAT gateway works in `block-ingress`. */
export async function blockedSubnetProblems(
  path: string,
  vpcId: string,
  named: readonly { readonly field: string; readonly id: string }[],
): Promise<string[]> {
  const modes = await readSubnetBlocks(vpcId);
  return named.flatMap(({ field, id }) => {
    const mode = modes?.get(id) ?? "off";
    if (mode === "off" || (mode === "block-ingress" && field === "natSubnetId")) return [];
    return [
      `${path}.${field}: VPC Block Public Access of ${id} is ${mode}, which ${meanings[mode]}: exclude the subnet or its ` +
        `VPC with allow-bidirectional (${guide}), or use other subnets`,
    ];
  });
}

/** Checks a created network: its own subnets once they exist, the region's mode before. */
export async function blockedNetworkProblems(path: string, vpcId: string | undefined): Promise<string[]> {
  const mode = vpcId === undefined ? await readRegionBlock() : strictest(await readSubnetBlocks(vpcId));
  if (mode === undefined || mode === "off") return [];
  const remediation =
    vpcId === undefined
      ? "turn it off, or create a VPC yourself, exclude it with allow-bidirectional and use it as network.existing"
      : `exclude ${vpcId} with allow-bidirectional`;
  const where = vpcId === undefined ? "in this region" : `of ${vpcId}`;
  return [`${path}: VPC Block Public Access ${where} is ${mode}, which ${meanings[mode]}: ${remediation} (${guide})`];
}

function strictest(modes: ReadonlyMap<string, BlockMode> | undefined): BlockMode | undefined {
  const found = [...(modes?.values() ?? [])];
  return found.find((it) => it === "block-bidirectional") ?? found.find((it) => it === "block-ingress");
}
