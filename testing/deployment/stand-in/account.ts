/** An imaginary AWS account, as far as deployments ask about it: answers lookups and gives new resources their ids. */
import { createHash } from "node:crypto";

export const region = "us-east-1";
export const accountId = "123456789012";

/** What is there before a deployment. */
export interface Account {
  readonly addressQuota: number;
  readonly vpcQuota: number;
  readonly concurrencyQuota: number;
  /** Rules in one direction of a security group: 60 unless raised. */
  readonly rulesQuota?: number;
  readonly addresses: readonly Address[];
  readonly vpcs: readonly Vpc[];
  readonly subnets: readonly Subnet[];
  readonly routeTables: readonly RouteTable[];
  /** Names of functions, or names and aliases. */
  readonly functions: readonly string[];
  readonly natGateways: readonly { readonly natGatewayId: string; readonly tags: Tags }[];
  /** Tags of every accelerator that is there. */
  readonly acceleratorTags?: Tags;
  readonly zones: readonly Zone[];
  /** VPC Block Public Access of the region. */
  readonly blockMode: BlockMode;
  readonly roles: readonly Role[];
  /** Lookups that are refused: provider's functions, such as `getServiceQuota`, and operations of EC2. */
  readonly denied: readonly string[];
}

type Tags = Readonly<Record<string, string>>;
type BlockMode = "off" | "block-bidirectional" | "block-ingress";

export interface Address {
  readonly allocationId: string;
  readonly tags: Tags;
  /** The service that it belongs to, such as `alb`. */
  readonly serviceManaged?: "alb";
  /** Of addresses out of a range of one's own. */
  readonly publicIpv4Pool?: string;
}

export interface Vpc {
  readonly vpcId: string;
  readonly cidr: string;
  readonly tags?: Tags;
  /** Another account that shares it. */
  readonly ownerId?: string;
}

export interface Subnet {
  readonly subnetId: string;
  readonly vpcId: string;
  /** What stands behind the region's name in the zone's; `a` unless given. */
  readonly zone?: string;
  readonly tags?: Tags;
  /** Another account that shares it. */
  readonly ownerId?: string;
  /** The region's mode unless given: an exclusion, say. */
  readonly blockMode?: BlockMode;
}

export interface Zone {
  readonly name: string;
  readonly type: "availability-zone" | "local-zone";
  readonly optInStatus: "opt-in-not-required" | "opted-in";
}

interface Role {
  readonly name: string;
  readonly path: string;
  readonly tags: Tags;
}

export interface RouteTable {
  readonly routeTableId: string;
  readonly vpcId: string;
  readonly main: boolean;
  readonly subnetIds: readonly string[];
  /** Where 0.0.0.0/0 leads, if anywhere. */
  readonly defaultRoute: string | undefined;
  readonly tags?: Tags;
}

export const emptyAccount: Account = {
  addressQuota: 5,
  vpcQuota: 5,
  concurrencyQuota: 1000,
  addresses: [],
  vpcs: [],
  subnets: [],
  routeTables: [],
  functions: [],
  natGateways: [],
  zones: ["a", "b", "c"].map((letter) => ({
    ...{ name: `${region}${letter}`, type: "availability-zone", optInStatus: "opt-in-not-required" },
  })),
  blockMode: "off",
  roles: [],
  denied: [],
};

type Properties = Record<string, unknown>;
interface Filter {
  readonly name: string;
  readonly values: readonly string[];
}

/** Answers a provider's function. @throws Error for one that no stack calls */
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
        ...{ id: inputs["id"], publicIp: publicIpOf(String(inputs["id"])) },
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
        ...{ arn: inputs["arn"], tags: account.acceleratorTags ?? {} },
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
  // What a deployment makes is asked for, too: a regional NAT gateway's zone is that of the first members.
  const { zone = "a", ownerId = accountId, tags = {} } = subnet ?? {};
  const arn = `arn:aws:ec2:${region}:${ownerId}:subnet/${id}`;
  return { id, arn, ownerId, tags, availabilityZone: `${region}${zone}` };
}

/** Ids of a resource's kind begin alike. */
const idPrefixes: Readonly<Record<string, string>> = {
  "aws:ec2/vpc:Vpc": "vpc",
  "aws:ec2/subnet:Subnet": "subnet",
  "aws:ec2/securityGroup:SecurityGroup": "sg",
  "aws:ec2/routeTable:RouteTable": "rtb",
  "aws:ec2/internetGateway:InternetGateway": "igw",
  "aws:ec2/eip:Eip": "eipalloc",
  "aws:ec2/vpcEndpoint:VpcEndpoint": "vpce",
};

/** What stands behind `arn:aws:<service>:<region>:<account>:` for the kinds whose ARN somebody uses. */
const arnTails: Readonly<Record<string, (name: string) => string>> = {
  "aws:lambda/function:Function": (name) => `lambda:${region}:${accountId}:function:${name}`,
  "aws:sqs/queue:Queue": (name) => `sqs:${region}:${accountId}:${name}`,
  "aws:sns/topic:Topic": (name) => `sns:${region}:${accountId}:${name}`,
  "aws:iam/role:Role": (name) => `iam::${accountId}:role/${name}`,
  "aws:s3/bucket:Bucket": (name) => `s3:::${name}`,
  "aws:ssm/parameter:Parameter": (name) => `ssm:${region}:${accountId}:parameter${name}`,
  "aws:cloudwatch/logGroup:LogGroup": (name) => `logs:${region}:${accountId}:log-group:${name}`,
  "aws:cloudwatch/eventRule:EventRule": (name) => `events:${region}:${accountId}:rule/${name}`,
  "aws:cloudwatch/metricAlarm:MetricAlarm": (name) => `cloudwatch:${region}:${accountId}:alarm:${name}`,
};

/** AWS gives a service-linked role its name. */
const serviceLinkedRoles: Readonly<Record<string, string>> = {
  "ec2-nat-gateway.amazonaws.com": "AWSServiceRoleForNATGateway",
};
/** The name that was given, or what the provider makes of a beginning or, without one, Pulumi of the logical name. */
function nameOf(logicalName: string, inputs: Properties, hash: string): string {
  const { name, namePrefix, bucketPrefix } = inputs;
  if (typeof name === "string") return name;
  const beginning = namePrefix ?? bucketPrefix;
  if (typeof beginning !== "string") return `${logicalName}-${hash.slice(0, 7)}`;
  const digits = BigInt(`0x${hash}`).toString().padStart(26, "0");
  return `${beginning}${digits.slice(-26)}`;
}

/** The id and the outputs that AWS would give a new resource. The same name always gets the same ones. */
export function create(type: string, logicalName: string, inputs: Properties): { id: string; state: Properties } {
  const hash = createHash("sha256").update(`${type} ${logicalName}`).digest("hex").slice(0, 17);
  const name = nameOf(logicalName, inputs, hash);
  const tail = arnTails[type]?.(name) ?? `${type.split(":")[1]?.split("/")[0]}:${region}:${accountId}:${name}`;
  const arn = `arn:aws:${tail}`;
  const state = { ...inputs, name, arn };
  const prefix = idPrefixes[type];
  if (type === "aws:ec2/eip:Eip") {
    const id = `${prefix}-${hash}`;
    return { id, state: { ...state, allocationId: id, publicIp: publicIpOf(id) } };
  }
  if (type === "aws:sqs/queue:Queue") {
    const url = `https://sqs.${region}.amazonaws.com/${accountId}/${name}`;
    return { id: url, state: { ...state, url } };
  }
  if (type === "aws:sns/topic:Topic") return { id: arn, state };
  if (type === "aws:iam/serviceLinkedRole:ServiceLinkedRole") {
    const own = { name: serviceLinkedRoles[String(inputs["awsServiceName"])] };
    const id = `arn:aws:iam::${accountId}:role/aws-service-role/${inputs["awsServiceName"]}/${own.name}`;
    return { id, state: { ...state, ...own, arn: id } };
  }
  if (type === "aws:globalaccelerator/accelerator:Accelerator") {
    return { id: arn, state: { ...state, ...acceleratorAddresses(arn) } };
  }
  if (type === "aws:apigatewayv2/api:Api") {
    return { id: hash, state: { ...state, executionArn: `arn:aws:execute-api:${region}:${accountId}:${hash}` } };
  }
  if (type === "aws:apigatewayv2/domainName:DomainName") {
    const target = { targetDomainName: `d-${hash}.execute-api.${region}.amazonaws.com`, hostedZoneId: `Z${hash}` };
    const configuration = { ...(inputs["domainNameConfiguration"] as Properties), ...target };
    return { id: String(inputs["domainName"]), state: { ...state, domainNameConfiguration: configuration } };
  }
  if (type === "aws:ssm/parameter:Parameter") return { id: name, state: { ...state, version: 1 } };
  // Schedules of two groups may have one name (terraform-provider-aws, scheduler/schedule.go).
  if (type === "aws:scheduler/schedule:Schedule") return { id: `${inputs["groupName"] ?? "default"}/${name}`, state };
  if (type === "aws:ec2/subnet:Subnet") {
    const id = `${prefix}-${hash}`;
    return { id, state: { ...state, arn: `arn:aws:ec2:${region}:${accountId}:subnet/${id}` } };
  }
  return {
    id: prefix ? `${prefix}-${hash}` : name,
    state: type === "aws:s3/bucket:Bucket" ? { ...state, bucket: name } : state,
  };
}

/** An accelerator has two addresses (Global Accelerator API, "Accelerator"). */
function acceleratorAddresses(arn: string): Properties {
  const ipAddresses = ["1", "2"].map((which) => publicIpOf(`${arn} ${which}`));
  return { ipSets: [{ ipFamily: "IPv4", ipAddresses }] };
}

/** An address out of 198.51.100.0/24, which is reserved for documentation (RFC 5737). */
function publicIpOf(allocationId: string): string {
  return `198.51.100.${1 + (Number.parseInt(createHash("sha256").update(allocationId).digest("hex").slice(0, 4), 16) % 254)}`;
}
