/**
 * Checks the size of a deployment's documents and lists against the limits of AWS before anything is created: AWS refuses
 * them only after many other resources exist.
 *
 * Limits that a configuration cannot reach are not checked: 300 rules of a bus and 8 KB of a queue's policy (rules are the
 * deployment's, not a pool's), a megabyte of a dashboard, 6 MB of the invocation that heals after a deployment.
 */
import { getCallerIdentity, getPartition, getRegion, servicequotas } from "@pulumi/aws";
import type { HoldfastConfig } from "../src/config/holdfast.ts";
import { vantageOf } from "../src/config/names.ts";
import { attaches, hasFallback, type Pool } from "../src/config/pool.ts";
import { describedIn } from "./alarms.ts";
import { sharedWidgets } from "./dashboard.ts";
import { destinationsQuery, poolSection } from "./dashboard-pool.ts";
import { alarmsPerWidget } from "./dashboard-widgets.ts";
import { flowLogGroup } from "./endpoints.ts";
import {
  attachingPools,
  fallbackPools,
  forecastAttach,
  forecastCanary,
  forecastFallback,
  forecastRelocation,
  type Plan,
} from "./forecast.ts";
import { forecastRolePolicies } from "./forecast-policies.ts";
import { partsOf, sizeOf } from "./parameters.ts";
import { policyLimits } from "./policy.ts";
import { countAlarms, poolAlarms } from "./pool-alarms.ts";

/** The size of something that grows with the configuration. */
export interface Size {
  /** The configuration field that contributes most. */
  readonly field: string;
  /** Such as `the settings of relocate`. */
  readonly what: string;
  readonly is: number;
  readonly most: number;
  readonly unit: string;
  readonly remediation: string;
}

const limits = {
  /** Systems Manager user guide, "Managing parameter tiers": what an advanced parameter holds. A pool is not divided. */
  settings: { most: 8192, unit: "bytes" },
  inlinePolicy: { most: policyLimits.inlineCharacters, unit: "characters" },
  managedPolicy: { most: policyLimits.managedCharacters, unit: "characters" },
  policies: { most: policyLimits.managedPolicies, unit: "managed policies" },
  /** CloudWatch API reference, "Dashboard body structure and syntax". */
  widgets: { most: 500, unit: "widgets" },
  alarms: { most: alarmsPerWidget, unit: "alarms" },
  /** CloudWatch API reference, PutMetricAlarm: AlarmDescription. */
  description: { most: 1024, unit: "characters" },
  /** CloudWatch Logs API reference, StartQuery: queryString. */
  query: { most: 10_000, unit: "characters" },
  /** VPC user guide, "Amazon VPC quotas": rules in one direction of a security group, unless the quota is raised. */
  rules: { most: 60, unit: "ranges" },
} as const;
/** "Inbound or outbound rules per security group" (Service Quotas, Amazon VPC). */
const rulesQuota = { serviceCode: "vpc", quotaCode: "L-0EA8095F" };

const spread = "or spread the pools over several stages";

/** Returns a problem for every size above its limit, with its field and remediation. */
export async function sizeProblems(config: HoldfastConfig, prefix: string): Promise<string[]> {
  const [{ partition }, { region }, { accountId }] = await Promise.all([
    getPartition({}),
    getRegion({}),
    getCallerIdentity({}),
  ]);
  const sizes = await sizesOf({ config, prefix, where: { partition, region, accountId } });
  const allowed = await Promise.all(sizes.map(async (size) => ({ ...size, most: await raised(size) })));
  return allowed
    .filter(({ is, most }) => is > most)
    .map(
      ({ field, what, is, most, unit, remediation }) =>
        `${field}: ${what} would have ${is} ${unit}, but AWS allows ${most}: ${remediation}`,
    );
}

/** Returns the limit of this account: looked up only where the default is exceeded. */
async function raised({ is, most, unit }: Size): Promise<number> {
  if (unit !== limits.rules.unit || is <= most) return most;
  return (await servicequotas.getServiceQuota(rulesQuota)).value;
}

/** Returns all sizes, except those of functions that no pool needs. */
export async function sizesOf(plan: Plan): Promise<Size[]> {
  const { config, prefix } = plan;
  return [
    ...settingsSizes(plan),
    ...(await policySizes(plan)),
    dashboardSize(config),
    ...Object.entries(config.pools).flatMap(([name, pool]) => poolSizes(name, pool, config, prefix)),
  ];
}

/** Returns the pool with the largest part. */
function largest(pools: readonly { readonly name: string }[]): string {
  const [first] = [...pools].sort((a, b) => sizeOf(b) - sizeOf(a));
  return `pools.${first?.name}`;
}

const remediation = {
  members: `select members by a pattern or a tag instead of one by one, ${spread}`,
  fallback: `deploy a fallback for fewer pools, ${spread}`,
  functions: `guard fewer functions, ${spread}`,
  targets: `use fewer or shorter targets, headers and rules, ${spread}`,
  subnets: `use fewer subnets, ${spread}`,
  pools: "spread the pools over several stages",
  secrets: `use fewer subnets, or fewer headers and certificates that refer to secrets, ${spread}`,
};

function settingsSizes({ config, prefix, where }: Plan): Size[] {
  const size = (name: string, document: { pools: { name: string }[] }, field: string, remediation: string): Size[] => {
    if (document.pools.length === 0) return [];
    const is = Math.max(...partsOf(document).map(sizeOf));
    return [
      {
        field: `${largest(document.pools)}.${field}`,
        what: `the settings of ${name}`,
        is,
        ...limits.settings,
        remediation,
      },
    ];
  };
  return [
    ...size("relocate", forecastRelocation(config, prefix, where), "members", remediation.members),
    ...size("fallback", forecastFallback(config, prefix, where), "fallback", remediation.fallback),
    ...size("attach", forecastAttach(config, prefix, where), "guarded.functions", remediation.functions),
    ...size("canary", forecastCanary(config, prefix, where), "targets", remediation.targets),
  ];
}

async function policySizes(plan: Plan): Promise<Size[]> {
  const roles = await forecastRolePolicies(plan);
  const attaching = attachingPools(plan.config);
  const withFallback = fallbackPools(plan.config, plan.prefix);
  const role = (name: Exclude<keyof typeof roles, "teardown">, field: string, remediation: string): Size[] => {
    const [inline = 0, ...managed] = roles[name].map(({ length }) => length);
    const what = `of ${name}'s role`;
    return [
      { field, what: `the policy ${what}`, is: inline, ...limits.inlinePolicy, remediation },
      { field, what: `a managed policy ${what}`, is: Math.max(0, ...managed), ...limits.managedPolicy, remediation },
      { field, what: `the policies ${what}`, is: managed.length, ...limits.policies, remediation },
    ];
  };
  const what = "the policy of teardown's role";
  const teardown = { field: "pools", what, is: roles.teardown.length, ...limits.inlinePolicy };
  return [
    ...role("relocate", "pools", remediation.subnets),
    ...role("canary", "pools", remediation.secrets),
    { ...teardown, remediation: remediation.subnets },
    ...(withFallback.length > 0 ? role("fallback", "pools", remediation.fallback) : []),
    ...(attaching.length > 0 ? role("attach", `${largest(attaching)}.guarded.functions`, remediation.functions) : []),
  ];
}

/** Returns how many widgets the dashboard has. */
function dashboardSize(config: HoldfastConfig): Size {
  const { pools, monitoring } = config;
  const widgets = Object.entries(pools).map(([name, pool]) => {
    const facts = { pool: name, region: "", monitoring, publicIps: [], vantages: [], targets: [], alarmArns: [] };
    const guarded = pool.guarded?.functions ?? [];
    const flowLogs =
      pool.network.kind === "create" && pool.network.flowLogs ? { logGroupName: "", partnerNetworks: [] } : undefined;
    const of = { hasFallback: hasFallback(pool), attaches: attaches(pool), guarded, flowLogs, logGroups: [] };
    return poolSection({ ...facts, ...of }).flat().length;
  });
  const is = widgets.reduce((sum, it) => sum + it, sharedWidgets(countAlarms(config).alarms));
  return {
    field: "pools",
    what: "the dashboard",
    is,
    ...limits.widgets,
    remediation: "spread the pools over several stages",
  };
}

/** Returns the sizes of a pool's own alarms, queries and security groups. */
function poolSizes(name: string, pool: Pool, config: HoldfastConfig, prefix: string): Size[] {
  const { network, guarded, targets, ingress } = pool;
  const subnets = network.kind === "create" ? network.zones : network.subnetIds.length;
  const vantages = Array.from({ length: subnets }, (_, index) => vantageOf(index));
  const rows = poolAlarms(config, name, pool, vantages);
  const descriptions = rows.map((row) => describedIn(row, config.notifications.runbookUrl).length);
  const path = `pools.${name}`;
  const networks = targets.flatMap((target) => target.networks);
  const query = [`SOURCE '${flowLogGroup(prefix, name)}'`, ...destinationsQuery(networks)].join(" | ");
  const clients = ingress?.kind === "addresses" ? (ingress.clients ?? []) : [];
  return [
    {
      field: guarded ? `${path}.guarded.functions` : `${path}.network`,
      what: "its section of the dashboard",
      is: rows.length,
      ...limits.alarms,
      remediation: guarded ? "guard fewer functions in this pool" : "use fewer subnets in this pool",
    },
    {
      field: "notifications.runbookUrl",
      what: `the description of an alarm of pool ${name}`,
      is: Math.max(...descriptions),
      ...limits.description,
      remediation: "use a shorter link",
    },
    ...(network.kind === "create" && network.flowLogs
      ? [
          {
            field: `${path}.targets`,
            what: "the query for destinations that are not targets",
            is: query.length,
            ...limits.query,
            remediation: "use fewer, wider networks",
          },
        ]
      : []),
    {
      field: `${path}.ingress.clients`,
      what: "the security group of its load balancer",
      is: clients.length,
      ...limits.rules,
      remediation: "use fewer, wider ranges, or request a higher quota (Service Quotas, VPC, rules per security group)",
    },
  ];
}
