/** What programs ask the provider: answered from the account as it is now. */
import { accountId, region } from "../stand-in/account.ts";
import { type PolicyStatement, policyDocument } from "../stand-in/lookups.ts";
import type { Account, Resource } from "./account.ts";
import { type Properties, Refusal } from "./wire.ts";

interface Filter {
  readonly name: string;
  readonly values: readonly string[];
}

type Lookup = (account: Account, inputs: Properties) => Properties;

/** Returns what a provider's function answers. @throws Refusal for one that no program of ours calls */
export function lookUp(account: Account, token: string, inputs: Properties): Properties {
  const lookup = lookups[token.split(":").at(-1) ?? ""];
  if (!lookup) throw new Refusal(`the model does not know the function ${token}: add it`);
  return lookup(account, inputs);
}

const filtersOf = (inputs: Properties) => (inputs["filters"] ?? []) as readonly Filter[];

/** Returns whether a record passes every filter: by tag, or by a property that has the filter's name here. */
function passes(filters: readonly Filter[], tags: Readonly<Record<string, string>>, fields: Properties): boolean {
  return filters.every(({ name, values }) => {
    if (name === "tag-key") return values.some((key) => key in tags);
    if (name.startsWith("tag:")) return values.includes(tags[name.slice("tag:".length)] ?? "");
    if (!(name in fields)) throw new Refusal(`the model does not know the filter ${name}: add it`);
    const field = fields[name];
    return Array.isArray(field) ? field.some((it) => values.includes(it)) : values.includes(String(field));
  });
}

const lookups: Readonly<Record<string, Lookup>> = {
  getRegion: () => ({ region, id: region }),
  getCallerIdentity: () => ({
    accountId,
    arn: `arn:aws:iam::${accountId}:user/operator`,
    userId: "AIDAOPERATOR",
    id: accountId,
  }),
  getPartition: () => ({ partition: "aws", dnsSuffix: "amazonaws.com", id: "aws" }),
  getAvailabilityZones: ({ zones }, inputs) => {
    const optedIn = filtersOf(inputs).some(({ name, values }) => {
      return name === "opt-in-status" && !values.includes("opted-in");
    });
    // Local Zones that the account has opted in to are longer than a letter: `-bos-1a`.
    const listed = zones.filter((zone) => !optedIn || zone.length === 1);
    return { names: listed.map((zone) => `${region}${zone}`), id: region };
  },
  getAvailabilityZone: (_, { name }) => {
    const isLocal = String(name).length > region.length + 1;
    return { name, zoneType: isLocal ? "local-zone" : "availability-zone", networkBorderGroup: region };
  },
  getServiceQuota: (account, { quotaCode }) => ({ value: quotaOf(account, String(quotaCode)) }),
  getEips: ({ region: { world } }, inputs) => {
    const found = [...world.addresses.values()].filter(({ allocationId, tags }) =>
      passes(filtersOf(inputs), tags, { "allocation-id": allocationId }),
    );
    const allocationIds = found.map(({ allocationId }) => allocationId);
    return { allocationIds, publicIps: found.map(({ publicIp }) => publicIp), id: region };
  },
  getElasticIp: ({ region: { world } }, { id }) => {
    const address = world.addresses.get(String(id));
    if (!address) throw new Refusal(`no matching EC2 EIP found: ${id}`);
    return { id, allocationId: id, publicIp: address.publicIp, tags: address.tags };
  },
  getVpcs: ({ region: { world } }, inputs) => {
    const found = [...world.vpcs.values()].filter(({ vpcId, tags }) =>
      passes(filtersOf(inputs), { ...tags }, { "vpc-id": vpcId, "owner-id": accountId }),
    );
    return { ids: found.map(({ vpcId }) => vpcId), id: region };
  },
  getVpc: ({ region: { world } }, { id }) => {
    const vpc = world.vpcs.get(String(id));
    if (!vpc) throw new Refusal(`no matching EC2 VPC found: ${id}`);
    return { id, cidrBlock: vpc.cidrBlock, tags: vpc.tags };
  },
  getSubnets: ({ region: { world } }, inputs) => {
    const found = [...world.subnets.values()].filter(({ subnetId, vpcId, tags }) =>
      passes(filtersOf(inputs), tags, { "vpc-id": vpcId, "subnet-id": subnetId }),
    );
    return { ids: found.map(({ subnetId }) => subnetId), id: region };
  },
  getSubnet: ({ region: { world } }, { id }) => {
    const subnet = world.subnets.get(String(id));
    if (!subnet) throw new Refusal(`no matching EC2 Subnet found: ${id}`);
    const { availabilityZone, vpcId, cidrBlock, tags } = subnet;
    const arn = `arn:aws:ec2:${region}:${accountId}:subnet/${id}`;
    return { id, arn, availabilityZone, vpcId, cidrBlock, tags, ownerId: accountId };
  },
  getRouteTables: ({ region: { world } }, inputs) => {
    const found = [...world.routeTables.values()]
      .filter(({ vpcId }) => !inputs["vpcId"] || vpcId === inputs["vpcId"])
      .filter(({ routeTableId, vpcId, main, subnetIds, tags }) =>
        passes(filtersOf(inputs), tags, {
          "association.main": String(main),
          "association.subnet-id": subnetIds,
          "route-table-id": routeTableId,
          "vpc-id": vpcId,
        }),
      );
    return { ids: found.map(({ routeTableId }) => routeTableId), id: region };
  },
  getRouteTable: ({ region: { world } }, { routeTableId }) => {
    const table = world.routeTables.get(String(routeTableId));
    if (!table) throw new Refusal(`no matching EC2 Route Table found: ${routeTableId}`);
    const routes = table.routes.map(({ destinationCidrBlock, gatewayId = "", natGatewayId = "" }) => {
      return { cidrBlock: destinationCidrBlock, gatewayId, natGatewayId };
    });
    const associations = [
      ...table.subnetIds.map((subnetId) => ({ main: false, subnetId, gatewayId: "" })),
      ...(table.main ? [{ main: true, subnetId: "", gatewayId: "" }] : []),
    ];
    return { id: routeTableId, vpcId: table.vpcId, routes, associations, tags: table.tags };
  },
  getRoles: ({ resources }, { pathPrefix }) => ({
    names: resources.filter((it) => serviceLinkedPath(it) === pathPrefix).map(({ state }) => state["name"]),
  }),
  getRole: ({ resources }, { name }) => {
    const role = resources.find((it) => serviceLinkedPath(it) && it.state["name"] === name);
    if (!role) throw new Refusal(`NoSuchEntity: The role with name ${name} cannot be found.`);
    return { name, arn: role.id, tags: role.state["tags"] ?? {} };
  },
  getNatGateway: ({ region: { world } }, { id }) => ({ id, tags: world.natGateways.get(String(id))?.tags ?? {} }),
  getFunction: ({ region: { world } }, { functionName }) => {
    const found = world.functions.get(String(functionName));
    if (!found) throw new Refusal(`ResourceNotFoundException: Function not found: ${functionName}`);
    return { functionName, arn: found.functionArn, tags: found.tags };
  },
  getPolicyDocument: (_, { statements = [] }) => ({ json: policyDocument(statements as readonly PolicyStatement[]) }),
  getAccelerator: ({ resources }, { arn, name }) => {
    const found = resources.find(
      ({ kind, id, state }) =>
        kind === "globalaccelerator/accelerator:Accelerator" &&
        (name === undefined ? id === arn : state["name"] === name),
    );
    if (!found) throw new Refusal("no matching Global Accelerator Accelerator found");
    return {
      id: found.id,
      arn: found.id,
      name: found.state["name"],
      tags: found.state["tags"],
      ipSets: found.state["ipSets"],
    };
  },
};

/** Returns the path of a service-linked role (IAM user guide, "Service-linked roles"); other roles are not looked up. */
function serviceLinkedPath({ kind, state }: Resource): string | undefined {
  return kind === "iam/serviceLinkedRole:ServiceLinkedRole"
    ? `/aws-service-role/${state["awsServiceName"]}/`
    : undefined;
}

/** Applied values (Service Quotas). */
function quotaOf({ region: { addressQuota }, vpcQuota }: Account, quotaCode: string): number {
  const quotas: Readonly<Record<string, number>> = {
    "L-0263D0A3": addressQuota,
    "L-F678F1CE": vpcQuota,
    "L-B99A9384": 1000,
  };
  const value = quotas[quotaCode];
  if (value === undefined) throw new Refusal(`the model does not know the quota ${quotaCode}: add it`);
  return value;
}
