import type { NatGateway, TagSpecification } from "@aws-sdk/client-ec2";

type Json = Record<string, unknown>;

/**
 * How CloudTrail writes NAT gateway calls down, as recorded (DataDog/stratus-red-team): the request wrapped, in
 * PascalCase, with numbered list elements; the response wrapped as its XML; lists of one element as that element.
 */
export function natParameters(operation: string, input: Json): Json {
  const { TagSpecifications, DryRun: _, ...plain } = input as Json & { TagSpecifications?: TagSpecification[] };
  const TagSpecification = TagSpecifications?.map(({ ResourceType, Tags = [] }, index) => ({
    ResourceType,
    tag: index + 1,
    Tag: unlisted(Tags.map(({ Key, Value }, position) => ({ Value, tag: position + 1, Key }))),
  }));
  return {
    [`${operation}Request`]: { ...plain, ...(TagSpecification && { TagSpecification: unlisted(TagSpecification) }) },
  };
}

export function natResponse(operation: string, output: unknown, requestId: string): Json {
  const { NatGateway, NatGatewayId, ClientToken } = output as {
    NatGateway?: NatGateway;
    NatGatewayId?: string;
    ClientToken?: string;
  };
  return {
    [`${operation}Response`]: {
      xmlns: "http://ec2.amazonaws.com/doc/2016-11-15/",
      ...(NatGateway && { natGateway: describe(NatGateway) }),
      requestId,
      ...(NatGatewayId && { natGatewayId: NatGatewayId }),
      ...(ClientToken && { clientToken: ClientToken }),
    },
  };
}

function describe(gateway: NatGateway): Json {
  const addresses = (gateway.NatGatewayAddresses ?? []).map(({ AllocationId, IsPrimary, Status }) => ({
    isPrimary: IsPrimary,
    allocationId: AllocationId,
    status: Status,
  }));
  const tags = (gateway.Tags ?? []).map(({ Key, Value }) => ({ value: Value, key: Key }));
  return {
    connectivityType: gateway.ConnectivityType,
    ...(gateway.SubnetId && { subnetId: gateway.SubnetId }),
    ...(tags.length > 0 && { tagSet: { item: unlisted(tags) } }),
    natGatewayAddressSet: { item: unlisted(addresses) },
    createTime: gateway.CreateTime?.toISOString(),
    vpcId: gateway.VpcId,
    natGatewayId: gateway.NatGatewayId,
    state: gateway.State,
  };
}

function unlisted(items: readonly unknown[]): unknown {
  return items.length === 1 ? items[0] : items;
}
