/**
 * Names of all resources, in one place: their limits in AWS, and how longer ones are cut. It applies to every resource of
 * the component: a type with a name and without a row below fails every test.
 */
import { type Inputs, output, type ResourceTransformation, runtime } from "@pulumi/pulumi";
import { fitted, type NameLimit, nameLimits } from "../src/config/names.ts";

interface NameRule extends NameLimit {
  readonly property: string;
  /**
   * Where Pulumi generates the name (logical name, dash and seven characters) and it must be unique in the account or
   * globally: the property that takes a prefix, to which the provider adds 26 digits.
   */
  readonly prefix?: string;
}

/** The provider's `PrefixedUniqueId`: 18 digits of time and 8 of a counter (terraform-plugin-sdk, helper/id). */
const uniqueCharacters = 26;
/** Pulumi's automatic names (pulumi-aws, provider/resources.go: AutoName): a dash and seven hexadecimal digits. */
const automaticCharacters = 8;

/**
 * Limits from each service's API reference, unless another source is named. Pulumi's own are the same for rules, roles and
 * buckets, and 255 for the rest (pulumi-aws, provider/autonaming.go), a target's id included, of which AWS takes 64.
 */
export const nameRules: Readonly<Record<string, NameRule>> = {
  "aws:apigatewayv2/api:Api": { property: "name", mostCharacters: 128 },
  "aws:apigatewayv2/stage:Stage": { property: "name", mostCharacters: 128 },
  // CreateStack.
  "aws:cloudformation/stack:Stack": { property: "name", mostCharacters: 128, pattern: /^[A-Za-z][A-Za-z0-9-]*$/ },
  // No two dashes, dots or underscores side by side, and none at either end (CreateTrail).
  "aws:cloudtrail/trail:Trail": {
    property: "name",
    mostCharacters: 128,
    pattern: /^[A-Za-z0-9]+([._-][A-Za-z0-9]+)*$/,
  },
  "aws:cloudwatch/dashboard:Dashboard": { property: "dashboardName", ...nameLimits.dashboard },
  "aws:cloudwatch/eventRule:EventRule": { property: "name", mostCharacters: 64, prefix: "namePrefix" },
  "aws:cloudwatch/eventTarget:EventTarget": { property: "targetId", mostCharacters: 64 },
  "aws:cloudwatch/logGroup:LogGroup": { property: "name", ...nameLimits.logGroup },
  "aws:cloudwatch/metricAlarm:MetricAlarm": { property: "name", ...nameLimits.alarm },
  "aws:ec2/securityGroup:SecurityGroup": { property: "name", mostCharacters: 255 },
  // Neither end may be a dash or a dot (CreateAccelerator).
  "aws:globalaccelerator/accelerator:Accelerator": {
    property: "name",
    mostCharacters: 64,
    pattern: /^[A-Za-z0-9](.*[A-Za-z0-9])?$/,
  },
  "aws:iam/policy:Policy": { property: "name", mostCharacters: 128, prefix: "namePrefix" },
  "aws:iam/role:Role": { property: "name", mostCharacters: 64, prefix: "namePrefix" },
  "aws:iam/rolePolicy:RolePolicy": { property: "name", mostCharacters: 128, prefix: "namePrefix" },
  "aws:lambda/function:Function": { property: "name", ...nameLimits.function },
  "aws:lb/loadBalancer:LoadBalancer": { property: "name", mostCharacters: 32, prefix: "namePrefix" },
  "aws:lb/targetGroup:TargetGroup": { property: "name", mostCharacters: 32, prefix: "namePrefix" },
  "aws:s3/bucket:Bucket": { property: "bucket", mostCharacters: 63, prefix: "bucketPrefix" },
  "aws:scheduler/schedule:Schedule": { property: "name", mostCharacters: 64, prefix: "namePrefix" },
  "aws:scheduler/scheduleGroup:ScheduleGroup": { property: "name", mostCharacters: 64 },
  "aws:sns/topic:Topic": { property: "name", mostCharacters: 256 },
  "aws:sqs/queue:Queue": { property: "name", ...nameLimits.queue },
  // 1,011 with the ARN before it (Systems Manager user guide, "Requirements and constraints for Parameter Store").
  "aws:ssm/parameter:Parameter": { property: "name", mostCharacters: 900 },
};

/** The service names its own role (IAM user guide, "Service-linked roles"). */
const namedByAws: ReadonlySet<string> = new Set(["aws:iam/serviceLinkedRole:ServiceLinkedRole"]);

/** Returns the name that a resource of this type will get, for use before the resource exists. */
export function physicalName(type: string, name: string): string {
  const rule = nameRules[type];
  if (!rule) throw new Error(`stacks/names.ts has no rule for ${type}`);
  return fitted(name, rule);
}

/** Names for a component: fits those of its resources when they are registered, and collects problems. */
export interface Naming {
  /** For the component's option `transformations`, which Pulumi applies to all of its children. */
  readonly transformation: ResourceTransformation;
  /** Returns problems with path and remediation. Complete once every resource has been declared. */
  problems(): string[];
}

/** Runs of a program that have a component already. */
const named = new WeakSet<object>();

export function namingOf(app: string, stage: string, pools: readonly string[]): Naming {
  const problems = [...ownProblems(app, stage), ...secondProblems()];
  const registered = new Set<string>();
  return {
    transformation({ type, name, props, opts }) {
      if (!type.startsWith("aws:")) return undefined;
      const key = `${type} ${name}`;
      if (registered.has(key)) problems.push(twice(type, name, pools));
      registered.add(key);
      return { props: fitName(type, name, props), opts };
    },
    problems: () => problems,
  };
}

/** SST allows letters, digits and dashes (sst, pkg/project/project.go); every service accepts an underscore too. */
const characters = /^[A-Za-z0-9_-]+$/;
/** Leaves room for the rest of the names of alarms and dashboards, which are looked up by this prefix. */
const mostPrefixCharacters = 128;
function ownProblems(app: string, stage: string): string[] {
  const prefix = `${app}-${stage}`;
  return [
    ...Object.entries({ app, stage })
      .filter(([, value]) => !characters.test(value))
      .map(([field, value]) => `${field}: ${JSON.stringify(value)} must be letters, digits and dashes: rename it`),
    ...(prefix.length > mostPrefixCharacters
      ? [
          `stage: ${prefix} has ${prefix.length} characters, but names and tags of resources have room for ` +
            `${mostPrefixCharacters}: give the stage or the app a shorter name`,
        ]
      : []),
  ];
}

/** The resources of a second component would have the names of the first one's. */
function secondProblems(): string[] {
  const run = runtime.getMonitor();
  if (!run) return [];
  const isSecond = named.has(run);
  named.add(run);
  return isSecond ? ["new Holdfast: there is one already: put the pools of both into one component"] : [];
}

function twice(type: string, name: string, pools: readonly string[]): string {
  const those = pools.filter((pool) => name.includes(`-${pool}-`)).map((pool) => `pools.${pool}`);
  return `${those.join(", ")}: two resources of type ${type} would be called ${name}: rename a pool`;
}

/** Returns the properties, with a name that the service accepts. @throws Error for a type with a name and no rule */
function fitName(type: string, logicalName: string, props: Inputs): Inputs {
  const rule = nameRules[type];
  if (!rule) {
    if (!("name" in props) || namedByAws.has(type)) return props;
    throw new Error(`${type} has a name, but stacks/names.ts has no rule for it: add its limit there`);
  }
  const { property, mostCharacters, prefix } = rule;
  const given: unknown = props[property];
  if (typeof given === "string") return { ...props, [property]: fitted(given, rule) };
  if (given !== undefined) return { ...props, [property]: output(given).apply((name) => fitted(String(name), rule)) };
  if (prefix && props[prefix] !== undefined) return props;
  if (logicalName.length + automaticCharacters <= mostCharacters) return props;
  if (!prefix) return { ...props, [property]: fitted(logicalName, rule) };
  const beginning = logicalName.slice(0, mostCharacters - uniqueCharacters - 1);
  return { ...props, [prefix]: `${property === "bucket" ? beginning.toLowerCase() : beginning}-` };
}
