import {
  AllocateAddressCommand,
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import { clientConfig } from "../../testing/twin/endpoint.ts";
import { createRegion, type Region, type RegionOptions } from "../../testing/twin/region.ts";

/** A region with a client, whose calls run on the virtual clock. */
export interface Scene {
  readonly region: Region;
  readonly ec2: EC2Client;
  /** Awaits while virtual time passes. */
  run<T>(promise: Promise<T>): Promise<T>;
  /** The error that a call ends in. */
  failure(promise: Promise<unknown>): Promise<Error & { $metadata?: { httpStatusCode?: number; attempts?: number } }>;
}

export function openScene(options: Partial<RegionOptions> = {}): Scene {
  const region = createRegion({ seed: 1, consistent: true, ...options });
  const run = <T>(promise: Promise<T>) => region.clock.run(promise);
  return {
    region,
    ec2: new EC2Client(clientConfig(region)),
    run,
    failure: (promise) =>
      run(
        promise.then(
          () => Promise.reject(new Error("the call did not fail")),
          (error) => error,
        ),
      ),
  };
}

export interface Network {
  readonly vpcId: string;
  readonly subnetId: string;
  readonly groupId: string;
  readonly internetGatewayId: string;
}

/** A VPC with an attached internet gateway, a subnet and a security group. */
export async function buildNetwork({ ec2, run }: Scene): Promise<Network> {
  const vpcId = text((await run(ec2.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" })))).Vpc?.VpcId);
  const subnet = await run(ec2.send(new CreateSubnetCommand({ VpcId: vpcId, CidrBlock: "10.0.1.0/24" })));
  const group = await run(
    ec2.send(new CreateSecurityGroupCommand({ VpcId: vpcId, GroupName: "fn", Description: "fn" })),
  );
  const gateway = await run(ec2.send(new CreateInternetGatewayCommand({})));
  const internetGatewayId = text(gateway.InternetGateway?.InternetGatewayId);
  await run(ec2.send(new AttachInternetGatewayCommand({ VpcId: vpcId, InternetGatewayId: internetGatewayId })));
  return { vpcId, subnetId: text(subnet.Subnet?.SubnetId), groupId: text(group.GroupId), internetGatewayId };
}

/** A Hyperplane interface in use, as Lambda would have made it. */
export function addLambdaInterface({ region }: Scene, { subnetId, groupId }: Network): string {
  return region.ec2.createNetworkInterface({
    subnetId,
    securityGroupIds: [groupId],
    interfaceType: "lambda",
    description: "AWS Lambda VPC ENI-partner-30bb1fd5-e726-4d80-9ff2-52fd62cd548c",
    requesterId: "AROAEXAMPLE:123456789012",
    status: "in-use",
  }).networkInterfaceId;
}

export async function allocate({ ec2, run }: Scene): Promise<string> {
  return text((await run(ec2.send(new AllocateAddressCommand({ Domain: "vpc" })))).AllocationId);
}

/** The string that must be there. */
export function text(value: string | undefined): string {
  if (!value) throw new Error("expected a value");
  return value;
}
