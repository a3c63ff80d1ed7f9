/** What the provider's functions return for an imaginary account. */
import { type Account, accountId, region, type Subnet, type Tags, type Vpc } from "./account.ts";
import { acceleratorAddresses, type Properties, publicIpOf } from "./resources.ts";

interface Filter {
  readonly name: string;
  readonly values: readonly string[];
}

/** Returns the result of a provider's function. @throws Error for one that no stack calls */
export function answer(account: Account, token: string, inputs: Properties): Properties {
  if (account.denied.includes(token.split(":")[2] ?? "")) throw new Error(`AccessDenied: ${token}`);
  const filters = (inputs["filters"] ?? []) as readonly Filter[];
  const values = (name: string) => filters.find((filter) => filter.name === name)?.values;
  switch (token) {
    case "aws:index/getRegion:getRegion":
      return { region, id: region };
    case "aws:index/getCallerIdentity:getCallerIdentity":
      return { accountId, arn: `arn:aws:iam::${accountId}:user/operator`, userId: "AIDAOPERATOR", id: accountId };
    case "aws:index/getPartition:getPartition":
      return { partition: "aws", dnsSuffix: "amazonaws.com", id: "aws" };
    case "aws:index/getAvailabilityZones:getAvailabilityZones":
      return { names: zonesOf(account, values("opt-in-status")), id: region };
    case "aws:index/getAvailabilityZone:getAvailabilityZone": {
      const zone = account.zones.find(({ name }) => name === inputs["name"]);
      if (!zone) throw new Error(`no zone ${inputs["name"]}`);
      const isLocal = zone.type === "local-zone";
      return { name: zone.name, zoneType: zone.type, networkBorderGroup: isLocal ? zone.name.slice(0, -1) : region };
    }
    case "aws:servicequotas/getServiceQuota:getServiceQuota":
      return { value: quotas(account)[String(inputs["quotaCode"])] };
    case "aws:ec2/getEips:getEips":
      return eips(account, filters);
    case "aws:ec2/getElasticIp:getElasticIp":
      return {
        id: inputs["id"],
        publicIp: publicIpOf(String(inputs["id"])),
        tags: account.addresses.find(({ allocationId }) => allocationId === inputs["id"])?.tags ?? {},
      };
    case "aws:ec2/getVpcs:getVpcs":
      return { ids: vpcsOf(account, filters).map(({ vpcId }) => vpcId) };
    case "aws:ec2/getVpc:getVpc":
      return { cidrBlock: account.vpcs.find(({ vpcId }) => vpcId === inputs["id"])?.cidr };
    case "aws:ec2/getSubnets:getSubnets":
      return { ids: subnetsOf(account, filters).map(({ subnetId }) => subnetId) };
    case "aws:ec2/getSubnet:getSubnet":
      return subnetOf(account, String(inputs["id"]));
    case "aws:iam/getRoles:getRoles":
      return { names: account.roles.filter(({ path }) => path === inputs["pathPrefix"]).map(({ name }) => name) };
    case "aws:iam/getRole:getRole": {
      const role = account.roles.find(({ name }) => name === inputs["name"]);
      return { arn: `arn:aws:iam::${accountId}:role${role?.path}${role?.name}`, tags: role?.tags ?? {} };
    }
    case "aws:lambda/getFunction:getFunction": {
      const name = [inputs["functionName"], inputs["qualifier"]].filter(Boolean).join(":");
      if (!account.functions.includes(name)) throw new Error(`ResourceNotFoundException: ${name}`);
      return { functionName: inputs["functionName"], arn: `arn:aws:lambda:${region}:${accountId}:function:${name}` };
    }
    case "aws:globalaccelerator/getAccelerator:getAccelerator":
      return {
        arn: inputs["arn"],
        tags: account.acceleratorTags ?? {},
        ...acceleratorAddresses(String(inputs["arn"])),
      };
    case "aws:ec2/getRouteTables:getRouteTables": {
      const subnets = values("association.subnet-id");
      const onlyMain = values("association.main") !== undefined;
      const tables = account.routeTables
        .filter(({ vpcId }) => vpcId === inputs["vpcId"])
        .filter(({ subnetIds }) => !subnets || subnetIds.some((id) => subnets.includes(id)))
        .filter(({ main }) => !onlyMain || main);
      return { ids: tables.map(({ routeTableId }) => routeTableId) };
    }
    case "aws:ec2/getRouteTable:getRouteTable":
      return routesOf(account, String(inputs["routeTableId"]));
    case "aws:ec2/getNatGateway:getNatGateway":
      return { tags: account.natGateways.find(({ natGatewayId }) => natGatewayId === inputs["id"])?.tags ?? {} };
    case "aws:iam/getPolicyDocument:getPolicyDocument":
      return { json: policyDocument((inputs["statements"] ?? []) as readonly PolicyStatement[]) };
    default:
      // Pulumi loses the error's message on its way.
      console.error(`the stand-in does not know ${token}`);
      throw new Error(`the stand-in does not know ${token}`);
  }
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
