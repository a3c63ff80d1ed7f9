/**
 * Two fixed addresses: an accelerator → an internal load balancer → the function.
 *
 * Facts (Global Accelerator developer guide, "Preserve client IP addresses", "Requirements for endpoints with client IP
 * address preservation"; Elastic Load Balancing user guide, "Lambda functions as targets"): behind an accelerator the
 * load balancer may be internal, in subnets without a route to the internet, as long as its VPC has an internet gateway;
 * it then always sees the clients' own addresses, so its security group must allow those; network ACLs do not apply on
 * the way in; and it invokes the function by Lambda's API, so its security group needs no egress rule.
 */
import { ec2, getAvailabilityZonesOutput, lb } from "@pulumi/aws";
import { type Output, output } from "@pulumi/pulumi";
import type { OnRemove } from "../src/config/holdfast.ts";
import type { AddressIngress } from "../src/config/ingress.ts";
import { createAccelerator } from "./ingress-accelerator.ts";
import { allowCall, functionArn, type IngressContext } from "./ingress-caller.ts";
import type { PoolNetwork } from "./network.ts";
import { regionZones } from "./zones.ts";

/** Two subnets of 32 addresses: a load balancer requires a /27 with eight free ones (Elastic Load Balancing user guide). */
const subnetOffsets = [32, 64];
/** TLS 1.2 and 1.3 (Elastic Load Balancing user guide, "Security policies"). */
const sslPolicy = "ELBSecurityPolicy-TLS13-1-2-2021-06";
const https = 443;

/** A pool's network; `cidr` is defined if it was created for the pool. */
type IngressNetwork = PoolNetwork & { readonly cidr: string | undefined };

/** Returns the addresses that a partner calls. */
export function createFixedAddresses(
  context: IngressContext,
  ingress: AddressIngress,
  network: IngressNetwork,
  onRemove: OnRemove,
): Output<string[]> {
  const own = network.cidr === undefined ? undefined : createSubnets(context, network, network.cidr);
  const subnetIds = own ?? (ingress.subnetIds ?? []).map((id) => output(id));
  return createAccelerator(context, ingress, createBalancer(context, ingress, network, subnetIds).arn, onRemove);
}

/** Creates subnets without a route to the internet: traffic arrives through the accelerator alone. */
function createSubnets({ base, options, tags }: IngressContext, network: PoolNetwork, cidr: string): Output<string>[] {
  const zones = getAvailabilityZonesOutput(regionZones, options).names;
  const [first = "10", second = "0"] = cidr.split(".");
  const { vpcId } = network;
  const table = new ec2.RouteTable(`${base}-routes`, { vpcId, tags }, options);
  return subnetOffsets.map((offset, index) => {
    const subnet = new ec2.Subnet(
      `${base}-${index + 1}-subnet`,
      {
        vpcId,
        cidrBlock: `${first}.${second}.255.${offset}/27`,
        availabilityZone: zones.apply((names) => names[index] ?? ""),
        tags,
      },
      { ...options, ignoreChanges: ["availabilityZone"] },
    );
    const association = { subnetId: subnet.id, routeTableId: table.id };
    new ec2.RouteTableAssociation(`${base}-${index + 1}-association`, association, options);
    return subnet.id;
  });
}

function createBalancer(
  context: IngressContext,
  { function: called, certificateArn, clients }: AddressIngress,
  { vpcId, gateways }: PoolNetwork,
  subnets: Output<string>[],
): lb.LoadBalancer {
  const { place, pool, base, options, tags } = context;
  const securityGroup = new ec2.SecurityGroup(
    `${base}-security-group`,
    {
      vpcId,
      description: `Ingress of pool ${pool}: in over HTTPS from clients behind the accelerator, out to nowhere`,
      ingress: [{ protocol: "tcp", fromPort: https, toPort: https, cidrBlocks: clients ?? ["0.0.0.0/0"] }],
      tags,
    },
    options,
  );
  // Names of load balancers and target groups have at most 32 characters, so the provider completes a prefix.
  const balancer = new lb.LoadBalancer(
    `${base}-balancer`,
    {
      namePrefix: "hold-",
      loadBalancerType: "application",
      internal: true,
      subnets,
      securityGroups: [securityGroup.id],
      dropInvalidHeaderFields: true,
      tags,
    },
    { ...options, dependsOn: [...gateways] },
  );
  const targets = new lb.TargetGroup(`${base}-targets`, { namePrefix: "hold-", targetType: "lambda", tags }, options);
  const permission = allowCall(context, called, "elasticloadbalancing.amazonaws.com", targets.arn);
  new lb.TargetGroupAttachment(
    `${base}-target`,
    { targetGroupArn: targets.arn, targetId: functionArn(place, called) },
    { ...options, dependsOn: [permission] },
  );
  new lb.Listener(
    `${base}-https`,
    {
      loadBalancerArn: balancer.arn,
      port: https,
      protocol: "HTTPS",
      sslPolicy,
      certificateArn,
      defaultActions: [{ type: "forward", targetGroupArn: targets.arn }],
      tags,
    },
    options,
  );
  return balancer;
}
