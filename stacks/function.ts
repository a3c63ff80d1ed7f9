/** A function of Holdfast: its built bundle, its role, its log group. Only probes run in a VPC. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { cloudwatch, iam, lambda } from "@pulumi/aws";
import { asset, type Input, interpolate } from "@pulumi/pulumi";
import { functionNameOf, logGroupOf } from "../src/config/names.ts";
import { monitoringVariable } from "../src/telemetry/metrics.ts";
import { interfaceStatements, logStatement } from "./permissions.ts";
import type { Place } from "./place.ts";
import { inPolicies, policyDocument, type Statement, trust } from "./policy.ts";

export interface FunctionArgs {
  /** Folder that holds a folder per function, each with its index.mjs. */
  readonly bundles: string;
  readonly bundle: string;
  readonly description: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly logDays: number;
  readonly environment: Readonly<Record<string, Input<string>>>;
  readonly statements: readonly Statement[];
  /** The network of a new probe: from then on the canary puts it where it should be (src/probing/vantages.ts). */
  readonly vpcConfig?: { readonly subnetIds: Input<string>[]; readonly securityGroupIds: Input<string>[] };
  /** Where Lambda may create network interfaces for it. */
  readonly subnetArns?: readonly Input<string>[];
}

export interface DeployedFunction {
  readonly lambda: lambda.Function;
  readonly logGroup: cloudwatch.LogGroup;
  /** The function can work only once its role has this policy. */
  readonly policy: iam.RolePolicy;
}

/** @throws Error when the bundle has not been built */
export function createFunction(place: Place, name: string, args: FunctionArgs): DeployedFunction {
  const base = `${place.name}-${name}`;
  const options = { parent: place.parent };
  const { tags } = place;
  const functionName = functionNameOf(place.prefix, name);
  const group = { name: logGroupOf(functionName), retentionInDays: args.logDays, tags };
  const logGroup = new cloudwatch.LogGroup(`${base}-logs`, group, options);
  const assumeRolePolicy = trust("lambda.amazonaws.com");
  const role = new iam.Role(`${base}-role`, { assumeRolePolicy, description: args.description, tags }, options);
  const [own = [], ...more] = inPolicies([
    ...args.statements,
    ...(args.subnetArns ? interfaceStatements(place, { functionName, subnetArns: args.subnetArns }) : []),
    logStatement(logGroup.arn),
  ]);
  const policy = new iam.RolePolicy(`${base}-policy`, { role: role.id, policy: policyDocument(own) }, options);
  const attached = more.map((part, index) => {
    const name = `${base}-policy-${index + 2}`;
    const managed = new iam.Policy(name, { policy: policyDocument(part), tags }, options);
    return new iam.RolePolicyAttachment(name, { role: role.name, policyArn: managed.arn }, options);
  });
  const monitored: Record<string, string> =
    place.monitoring === "full" ? { [monitoringVariable]: place.monitoring } : {};
  const created = new lambda.Function(
    `${base}-function`,
    {
      name: functionName,
      description: args.description,
      role: role.arn,
      code: packageOf(args.bundles, args.bundle),
      handler: "index.handler",
      runtime: "nodejs24.x",
      architectures: ["arm64"],
      timeout: args.timeoutSeconds,
      memorySize: args.memoryMb,
      environment: { variables: { ...args.environment, ...monitored } },
      loggingConfig: { logFormat: "Text", logGroup: interpolate`${logGroup.name}` },
      ...(args.vpcConfig ? { vpcConfig: args.vpcConfig } : {}),
      tags,
    },
    { ...options, dependsOn: [policy, ...attached], ...(args.vpcConfig ? { ignoreChanges: ["vpcConfig"] } : {}) },
  );
  return { lambda: created, logGroup, policy };
}

/** Returns the folder of the built functions: in the installed package, or in this repository after `npm run build`. */
export function findBundles(): string {
  const installed = resolve("node_modules/holdfast/dist/functions");
  return existsSync(installed) ? installed : resolve("dist/functions");
}

function packageOf(bundles: string, name: string): asset.AssetArchive {
  const bundle = resolve(bundles, name, "index.mjs");
  if (!existsSync(bundle)) throw new Error(`${bundle} does not exist: run npm run build first`);
  const licenses = join(resolve(bundles, name), "index.mjs.LEGAL.txt");
  return new asset.AssetArchive({
    "index.mjs": new asset.FileAsset(bundle),
    ...(existsSync(licenses) ? { "LICENSES.txt": new asset.FileAsset(licenses) } : {}),
  });
}
