/** The imaginary account's EC2, as far as deployments ask it with the AWS SDK. */
import * as sdk from "@aws-sdk/client-ec2";
import { createCodec } from "../../twin/codec.ts";
import type { WireRequest, WireResponse } from "../../twin/codec-model.ts";
import { AwsError } from "../../twin/service.ts";
import type { Account } from "./account.ts";

const codec = createCodec(sdk);

export function isEc2({ body }: Pick<WireRequest, "body">): boolean {
  return Buffer.from(body).includes("Version=2016-11-15");
}

export function answerEc2(account: Account, request: WireRequest): WireResponse {
  const requestId = "00000000-0000-0000-0000-000000000000";
  try {
    const { operation, input } = codec.decode(request);
    return codec.encode(operation, outputOf(account, operation, input), requestId);
  } catch (error) {
    if (error instanceof AwsError) return codec.encodeError(error, requestId);
    throw error;
  }
}

function outputOf(account: Account, operation: string, input: sdk.DescribeSubnetsRequest): object {
  if (account.denied.includes(operation)) {
    throw new AwsError("UnauthorizedOperation", "You are not authorized to perform this operation.", 403);
  }
  switch (operation) {
    case "DescribeAddresses":
      return {
        Addresses: account.addresses.map(({ allocationId, serviceManaged, publicIpv4Pool = "amazon" }) => ({
          AllocationId: allocationId,
          PublicIpv4Pool: publicIpv4Pool,
          ...(serviceManaged ? { ServiceManaged: serviceManaged } : {}),
        })),
      };
    case "DescribeSubnets": {
      const vpcIds = input.Filters?.find(({ Name }) => Name === "vpc-id")?.Values;
      return {
        Subnets: account.subnets
          .filter(({ vpcId }) => vpcIds?.includes(vpcId) ?? true)
          .map(({ subnetId, blockMode = account.blockMode }) => ({
            SubnetId: subnetId,
            BlockPublicAccessStates: { InternetGatewayBlockMode: blockMode },
          })),
      };
    }
    case "DescribeVpcBlockPublicAccessOptions":
      return { VpcBlockPublicAccessOptions: { InternetGatewayBlockMode: account.blockMode } };
    default:
      throw new AwsError("InvalidAction", `The stand-in does not know ${operation}.`);
  }
}
