/** The roles of a recorded deployment, enforced: on calls, and on what Lambda does in the name of a function. */
import { createAuthorizer, type OnDecision } from "../twin/iam.ts";
import { arnOf } from "../twin/iam-ec2.ts";
import { decide, type PolicyDocument, type PolicyStatement, statementsOf } from "../twin/iam-policy.ts";
import { parseFunctionName } from "../twin/lambda-names.ts";
import type { Region } from "../twin/region.ts";
import { AwsError, type Call } from "../twin/service.ts";
import { type Ids, type RecordedResource, translate } from "./recorded-resource.ts";

/** The part of a function's network that decides what its role needs. */
export interface VpcConfigInput {
  readonly SubnetIds?: readonly string[];
  readonly SecurityGroupIds?: readonly string[];
}

export interface Roles {
  /** Returns whether a role may do something that no call of the twin checks. */
  allows(roleArn: string, action: string, resource: string): boolean;
}

/** What Lambda does for a function in a VPC (Lambda developer guide, "Giving functions access to a VPC"). */
const describesInterfaces = ["ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"];
const createsInterfaces = ["ec2:CreateNetworkInterface"];
const keepsInterfaces = [
  "ec2:AssignPrivateIpAddresses",
  "ec2:DeleteNetworkInterface",
  "ec2:UnassignPrivateIpAddresses",
];
const interfaceActions = [...describesInterfaces, ...createsInterfaces, ...keepsInterfaces];
/** The permissions that Lambda demands of the role that changes a function's network (same page). */
const networkReads = ["DescribeSecurityGroups", "DescribeSubnets", "DescribeVpcs"];

const logActions = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"];
const statement = (Action: readonly string[]): PolicyStatement => ({ Effect: "Allow", Action, Resource: "*" });
const service = "arn:aws:iam::aws:policy/service-role";
/** AWS's own policies (AWS managed policy reference guide), as far as functions of applications use them. */
const managed: Readonly<Record<string, readonly PolicyStatement[]>> = {
  [`${service}/AWSLambdaBasicExecutionRole`]: [statement(logActions)],
  [`${service}/AWSLambdaVPCAccessExecutionRole`]: [statement([...logActions, ...interfaceActions])],
};

/**
 * @param onDecision called with every decision on a role's call
 * @throws Error for a managed policy that is not known here
 */
export function enforceRoles(
  region: Region,
  records: readonly RecordedResource[],
  ids: Ids,
  onDecision?: OnDecision,
): Roles {
  const statements = new Map<string, PolicyStatement[]>();
  const policies = new Map(
    records
      .filter(({ type }) => type === "aws:iam/policy:Policy")
      .map(({ inputs, outputs }) => [String(outputs["arn"]), String(inputs["policy"])]),
  );
  for (const { type, id, inputs, outputs } of records) {
    if (type === "aws:iam/role:Role") {
      const arns = (inputs["managedPolicyArns"] ?? []) as readonly string[];
      const inline = (inputs["inlinePolicies"] ?? []) as readonly { readonly policy?: string }[];
      const own = inline.flatMap(({ policy }) => (policy === undefined ? [] : statementsOf(translate(ids, policy))));
      statements.set(String(outputs["name"] ?? id), [...arns.flatMap(managedStatements), ...own]);
    }
    if (type === "aws:iam/rolePolicy:RolePolicy") {
      statements.get(String(inputs["role"]))?.push(...statementsOf(translate(ids, String(inputs["policy"]))));
    }
    if (type === "aws:iam/rolePolicyAttachment:RolePolicyAttachment") {
      const policy = policies.get(String(inputs["policyArn"])) ?? "[]";
      statements.get(String(inputs["role"]))?.push(...statementsOf(translate(ids, policy)));
    }
  }
  const roles = [...statements].map(([name, Statement]) => {
    const policy: PolicyDocument = { Statement };
    return { roleArn: `arn:aws:iam::${region.world.accountId}:role/${name}`, policies: [policy] };
  });
  const authorize = createAuthorizer(region, roles, onDecision);
  const enforced: Roles = {
    allows(roleArn, action, resource) {
      const own = statements.get(nameOf(roleArn)) ?? [];
      return decide(own, { action, resource, context: new Map() }) === "allowed";
    },
  };
  const isKnown = (roleArn: string) => statements.has(nameOf(roleArn));
  region.authorize = (call) =>
    authorize(call) ?? networkReadsRefused(authorize, call) ?? moveRefused(region, enforced, isKnown, call);
  return enforced;
}

const nameOf = (roleArn: string) => roleArn.split("/").at(-1) ?? "";

/** A function that moves needs as much of its role as a new one. Roles that the deployment did not make are not known. */
function moveRefused(region: Region, roles: Roles, isKnown: (roleArn: string) => boolean, call: Call) {
  if (call.service !== "lambda" || call.operation !== "UpdateFunctionConfiguration") return undefined;
  const { FunctionName, VpcConfig } = call.input as { FunctionName?: string; VpcConfig?: VpcConfigInput };
  const { functionName } = parseFunctionName(FunctionName ?? "");
  const role = region.world.functions.get(functionName)?.versions.get("$LATEST")?.settings.role;
  if (!VpcConfig?.SubnetIds?.length || role === undefined || !isKnown(role)) return undefined;
  return interfacesRefused(region, roles, role, VpcConfig);
}

function managedStatements(arn: string): readonly PolicyStatement[] {
  const known = managed[arn];
  if (!known) throw new Error(`what ${arn} allows is not known here: add it`);
  return known;
}

function networkReadsRefused(authorize: (call: Call) => AwsError | undefined, call: Call): AwsError | undefined {
  const changes = call.service === "lambda" && call.operation === "UpdateFunctionConfiguration";
  if (!changes || call.input["VpcConfig"] === undefined || call.principal === undefined) return undefined;
  const reads = networkReads.map((operation) => authorize({ ...call, service: "ec2", operation, input: {} }));
  return reads.find((refusal) => refusal !== undefined);
}

/**
 * Lambda demands that the role may delete whatever interface, and refuses one that names some
 * (hashicorp/terraform-provider-aws#20698); that it demands the same of the private addresses is assumed.
 *
 * @returns the refusal, in Lambda's words, of a role that lacks what a function in these subnets needs of it
 */
export function interfacesRefused(
  { world }: Region,
  roles: Roles,
  roleArn: string,
  { SubnetIds = [], SecurityGroupIds = [] }: VpcConfigInput,
): AwsError | undefined {
  const arn = (resource: string) => `arn:aws:ec2:${world.region}:${world.accountId}:${resource}`;
  const subnets = SubnetIds.map((id) => arnOf(world, "subnet", id));
  const groups = SecurityGroupIds.map((id) => arnOf(world, "security-group", id));
  const needs = [
    ...describesInterfaces.map((action) => ({ action, resources: ["*"] })),
    ...createsInterfaces.map((action) => ({ action, resources: [arn("network-interface/*"), ...subnets, ...groups] })),
    ...keepsInterfaces.map((action) => ({ action, resources: [arn("*/*")] })),
  ];
  const missing = needs.find(({ action, resources }) => !resources.every((it) => roles.allows(roleArn, action, it)));
  if (missing === undefined) return undefined;
  const operation = missing.action.slice("ec2:".length);
  const text = `The provided execution role does not have permissions to call ${operation} on EC2`;
  return new AwsError("InvalidParameterValueException", text);
}
