/** The interface of the member's subnet and group. */
import type { NetworkInterface } from "@aws-sdk/client-ec2";
import { SceneError } from "./make.ts";
import type { Scene } from "./scene.ts";

/** Returns Lambda's interfaces in the pool's subnet with exactly one group. */
export async function interfacesWith({ interfaces, network }: Scene, groupId: string): Promise<NetworkInterface[]> {
  const { subnetId } = await network();
  return (await interfaces()).filter(
    ({ SubnetId, Groups = [], InterfaceType }) =>
      SubnetId === subnetId && InterfaceType !== "interface" && Groups.length === 1 && Groups[0]?.GroupId === groupId,
  );
}

/** @throws SceneError when EC2 shows none */
export async function memberInterface(scene: Scene): Promise<string> {
  await scene.member();
  const [shown] = await interfacesWith(scene, (await scene.network()).groupId);
  if (!shown?.NetworkInterfaceId) throw new SceneError("EC2 shows no interface of the function's subnet and group");
  return shown.NetworkInterfaceId;
}
