/** Egress from the pool's network that needs no address: endpoints of AWS services and of others; and flow logs. */
import { cloudwatch, ec2, iam } from "@pulumi/aws";
import { interpolate, type Output, type Resource } from "@pulumi/pulumi";
import type { CreatedNetwork } from "../src/config/network.ts";
import type { Place } from "./place.ts";
import { policyDocument, trust } from "./policy.ts";

interface Network {
  readonly vpc: ec2.Vpc;
  readonly tables: readonly ec2.RouteTable[];
  readonly subnetIds: readonly Output<string>[];
  readonly clients: ec2.SecurityGroup;
}

/** Creates the gateway endpoints of S3 and DynamoDB, which are free, and the configured interface endpoints. */
export function createEndpoints(place: Place, pool: string, network: CreatedNetwork, inside: Network): Resource[] {
  const { vpc, tables, subnetIds, clients } = inside;
  const base = `${place.name}-${pool}`;
  const options = { parent: place.parent };
  const tags = place.tags;
  const common = { vpcId: vpc.id, tags };
  const made: Resource[] = ["s3", "dynamodb"].map((service) => {
    const serviceName = interpolate`com.amazonaws.${place.region}.${service}`;
    const routeTableIds = tables.map(({ id }) => id);
    const args = { ...common, vpcEndpointType: "Gateway", serviceName, routeTableIds };
    return new ec2.VpcEndpoint(`${base}-${service}`, args, options);
  });
  const services = [
    ...network.interfaceEndpoints.map((service) => ({
      name: service,
      serviceName: interpolate`com.amazonaws.${place.region}.${service}`,
      privateDnsEnabled: true,
    })),
    // A service's own DNS name resolves privately only if its owner has verified the domain.
    ...network.privateLink.map((service) => ({ name: service, serviceName: service, privateDnsEnabled: false })),
  ];
  if (services.length > 0) {
    const fromMembers = { protocol: "tcp", fromPort: 443, toPort: 443, securityGroups: [clients.id] };
    const description = `Interface endpoints of pool ${pool}: in from members`;
    const group = { vpcId: vpc.id, description, ingress: [fromMembers], tags };
    const securityGroup = new ec2.SecurityGroup(`${base}-endpoints-security-group`, group, options);
    for (const { name, ...service } of services) {
      const reach = { subnetIds: [...subnetIds], securityGroupIds: [securityGroup.id] };
      const args = { ...common, ...service, ...reach, vpcEndpointType: "Interface" };
      made.push(new ec2.VpcEndpoint(`${base}-${name}`, args, options));
    }
  }
  if (network.flowLogs) createFlowLogs(place, pool, vpc, network.flowLogs.days);
  return made;
}

/** Returns the name of the log group with the pool's flow logs. */
export function flowLogGroup(prefix: string, pool: string): string {
  return `/holdfast/${prefix}/${pool}/flows`;
}

function createFlowLogs(place: Place, pool: string, vpc: ec2.Vpc, retentionInDays: number): void {
  const base = `${place.name}-${pool}-flows`;
  const options = { parent: place.parent };
  const group = { name: flowLogGroup(place.prefix, pool), retentionInDays, tags: place.tags };
  const logs = new cloudwatch.LogGroup(`${base}-logs`, group, options);
  const assumeRolePolicy = trust("vpc-flow-logs.amazonaws.com", place.accountId);
  const role = new iam.Role(`${base}-role`, { assumeRolePolicy, tags: place.tags }, options);
  const statement = {
    sid: "WriteFlows",
    actions: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
    resources: [interpolate`${logs.arn}:*`],
  };
  new iam.RolePolicy(`${base}-policy`, { role: role.id, policy: policyDocument([statement]) }, options);
  const destination = { logDestination: logs.arn, logDestinationType: "cloud-watch-logs", iamRoleArn: role.arn };
  const args = { vpcId: vpc.id, trafficType: "ACCEPT", ...destination, tags: place.tags };
  new ec2.FlowLog(`${base}`, args, options);
}
