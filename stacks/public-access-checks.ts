/** VPC Block Public Access: where it is on, AWS accepts associations, and lets nothing through. */
import { type BlockMode, readRegionBlock, readSubnetBlocks } from "./ec2-lookups.ts";

const guide = "VPC user guide, Block public access to VPCs and subnets";
const meanings: Readonly<Record<Exclude<BlockMode, "off">, string>> = {
  "block-bidirectional": "lets nothing out",
  "block-ingress": "lets out only what goes through a NAT gateway, so that no address on an interface works",
};

/** A subnet whose traffic Block Public Access stops. A NAT gateway works in `block-ingress`. */
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
        `VPC with allow-bidirectional (${guide}), or name other subnets`,
    ];
  });
}

/** The same for a network that is made: its own subnets once they are there, the region's mode until then. */
export async function blockedNetworkProblems(path: string, vpcId: string | undefined): Promise<string[]> {
  const mode = vpcId === undefined ? await readRegionBlock() : strictest(await readSubnetBlocks(vpcId));
  if (mode === undefined || mode === "off") return [];
  const remedy =
    vpcId === undefined
      ? "turn it off, or make a VPC yourself, exclude it with allow-bidirectional and name it in network.existing"
      : `exclude ${vpcId} with allow-bidirectional`;
  const where = vpcId === undefined ? "in this region" : `of ${vpcId}`;
  return [`${path}: VPC Block Public Access ${where} is ${mode}, which ${meanings[mode]}: ${remedy} (${guide})`];
}

function strictest(modes: ReadonlyMap<string, BlockMode> | undefined): BlockMode | undefined {
  const found = [...(modes?.values() ?? [])];
  return found.find((it) => it === "block-bidirectional") ?? found.find((it) => it === "block-ingress");
}
