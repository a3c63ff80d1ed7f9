/** The examples' imaginary accounts in the twin: what is there before a deployment. */

import type { Operator } from "../../testing/deployment/operator.ts";
import { networkMakers } from "../../testing/deployment/recorded-network.ts";
import type { Ids } from "../../testing/deployment/recorded-resource.ts";
import type { Account } from "../../testing/deployment/stand-in/account.ts";

/** Security groups that examples/existing-network names. */
export const existingGroups = ["sg-0a1b2c3d4e5f60718"] as const;

/** Makes the account's network and addresses; answers its ids with those of the twin. */
export async function createAccount(operator: Operator, account: Account): Promise<Ids> {
  const ids: Ids = new Map();
  const make = async (id: string, kind: string, inputs: object) => {
    const made = await networkMakers[kind]?.(operator, inputs, kind);
    if (made !== undefined) ids.set(id, made);
    return made ?? "";
  };
  const [vpc] = account.subnets;
  if (!vpc) return ids;
  const vpcId = await make(vpc.vpcId, "vpc:Vpc", { cidrBlock: "10.0.0.0/16" });
  for (const [index, { subnetId }] of account.subnets.entries()) {
    const zone = { availabilityZone: `us-east-1${"abc"[index % 3]}`, cidrBlock: `10.0.${index}.0/24` };
    await make(subnetId, "subnet:Subnet", { vpcId, ...zone });
  }
  for (const id of existingGroups) await make(id, "securityGroup:SecurityGroup", { vpcId, description: "existing" });
  for (const { routeTableId, subnetIds, defaultRoute } of account.routeTables) {
    const table = await make(routeTableId, "routeTable:RouteTable", { vpcId });
    if (defaultRoute && !ids.has(defaultRoute)) await make(defaultRoute, "internetGateway:InternetGateway", { vpcId });
    const route = { destinationCidrBlock: "0.0.0.0/0", gatewayId: ids.get(defaultRoute ?? "") };
    await make("", "route:Route", { routeTableId: table, ...route });
    for (const id of subnetIds) {
      await make("", "routeTableAssociation:RouteTableAssociation", { routeTableId: table, subnetId: ids.get(id) });
    }
  }
  for (const { allocationId, tags } of account.addresses) await make(allocationId, "eip:Eip", { tags });
  return ids;
}
