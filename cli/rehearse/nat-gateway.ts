/** The run's NAT gateway: a zonal one, as a pool's fallback makes it by default, in the subnet that is not the pool's. */
import {
  CreateNatGatewayCommand,
  DeleteNatGatewayCommand,
  DescribeNatGatewaysCommand,
  type NatGateway,
} from "@aws-sdk/client-ec2";
import { type Account, ask, notYetThere, until } from "./account.ts";
import { type Address, allocateAddress } from "./addresses.ts";
import { type Maker, SceneError } from "./make.ts";
import { natAddressPart } from "./names.ts";
import { associateRoutes, makePublicRoutes, natRoutesPart, type OwnNetwork } from "./network.ts";

export interface MadeGateway {
  readonly natGatewayId: string;
  readonly address: Address;
}

const part = "nat-gateway";
const ending = new Set(["failed", "deleting", "deleted"]);

/** As long as fallback waits for a gateway that it has made before it takes it for overdue (src/fallback/gateways.ts). */
const createdWithin = { stepMs: 2_000, limitMs: 15 * 60_000 };
const deletedWithin = { stepMs: 5_000, limitMs: 10 * 60_000 };

/** Makes the gateway, or finds that of an interrupted run; one that is going away makes room first. */
export async function makeNatGateway(maker: Maker, network: OwnNetwork): Promise<MadeGateway> {
  const { account } = maker;
  const { otherSubnetId: SubnetId } = network;
  await associateRoutes(maker, await makePublicRoutes(maker, natRoutesPart, network), SubnetId);
  const address = await allocateAddress(maker, natAddressPart);
  const known = maker.known("natgateway", part);
  if (known && !ending.has((await describeGateway(account, known)).State ?? ""))
    return { natGatewayId: known, address };
  if (known && !(await isDeletedInTime(account, known))) {
    throw new SceneError("the NAT gateway of an interrupted run was not deleted within 10 min");
  }
  const command = new CreateNatGatewayCommand({
    SubnetId,
    AllocationId: address.allocationId,
    TagSpecifications: maker.tagged("natgateway", part),
  });
  const send = () => account.clients.ec2.send(command);
  const { NatGateway } = await ask(account, "ec2:CreateNatGateway", send, notYetThere);
  return { natGatewayId: NatGateway?.NatGatewayId ?? "", address };
}

/** Returns the gateway once it is available or has failed; as it was last when the time is up. */
export async function whenSettled(account: Account, id: string): Promise<NatGateway> {
  let last: NatGateway = {};
  await until(account, createdWithin, async () => {
    last = await describeGateway(account, id);
    return last.State === undefined || last.State === "pending" ? undefined : last;
  });
  return last;
}

export async function deleteGateway(account: Account, NatGatewayId: string): Promise<void> {
  const command = new DeleteNatGatewayCommand({ NatGatewayId });
  await ask(account, "ec2:DeleteNatGateway", () => account.clients.ec2.send(command));
}

/** Returns whether EC2 has shown within ten minutes that a gateway is deleted. */
export async function isDeletedInTime(account: Account, id: string): Promise<boolean> {
  const deleted = await until(account, deletedWithin, async () => {
    return (await describeGateway(account, id)).State === "deleted" || undefined;
  });
  return deleted === true;
}

async function describeGateway(account: Account, id: string): Promise<NatGateway> {
  const command = new DescribeNatGatewaysCommand({ Filter: [{ Name: "nat-gateway-id", Values: [id] }] });
  const { NatGateways = [] } = await ask(account, "ec2:DescribeNatGateways", () => account.clients.ec2.send(command));
  return NatGateways[0] ?? {};
}
