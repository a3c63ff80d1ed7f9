/** The pool's network: created by the deployment, or existing. */
import { ec2 } from "@pulumi/aws";
import { all, type Input, type Output, output, type Resource } from "@pulumi/pulumi";
import type { CreatedNetwork, ExistingNetwork, Network } from "../src/config/network.ts";
import { tagKeys } from "../src/pool/tags.ts";
import { createEndpoints } from "./endpoints.ts";
import { type Place, writtenTags } from "./place.ts";
import { chooseZones, readZones } from "./zones.ts";

export interface PoolNetwork {
  readonly vpcId: Output<string>;
  /** Subnets of the members. */
  readonly subnetIds: readonly Output<string>[];
  /** Their ARNs, with the account that owns them: another account, if the subnets are shared. */
  readonly subnetArns: readonly Output<string>[];
  readonly securityGroupIds: readonly Output<string>[];
  /** Route tables of the members' subnets. Only fallback changes their default route. */
  readonly routeTableIds: readonly Output<string>[];
  /** Internet gateways that must exist before a load balancer; empty for an existing network. */
  readonly gateways: readonly Resource[];
  readonly natSubnetId: Output<string> | undefined;
  readonly scout: Scout | undefined;
  /** Created resources that must be deleted after the functions: subnets, routes, security groups, endpoints. */
  readonly made: readonly Resource[];
}

interface Scout {
  readonly subnetId: Output<string>;
  readonly subnetArn: Output<string>;
  readonly securityGroupId: Output<string>;
}

const everywhere = "0.0.0.0/0";

export function poolNetwork(place: Place, pool: string, network: Network): PoolNetwork {
  return network.kind === "existing" ? existingNetwork(place, pool, network) : createNetwork(place, pool, network);
}

function existingNetwork(place: Place, pool: string, network: ExistingNetwork): PoolNetwork {
  const { scoutSubnetId } = network;
  // The checks report a wrong id.
  const subnetOf = (id: string) => place.checked.then(() => ec2.getSubnet({ id }, { parent: place.parent }));
  const arnOf = (id: string) => output(subnetOf(id)).arn;
  const group = scoutSubnetId
    ? // Distinguishes the scout's interface from others in that subnet.
      addSecurityGroup(place, pool, network.vpcId, "scout", scoutDescription(pool))
    : undefined;
  return {
    vpcId: output(network.vpcId),
    subnetIds: network.subnetIds.map((id) => output(id)),
    subnetArns: network.subnetIds.map(arnOf),
    securityGroupIds: network.securityGroupIds.map((id) => output(id)),
    routeTableIds: network.routeTableIds.map((id) => output(id)),
    gateways: [],
    natSubnetId: network.natSubnetId === undefined ? undefined : output(network.natSubnetId),
    scout:
      scoutSubnetId && group
        ? { subnetId: output(scoutSubnetId), subnetArn: arnOf(scoutSubnetId), securityGroupId: group.id }
        : undefined,
    made: group ? [group] : [],
  };
}

/**
 * Tags the subnets of networks that exist, once each: pools may share a scout's. By the tag another deployment sees whose
 * interfaces stand there and whose fallback changes their routes. A subnet that another account shares stays as it is:
 * whether AWS lets a participant tag it is not known.
 */
export function tagSubnets(place: Place, networks: readonly Network[]): Output<Resource[]>[] {
  const ids = networks.flatMap((it) =>
    it.kind === "existing" ? [...it.subnetIds, ...(it.scoutSubnetId ? [it.scoutSubnetId] : [])] : [],
  );
  return [...new Set(ids)].map((resourceId) => {
    const subnet = place.checked.then(() => ec2.getSubnet({ id: resourceId }, { parent: place.parent }));
    return all([output(subnet), place.accountId]).apply(([{ ownerId }, accountId]): Resource[] => {
      if (ownerId !== accountId) return [];
      const tag = { resourceId, key: tagKeys.stage, value: place.prefix };
      return [new ec2.Tag(`${place.name}-${resourceId}-holdfast-stage`, tag, { parent: place.parent })];
    });
  });
}

function createNetwork(place: Place, pool: string, network: CreatedNetwork): PoolNetwork {
  const base = `${place.name}-${pool}`;
  const options = { parent: place.parent };
  const tags = (part: string) => tagsOf(place, pool, part);
  const zones = output(
    place.checked.then(() => readZones(place.prefix, pool, options)).then((found) => chooseZones(found, network.zones)),
  );
  const zoneOf = (index: number) => zones.apply((names) => names[index] ?? "");
  const vpcArgs = { cidrBlock: network.cidr, enableDnsHostnames: true, enableDnsSupport: true, tags: tags("vpc") };
  const vpc = new ec2.Vpc(`${base}-vpc`, vpcArgs, options);
  const gateway = new ec2.InternetGateway(`${base}-gateway`, { vpcId: vpc.id, tags: tags("gateway") }, options);

  /**
   * Creates a subnet with its own route table, whose default route points to the internet gateway. Only members' tables
   * carry the pool's tag: fallback changes the routes of the tables with that tag.
   */
  const addSubnet = (part: string, cidrBlock: string, zone: number, of: "members" | "holdfast" = "holdfast") => {
    const name = `${base}-${part}`;
    const subnet = new ec2.Subnet(
      `${name}-subnet`,
      { vpcId: vpc.id, cidrBlock, availabilityZone: zoneOf(zone), tags: tags(part) },
      { ...options, ignoreChanges: ["availabilityZone"] },
    );
    const { [tagKeys.pool]: _, ...untagged } = tags(part);
    const table = new ec2.RouteTable(
      `${name}-routes`,
      { vpcId: vpc.id, tags: of === "members" ? tags(part) : untagged },
      { ...options, ignoreChanges: writtenTags(tagKeys.flips, tagKeys.refusals) },
    );
    const uses = { subnetId: subnet.id, routeTableId: table.id };
    const association = new ec2.RouteTableAssociation(`${name}-association`, uses, options);
    const args = { routeTableId: table.id, destinationCidrBlock: everywhere, gatewayId: gateway.id };
    // In fallback the members' default route points to the NAT gateway; a deployment must not change it back.
    const ignoreChanges = of === "members" ? ["gatewayId", "natGatewayId"] : [];
    const route = new ec2.Route(`${name}-default-route`, args, { ...options, ignoreChanges });
    return { subnet, table, made: [subnet, table, association, route] };
  };
  const [first = "10", second = "0"] = network.cidr.split(".");
  const zone = (index: number) =>
    addSubnet(`zone-${index + 1}`, `${first}.${second}.${index * 16}.0/20`, index, "members");
  const members = Array.from({ length: network.zones }, (_, index) => zone(index));
  const nat = addSubnet("nat", `${first}.${second}.255.0/28`, 0);
  const scout = addSubnet("scout", `${first}.${second}.255.16/28`, 0);

  // Must not change, like `scoutDescription`.
  const description = `Members of pool ${pool}: out to anywhere, in from nowhere`;
  const membersGroup = addSecurityGroup(place, pool, vpc.id, "members", description);
  const scoutGroup = addSecurityGroup(place, pool, vpc.id, "scout", scoutDescription(pool));
  const tables = members.map(({ table }) => table);
  const subnetIds = members.map(({ subnet }) => subnet.id);
  const endpoints = createEndpoints(place, pool, network, { vpc, tables, subnetIds, clients: membersGroup });
  return {
    vpcId: vpc.id,
    subnetIds,
    subnetArns: members.map(({ subnet }) => subnet.arn),
    securityGroupIds: [membersGroup.id],
    routeTableIds: tables.map(({ id }) => id),
    gateways: [gateway],
    natSubnetId: nat.subnet.id,
    scout: { subnetId: scout.subnet.id, subnetArn: scout.subnet.arn, securityGroupId: scoutGroup.id },
    made: [
      vpc,
      gateway,
      membersGroup,
      scoutGroup,
      ...endpoints,
      ...[...members, nat, scout].flatMap(({ made }) => made),
    ],
  };
}

function tagsOf(place: Place, pool: string, part: string) {
  return { ...place.tags, [tagKeys.pool]: pool, Name: `${place.prefix}-${pool}-${part}` };
}

/** Must not change: another description replaces the security group (EC2 cannot change it). */
const scoutDescription = (pool: string) => `Scout of pool ${pool}: out to anywhere, in from nowhere`;

function addSecurityGroup(place: Place, pool: string, vpcId: Input<string>, part: string, description: string) {
  const egress = [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: [everywhere] }];
  const args = { vpcId, description, egress, tags: tagsOf(place, pool, part) };
  return new ec2.SecurityGroup(`${place.name}-${pool}-${part}-security-group`, args, { parent: place.parent });
}
