/** A probe per subnet of the members, a scout, and the sentinel that asks them once a minute. */
import { iam, lambda, scheduler, ssm } from "@pulumi/aws";
import { all, type Input, jsonStringify, type Output, output, type Resource } from "@pulumi/pulumi";
import type { HoldfastConfig } from "../src/config/holdfast.ts";
import type { ProbeSettings } from "../src/config/probing-settings.ts";
import { sentinelEventAgeSeconds, sentinelTimeoutSeconds } from "../src/config/run-times.ts";
import { probeDescription } from "../src/config/teardown-request.ts";
import { createFunction, type DeployedFunction } from "./function.ts";
import type { PoolNetwork } from "./network.ts";
import { networkChangeStatement, type SentinelScope, sentinelStatements } from "./permissions.ts";
import type { Place } from "./place.ts";
import { policyDocument, trust } from "./policy.ts";
import { idsOf, namedIn, parameterName, sentinelDocument } from "./settings.ts";

export interface Probe {
  readonly pool: string;
  readonly vantage: string;
  readonly kind: ProbeSettings["kind"];
  /** Where it stands at first. */
  readonly subnetId: Output<string>;
  readonly securityGroupIds: readonly Output<string>[];
  readonly deployed: DeployedFunction;
}

export interface Probing {
  readonly sentinel: DeployedFunction;
  readonly probes: readonly Probe[];
}

/** What the probe in one of the members' subnets is called. */
export function vantageOf(subnetIndex: number): string {
  return `zone-${subnetIndex + 1}`;
}

/** A round may take 30 s (src/probing/target.ts). */
const probeTimeoutSeconds = 35;

export function createProbes(
  place: Place,
  config: HoldfastConfig,
  networks: Readonly<Record<string, PoolNetwork>>,
  bundles: string,
): Probe[] {
  return Object.entries(networks).flatMap(([pool, network]) => {
    const probe = (
      vantage: string,
      kind: Probe["kind"],
      subnetId: Output<string>,
      securityGroupIds: readonly Output<string>[],
    ): Probe => {
      const deployed = createFunction(place, `${pool}-${vantage}`, {
        bundles,
        bundle: "probe",
        description: `${probeDescription} ${pool} from ${vantage}`,
        timeoutSeconds: probeTimeoutSeconds,
        memoryMb: 256,
        logDays: config.retention.logDays,
        environment: {},
        statements: [],
        vpcConfig: { subnetIds: [subnetId], securityGroupIds: [...securityGroupIds] },
      });
      return { pool, vantage, kind, subnetId, securityGroupIds, deployed };
    };
    const { subnetIds, securityGroupIds, scout } = network;
    return [
      ...subnetIds.map((id, index) => probe(vantageOf(index), "serving", id, securityGroupIds)),
      ...(scout ? [probe("scout", "scout", scout.subnetId, [scout.securityGroupId])] : []),
    ];
  });
}

/** @param teardowns what a removal does only when nothing starts the sentinel any more */
export function createProbing(
  place: Place,
  config: HoldfastConfig,
  networks: Readonly<Record<string, PoolNetwork>>,
  probes: readonly Probe[],
  bundles: string,
  teardowns: readonly Resource[],
): Probing {
  const sentinel = createSentinel(place, config, networks, bundles, probes);
  scheduleSentinel(place, sentinel, teardowns);
  return { sentinel, probes };
}

function createSentinel(
  place: Place,
  config: HoldfastConfig,
  networks: Readonly<Record<string, PoolNetwork>>,
  bundles: string,
  probes: readonly Probe[],
): DeployedFunction {
  const name = parameterName(place.prefix, "sentinel");
  const sentinelProbes = probes.map(({ pool, vantage, kind, deployed }) => ({
    pool,
    vantage,
    kind,
    functionArn: deployed.lambda.arn,
  }));
  const value = jsonStringify(
    all([idsOf(networks), output(sentinelProbes)]).apply(([ids, probes]) => sentinelDocument(config, ids, probes)),
  );
  const parameter = { name, type: "String", tier: "Intelligent-Tiering", value, tags: place.tags };
  const settings = new ssm.Parameter(`${place.name}-sentinel-settings`, parameter, { parent: place.parent });
  const arns = probes.map(({ deployed }) => deployed.lambda.arn);
  return createFunction(place, "sentinel", {
    bundles,
    bundle: "sentinel",
    description: "Holdfast: judges what the targets answer, and marks addresses that are blocked",
    timeoutSeconds: sentinelTimeoutSeconds,
    memoryMb: 512,
    logDays: config.retention.logDays,
    environment: namedIn(settings),
    statements: [...sentinelStatements(place, sentinelScope(config, arns, name)), networkChangeStatement()],
  });
}

/** What the sentinel has to do with. */
export function sentinelScope(
  { pools }: HoldfastConfig,
  probeArns: readonly Input<string>[],
  settingsName: string,
): SentinelScope {
  const headers = Object.values(pools).flatMap(({ targets }) => targets.flatMap((it) => Object.values(it.headers)));
  const references = headers.filter((it) => typeof it !== "string");
  const secretNames = references.flatMap((it) => ("ssm" in it ? [it.ssm] : []));
  return {
    poolNames: Object.keys(pools),
    probeArns,
    eventBusName: "default",
    metricsNamespace: "Holdfast",
    parameterNames: [settingsName, ...secretNames].map((it) => it.replace(/^\//, "")),
    secretArns: references.flatMap((it) => ("secret" in it ? [it.secret] : [])),
  };
}

function scheduleSentinel(place: Place, { lambda: sentinel }: DeployedFunction, teardowns: readonly Resource[]): void {
  const options = { parent: place.parent };
  const base = `${place.name}-rounds`;
  const assumeRolePolicy = trust("scheduler.amazonaws.com", place.accountId);
  const role = new iam.Role(`${base}-role`, { assumeRolePolicy, tags: place.tags }, options);
  const statement = { sid: "InvokeSentinel", actions: ["lambda:InvokeFunction"], resources: [sentinel.arn] };
  const args = { role: role.id, policy: policyDocument([statement]) };
  const allowed = new iam.RolePolicy(`${base}-policy`, args, options);
  new lambda.FunctionEventInvokeConfig(
    `${base}-once`,
    { functionName: sentinel.name, maximumRetryAttempts: 0, maximumEventAgeInSeconds: sentinelEventAgeSeconds },
    options,
  );
  new scheduler.Schedule(
    base,
    {
      description: "Holdfast: a round of probes for every pool",
      scheduleExpression: "rate(1 minute)",
      flexibleTimeWindow: { mode: "OFF" },
      // A minute that is late is not worth having: the next one follows. Scheduler only hands it to Lambda, which
      // would try it again for hours.
      target: {
        arn: sentinel.arn,
        roleArn: role.arn,
        retryPolicy: { maximumEventAgeInSeconds: 60, maximumRetryAttempts: 0 },
      },
    },
    { ...options, dependsOn: [allowed, ...teardowns] },
  );
}
