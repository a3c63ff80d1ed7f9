/** The roles of a recorded deployment, enforced: on calls, and on what Lambda does in the name of a function. */
import { createAuthorizer } from "../twin/iam.ts";
import { decide, type PolicyDocument, type PolicyStatement, statementsOf } from "../twin/iam-policy.ts";
import type { Region } from "../twin/region.ts";
import { AwsError, type Call } from "../twin/service.ts";
import { type Ids, type RecordedResource, translate } from "./recorded-resource.ts";

export interface Roles {
  /** Returns whether a role may do something that no call of the twin checks. */
  allows(roleArn: string, action: string, resource: string): boolean;
}

/** What Lambda does for a function in a VPC (Lambda developer guide, "Giving functions access to a VPC"). */
const interfaceActions = [
  "ec2:AssignPrivateIpAddresses",
  "ec2:CreateNetworkInterface",
  "ec2:DeleteNetworkInterface",
  "ec2:DescribeNetworkInterfaces",
  "ec2:DescribeSubnets",
  "ec2:UnassignPrivateIpAddresses",
];
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

/** @throws Error for a managed policy that is not known here */
export function enforceRoles(region: Region, records: readonly RecordedResource[], ids: Ids): Roles {
  const statements = new Map<string, PolicyStatement[]>();
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
  }
  const roles = [...statements].map(([name, Statement]) => {
    const policy: PolicyDocument = { Statement };
    return { roleArn: `arn:aws:iam::${region.world.accountId}:role/${name}`, policies: [policy] };
  });
  const authorize = createAuthorizer(region, roles);
  region.authorize = (call) => authorize(call) ?? networkReadsRefused(authorize, call);
  return {
    allows(roleArn, action, resource) {
      const own = statements.get(roleArn.split("/").at(-1) ?? "") ?? [];
      return decide(own, { action, resource, context: new Map() }) === "allowed";
    },
  };
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

/** @throws AwsError when the role lacks what a function in a VPC needs of it, in Lambda's words */
export function demandInterfaces(roles: Roles, roleArn: string): void {
  const missing = interfaceActions.find((action) => !roles.allows(roleArn, action, "*"));
  if (missing === undefined) return;
  const text = `The provided execution role does not have permissions to call ${missing.slice("ec2:".length)} on EC2`;
  throw new AwsError("InvalidParameterValueException", text);
}
