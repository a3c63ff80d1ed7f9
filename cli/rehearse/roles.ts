/** Roles of the run: what functions run as, and the one that may do exactly what the deployed one may. */
import type { EC2Client } from "@aws-sdk/client-ec2";
import { CreateRoleCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { AssumeRoleCommand } from "@aws-sdk/client-sts";
import type { AwsCallError } from "../../src/aws/errors.ts";
import { interfacePermissions, movePermissions, type Permission } from "../../src/pool/permissions.ts";
import { ask, notYetThere } from "./account.ts";
import { type Maker, toList, unlessDone } from "./make.ts";
import { functionParts, nameOf, policyName, rolePath, tagsOf } from "./names.ts";
import { policyDocument } from "./policy.ts";

const lambdaService = { Service: "lambda.amazonaws.com" };

/** The role that Lambda gets if it refuses the narrower one. That it is there says so to a run that goes on. */
const widePart = "wide-role";

/** Returns the ARN of the role that Holdfast gives its probes, in this subnet. */
export function makeFunctionRole(maker: Maker, subnetArn: string): Promise<string> {
  const { run } = maker;
  const { partition, region, accountId } = maker.account.place;
  const permissions = interfacePermissions<string>({
    functionArns: Object.values(functionParts).map(
      (part) => `arn:${partition}:lambda:${region}:${accountId}:function:${nameOf(run, part)}`,
    ),
    subnetArns: [subnetArn],
    interfaces: ec2Arn(maker, "network-interface/*"),
    groups: `arn:${partition}:ec2:${region}:*:security-group/*`,
    everything: ec2Arn(maker, "*"),
  });
  return makeRole(maker, "function-role", lambdaService, permissions);
}

/** Returns the ARN of a role that may do nothing, for a function outside every VPC. */
export function makeIdleRole(maker: Maker): Promise<string> {
  return makeRole(maker, "idle-role", lambdaService, []);
}

export function makeWideRole(maker: Maker): Promise<string> {
  return makeRole(maker, widePart, lambdaService, anyInterface);
}

/** Returns whether Lambda refused the narrower role before this process went on with the run. */
export function hasWideRole({ ledger, run }: Maker): boolean {
  return ledger.roleNames.includes(nameOf(run, widePart));
}

/** Returns EC2 under exactly the statements by which `relocate` moves addresses. */
export async function assumeMover(maker: Maker, poolName: string, subnetArn: string): Promise<EC2Client> {
  const { account, run } = maker;
  const permissions = movePermissions({
    poolNames: [poolName],
    addresses: ec2Arn(maker, "elastic-ip/*"),
    interfaces: ec2Arn(maker, "network-interface/*"),
    subnetArns: [subnetArn],
    scoutSubnetArns: [],
  });
  account.say("making a role that may do exactly what the deployed one may, and assuming it");
  const RoleArn = await makeRole(maker, "mover-role", { AWS: account.caller }, permissions);
  const command = new AssumeRoleCommand({ RoleArn, RoleSessionName: run.id });
  const { Credentials } = await ask(account, "sts:AssumeRole", () => account.clients.sts.send(command), denied);
  return account.ec2Of({
    accessKeyId: Credentials?.AccessKeyId ?? "",
    secretAccessKey: Credentials?.SecretAccessKey ?? "",
    sessionToken: Credentials?.SessionToken ?? "",
  });
}

async function makeRole(
  { account, run, ledger, existing }: Maker,
  part: string,
  trusted: object,
  permissions: readonly Permission<string>[],
): Promise<string> {
  const { iam } = account.clients;
  const { partition, region, accountId } = account.place;
  const RoleName = nameOf(run, part);
  const Path = rolePath(region, existing);
  if (!ledger.roleNames.includes(RoleName)) {
    const command = new CreateRoleCommand({
      RoleName,
      Path,
      AssumeRolePolicyDocument: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: trusted }],
      }),
      Tags: toList(tagsOf(run, part)),
    });
    await unlessDone(ask(account, "iam:CreateRole", () => iam.send(command)));
  }
  const arn = `arn:${partition}:iam::${accountId}:role${Path}${RoleName}`;
  if (permissions.length === 0) return arn;
  const PolicyDocument = JSON.stringify(policyDocument(permissions));
  const allow = new PutRolePolicyCommand({ RoleName, PolicyName: policyName, PolicyDocument });
  await ask(account, "iam:PutRolePolicy", () => iam.send(allow), notYetThere);
  return arn;
}

function ec2Arn({ account }: Maker, resource: string): string {
  const { partition, region, accountId } = account.place;
  return `arn:${partition}:ec2:${region}:${accountId}:${resource}`;
}

/** As AWS's own policy for functions in a VPC has it (AWS managed policy reference, AWSLambdaVPCAccessExecutionRole). */
const anyInterface: readonly Permission<string>[] = [
  {
    sid: "Interfaces",
    actions: [
      "ec2:AssignPrivateIpAddresses",
      "ec2:CreateNetworkInterface",
      "ec2:DeleteNetworkInterface",
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeSubnets",
      "ec2:UnassignPrivateIpAddresses",
    ],
    resources: ["*"],
  },
];

/** A role that is new to STS is denied for a while. */
const denied = (error: AwsCallError) => error.errorClass === "denied";
