/** What the provider's functions return for an imaginary account. */
import { type Account, accountId, type RouteTable, region, type Subnet, type Tags, type Vpc } from "./account.ts";
import { acceleratorAddresses, type Properties, publicIpOf } from "./resources.ts";

interface Filter {
  readonly name: string;
  readonly values: readonly string[];
}

type Lookup = (account: Account, inputs: Properties, filters: readonly Filter[]) => Properties;

const valuesOf = (filters: readonly Filter[], name: string) => filters.find((filter) => filter.name === name)?.values;

/** By the provider's function, as a token names it. */
const lookups: Readonly<Record<string, Lookup>> = {
  "aws:index/getRegion:getRegion": () => ({ region, id: region }),
  "aws:index/getCallerIdentity:getCallerIdentity": () => ({
    accountId,
    arn: `arn:aws:iam::${accountId}:user/operator`,
    userId: "AIDAOPERATOR",
    id: accountId,
  }),
  "aws:index/getPartition:getPartition": () => ({ partition: "aws", dnsSuffix: "amazonaws.com", id: "aws" }),
  "aws:index/getAvailabilityZones:getAvailabilityZones": (account, _, filters) => ({
    names: zonesOf(account, valuesOf(filters, "opt-in-status")),
    id: region,
  }),
  "aws:index/getAvailabilityZone:getAvailabilityZone": (account, { name }) => zoneOf(account, name),
  "aws:servicequotas/getServiceQuota:getServiceQuota": (account, { quotaCode }) => ({
    value: quotas(account)[String(quotaCode)],
  }),
  "aws:ec2/getEips:getEips": (account, _, filters) => eips(account, filters),
  "aws:ec2/getElasticIp:getElasticIp": ({ addresses }, { id }) => ({
    id,
    publicIp: publicIpOf(String(id)),
    tags: addresses.find(({ allocationId }) => allocationId === id)?.tags ?? {},
  }),
  "aws:ec2/getVpcs:getVpcs": (account, _, filters) => ({ ids: vpcsOf(account, filters).map(({ vpcId }) => vpcId) }),
  "aws:ec2/getVpc:getVpc": ({ vpcs }, { id }) => ({ cidrBlock: vpcs.find(({ vpcId }) => vpcId === id)?.cidr }),
  "aws:ec2/getSubnets:getSubnets": (account, _, filters) => ({
    ids: subnetsOf(account, filters).map(({ subnetId }) => subnetId),
  }),
  "aws:ec2/getSubnet:getSubnet": (account, { id }) => subnetOf(account, String(id)),
  "aws:iam/getRoles:getRoles": ({ roles }, { pathPrefix }) => ({
    names: roles.filter(({ path }) => path === pathPrefix).map(({ name }) => name),
  }),
  "aws:iam/getRole:getRole": ({ roles }, inputs) => {
    const role = roles.find(({ name }) => name === inputs["name"]);
    return { arn: `arn:aws:iam::${accountId}:role${role?.path}${role?.name}`, tags: role?.tags ?? {} };
  },
  "aws:lambda/getFunction:getFunction": ({ functions }, { functionName, qualifier }) => {
    const name = [functionName, qualifier].filter(Boolean).join(":");
    if (!functions.includes(name)) throw new Error(`ResourceNotFoundException: ${name}`);
    return { functionName, arn: `arn:aws:lambda:${region}:${accountId}:function:${name}` };
  },
  "aws:globalaccelerator/getAccelerator:getAccelerator": ({ accelerators = [] }, { arn, name }) => {
    const found = accelerators.find((it) => (name === undefined ? it.arn === arn : it.name === name));
    if (!found) throw new Error("no matching Global Accelerator Accelerator found");
    return { ...found, id: found.arn, ...acceleratorAddresses(found.arn) };
  },
  "aws:ec2/getRouteTables:getRouteTables": (account, { vpcId }, filters) => ({
    ids: tablesOf(account, vpcId, filters).map(({ routeTableId }) => routeTableId),
  }),
  "aws:ec2/getRouteTable:getRouteTable": (account, { routeTableId }) => routesOf(account, String(routeTableId)),
  "aws:ec2/getNatGateway:getNatGateway": ({ natGateways }, { id }) => ({
    tags: natGateways.find(({ natGatewayId }) => natGatewayId === id)?.tags ?? {},
  }),
  "aws:iam/getPolicyDocument:getPolicyDocument": (_, { statements = [] }) => ({
    json: policyDocument(statements as readonly PolicyStatement[]),
  }),
};

/** Returns the result of a provider's function. @throws Error for one that no stack calls, and as AWS would refuse it */
export function answer(account: Account, token: string, inputs: Properties): Properties {
  try {
    if (account.denied.includes(token.split(":")[2] ?? "")) throw new Error(`AccessDenied: ${token}`);
    const lookup = lookups[token];
    if (!lookup) throw new Error(`the stand-in does not know ${token}`);
    return lookup(account, inputs, (inputs["filters"] ?? []) as readonly Filter[]);
  } catch (error) {
    // Pulumi reads the text of an engine's refusal here, and no other (@pulumi/pulumi, runtime/invoke.js).
    throw Object.assign(error as Error, { details: String(error) });
  }
}

function zoneOf({ zones }: Account, zoneName: unknown): Properties {
  const zone = zones.find(({ name }) => name === zoneName);
  if (!zone) throw new Error(`no zone ${zoneName}`);
  const isLocal = zone.type === "local-zone";
  return { name: zone.name, zoneType: zone.type, networkBorderGroup: isLocal ? zone.name.slice(0, -1) : region };
}

function tablesOf({ routeTables }: Account, ofVpc: unknown, filters: readonly Filter[]): RouteTable[] {
  const subnets = valuesOf(filters, "association.subnet-id");
  const onlyMain = valuesOf(filters, "association.main") !== undefined;
  return routeTables
    .filter(({ vpcId }) => vpcId === ofVpc)
    .filter(({ subnetIds }) => !subnets || subnetIds.some((id) => subnets.includes(id)))
    .filter(({ main }) => !onlyMain || main);
}

export interface PolicyStatement {
  readonly effect?: string;
  readonly actions?: readonly string[];
  readonly resources?: readonly string[];
  readonly principals?: readonly { readonly type: string; readonly identifiers: readonly string[] }[];
}

export function policyDocument(statements: readonly PolicyStatement[]): string {
  const Statement = statements.map(({ effect = "Allow", actions, resources, principals }) => ({
    Effect: effect,
    Action: actions,
    ...(resources ? { Resource: resources } : {}),
    ...(principals ? { Principal: Object.fromEntries(principals.map((it) => [it.type, it.identifiers])) } : {}),
  }));
  return JSON.stringify({ Version: "2012-10-17", Statement });
}

function eips({ addresses }: Account, filters: readonly Filter[]): Properties {
  const found = addresses.filter(({ allocationId, tags }) =>
    filters.every(({ name, values }) => {
      if (name === "allocation-id") return values.includes(allocationId);
      if (name === "tag-key") return values.some((key) => key in tags);
      return values.includes(tags[name.slice("tag:".length)] ?? "");
    }),
  );
  const allocationIds = found.map(({ allocationId }) => allocationId);
  return { allocationIds, publicIps: allocationIds.map(publicIpOf) };
}

function routesOf({ routeTables }: Account, id: string): Properties {
  const table = routeTables.find(({ routeTableId }) => routeTableId === id);
  const route = table?.defaultRoute;
  const to = {
    gatewayId: route?.startsWith("nat-") ? "" : route,
    natGatewayId: route?.startsWith("nat-") ? route : "",
  };
  const associations = [
    ...(table?.main ? [{ main: true, subnetId: "" }] : []),
    ...(table?.subnetIds ?? []).map((subnetId) => ({ main: false, subnetId })),
  ];
  const routes = route === undefined ? [] : [{ cidrBlock: "0.0.0.0/0", ...to }];
  return { routes, associations, tags: table?.tags ?? {} };
}

function quotas({
  addressQuota,
  vpcQuota,
  concurrencyQuota,
  rulesQuota = 60,
}: Account): Readonly<Record<string, number>> {
  return {
    "L-0263D0A3": addressQuota,
    "L-F678F1CE": vpcQuota,
    "L-B99A9384": concurrencyQuota,
    "L-0EA8095F": rulesQuota,
  };
}

/** In order of name, as EC2 lists them: `us-east-1-bos-1a` comes before `us-east-1a`. */
function zonesOf({ zones }: Account, optInStatuses: readonly string[] | undefined): string[] {
  const listed = zones.filter(({ optInStatus }) => optInStatuses?.includes(optInStatus) ?? true);
  return listed.map(({ name }) => name).sort();
}

function hasTags(tags: Tags, filters: readonly Filter[]): boolean {
  const ofTags = filters.filter(({ name }) => name.startsWith("tag:"));
  return ofTags.every(({ name, values }) => values.includes(tags[name.slice("tag:".length)] ?? ""));
}

function vpcsOf({ vpcs }: Account, filters: readonly Filter[]): Vpc[] {
  const owners = filters.find(({ name }) => name === "owner-id")?.values;
  return vpcs.filter(
    ({ tags = {}, ownerId = accountId }) => hasTags(tags, filters) && (owners?.includes(ownerId) ?? true),
  );
}

function subnetsOf({ subnets }: Account, filters: readonly Filter[]): Subnet[] {
  const vpcIds = filters.find(({ name }) => name === "vpc-id")?.values;
  return subnets.filter(({ vpcId, tags = {} }) => hasTags(tags, filters) && (vpcIds?.includes(vpcId) ?? true));
}

function subnetOf({ subnets }: Account, id: string): Properties {
  const subnet = subnets.find(({ subnetId }) => subnetId === id);
  // Deployments look up what they create, too: a regional NAT gateway's zone is that of the first members.
  const { zone = "a", ownerId = accountId, tags = {} } = subnet ?? {};
  const arn = `arn:aws:ec2:${region}:${ownerId}:subnet/${id}`;
  return { id, arn, ownerId, tags, availabilityZone: `${region}${zone}` };
}
