/** The ids and outputs that AWS would give to new resources. */
import { createHash } from "node:crypto";
import { accountId, region } from "./account.ts";

export type Properties = Record<string, unknown>;

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

/** What follows `arn:aws:<service>:<region>:<account>:` for the kinds whose ARN other resources use. */
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

/** Returns the name that was given, or what the provider makes of a beginning or, without one, Pulumi of the logical name. */
function nameOf(logicalName: string, inputs: Properties, hash: string): string {
  const { name, namePrefix, bucketPrefix } = inputs;
  if (typeof name === "string") return name;
  const beginning = namePrefix ?? bucketPrefix;
  if (typeof beginning !== "string") return `${logicalName}-${hash.slice(0, 7)}`;
  const digits = BigInt(`0x${hash}`).toString().padStart(26, "0");
  return `${beginning}${digits.slice(-26)}`;
}

/** Returns the id and the outputs that AWS would give a new resource. The same name always gets the same ones. */
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
export function acceleratorAddresses(arn: string): Properties {
  const ipAddresses = ["1", "2"].map((which) => publicIpOf(`${arn} ${which}`));
  return { ipSets: [{ ipFamily: "IPv4", ipAddresses }] };
}

/** Returns an address out of 198.51.100.0/24, which is reserved for documentation (RFC 5737). */
export function publicIpOf(allocationId: string): string {
  return `198.51.100.${1 + (Number.parseInt(createHash("sha256").update(allocationId).digest("hex").slice(0, 4), 16) % 254)}`;
}
