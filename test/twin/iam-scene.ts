/** A role, and a world in which it tries things. */
import type { Role } from "../../testing/twin/iam.ts";
import type { PolicyStatement } from "../../testing/twin/iam-policy.ts";
import { AwsError } from "../../testing/twin/service.ts";
import { createFunction, openPath, type PathScene } from "./path-scene.ts";
import { addLambdaInterface } from "./scene.ts";

export const ROLE = "arn:aws:iam::123456789012:role/holdfast-relocate";
export const POOL = { Key: "pool", Value: "payments" };
export const arn = (service: string, resource: string) => `arn:aws:${service}:us-east-1:123456789012:${resource}`;
export const ofPool = { StringEquals: { "aws:ResourceTag/pool": "payments" } };

export type Draft = Omit<PolicyStatement, "Effect"> & { readonly Effect?: "Allow" | "Deny" };

export function role(statements: readonly Draft[]): Role {
  const Statement = statements.map((statement) => ({ Effect: "Allow" as const, Resource: "*", ...statement }));
  return { roleArn: ROLE, policies: [{ Statement }] };
}

/** One of each resource: an address and a subnet of the pool, a foreign address. */
export async function openWorld() {
  const scene = await openPath();
  const operator = <T>(operation: string, input: object) => scene.call<T>("ec2", operation, input);
  const allocateTagged = async (Value: string) => {
    const TagSpecifications = [{ ResourceType: "elastic-ip", Tags: [{ ...POOL, Value }] }];
    return (await operator<{ AllocationId: string }>("AllocateAddress", { TagSpecifications })).AllocationId;
  };
  const own = await allocateTagged("payments");
  const foreign = await allocateTagged("others");
  const used = await allocateTagged("payments");
  const eni = addLambdaInterface(scene, scene.network);
  const busy = addLambdaInterface(scene, scene.network);
  const { AssociationId } = await operator<{ AssociationId: string }>("AssociateAddress", {
    AllocationId: used,
    NetworkInterfaceId: busy,
  });
  const { vpcId, subnetId } = scene.network;
  const TagSpecifications = [{ ResourceType: "route-table", Tags: [POOL] }];
  const table = await operator<{ RouteTable: { RouteTableId: string } }>("CreateRouteTable", {
    VpcId: vpcId,
    TagSpecifications,
  });
  const nat = await operator<{ NatGateway: { NatGatewayId: string } }>("CreateNatGateway", {
    SubnetId: subnetId,
    AllocationId: await allocateTagged("payments"),
  });
  const ids = {
    own,
    foreign,
    eni,
    AssociationId,
    subnetId,
    vpcId,
    rtb: table.RouteTable.RouteTableId,
    nat: nat.NatGateway.NatGatewayId,
    igw: scene.network.internetGatewayId,
  };
  await createFunction(scene, "orders", { Tags: { pool: "payments" } });
  await scene.call("sqs", "CreateQueue", { QueueName: "dead" });
  return { scene, ids };
}

export type Ids = Awaited<ReturnType<typeof openWorld>>["ids"];

/** What came of a call by the role: `allowed` includes refusals for other reasons. */
export async function attempt(scene: PathScene, service: string, operation: string, input: object): Promise<string> {
  try {
    await scene.call(service, operation, input, ROLE);
    return "allowed";
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return /UnauthorizedOperation|AccessDenied/.test(error.code) ? "refused" : "allowed";
  }
}
