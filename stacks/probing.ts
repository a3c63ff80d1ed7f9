/** A probe per subnet of the members, a scout, and the canary that invokes them once a minute. */
import { iam, lambda, scheduler } from "@pulumi/aws";
import { all, type Input, jsonStringify, type Output, output, type Resource } from "@pulumi/pulumi";
import type { HoldfastConfig } from "../src/config/holdfast.ts";
import { vantageOf } from "../src/config/names.ts";
import { homeVariable, type ProbeHome, type ProbeSettings } from "../src/config/probing-settings.ts";
import { canaryEventAgeSeconds, canaryTimeoutSeconds } from "../src/config/run-times.ts";
import { probeDescription } from "../src/config/teardown-request.ts";
import { forecastCanary } from "./forecast.ts";
import { createFunction, type DeployedFunction } from "./function.ts";
import type { PoolNetwork } from "./network.ts";
import { deliver } from "./parameters.ts";
import { networkChangeStatement } from "./permissions.ts";
import { type CanaryScope, canaryStatements } from "./permissions-canary.ts";
import type { Place } from "./place.ts";
import { policyDocument, trust } from "./policy.ts";
import { canaryDocument, idsOf } from "./settings.ts";

export interface Probe {
  readonly pool: string;
  readonly vantage: string;
  readonly kind: ProbeSettings["kind"];
  /** Its own subnet. */
  readonly subnetId: Output<string>;
  readonly securityGroupIds: readonly Output<string>[];
  readonly deployed: DeployedFunction;
}

export interface Probing {
  readonly canary: DeployedFunction;
  readonly probes: readonly Probe[];
}

type Home = { readonly [Key in keyof ProbeHome]: Input<ProbeHome[Key] extends string ? string : Input<string>[]> };

/** A round may take 30 s (src/probing/target.ts). */
const probeTimeoutSeconds = 35;

export function createProbes(
  place: Place,
  config: HoldfastConfig,
  networks: Readonly<Record<string, PoolNetwork>>,
  bundles: string,
): Probe[] {
  return Object.entries(networks).flatMap(([pool, network]) => {
    const { subnetIds, securityGroupIds, scout } = network;
    const probe = (
      vantage: string,
      kind: Probe["kind"],
      subnetId: Output<string>,
      securityGroupIds: readonly Output<string>[],
    ): Probe => {
      const home: Home = { vpcId: network.vpcId, subnetId, securityGroupIds: [...securityGroupIds] };
      const deployed = createFunction(place, `${pool}-${vantage}`, {
        bundles,
        bundle: "probe",
        description: `${probeDescription} ${pool} from ${vantage}`,
        timeoutSeconds: probeTimeoutSeconds,
        memoryMb: 256,
        logDays: config.retention.logDays,
        environment: { [homeVariable]: jsonStringify(home) },
        statements: [],
        vpcConfig: { subnetIds: [subnetId], securityGroupIds: [...securityGroupIds] },
        subnetArns: kind === "scout" && scout ? [scout.subnetArn] : network.subnetArns,
      });
      return { pool, vantage, kind, subnetId, securityGroupIds, deployed };
    };
    return [
      ...subnetIds.map((id, index) => probe(vantageOf(index), "serving", id, securityGroupIds)),
      ...(scout ? [probe("scout", "scout", scout.subnetId, [scout.securityGroupId])] : []),
    ];
  });
}

/** @param teardowns invocations that free the network on removal: they run once nothing starts the canary any more */
export function createProbing(
  place: Place,
  config: HoldfastConfig,
  networks: Readonly<Record<string, PoolNetwork>>,
  probes: readonly Probe[],
  bundles: string,
  teardowns: readonly Resource[],
): Probing {
  const canary = createCanary(place, config, networks, bundles, probes);
  scheduleCanary(place, canary, teardowns);
  return { canary, probes };
}

function createCanary(
  place: Place,
  config: HoldfastConfig,
  networks: Readonly<Record<string, PoolNetwork>>,
  bundles: string,
  probes: readonly Probe[],
): DeployedFunction {
  const canaryProbes = probes.map(({ pool, vantage, kind, deployed }) => ({
    pool,
    vantage,
    kind,
    functionArn: deployed.lambda.arn,
  }));
  const document = all([idsOf(networks), output(canaryProbes)]).apply(([ids, probes]) =>
    canaryDocument(config, ids, probes),
  );
  const settings = deliver(place, "canary", document, forecastCanary(config, place.prefix), true);
  const arns = probes.map(({ deployed }) => deployed.lambda.arn);
  return createFunction(place, "canary", {
    bundles,
    bundle: "canary",
    description: "Holdfast: evaluates the targets' answers, and tags addresses that are blocked",
    timeoutSeconds: canaryTimeoutSeconds,
    memoryMb: 512,
    logDays: config.retention.logDays,
    environment: settings.environment,
    statements: [
      ...canaryStatements(place, canaryScope(config, networks, arns, settings.parameter)),
      networkChangeStatement(),
    ],
  });
}

/** Returns the resources that the canary uses. */
export function canaryScope(
  { pools }: HoldfastConfig,
  networks: Readonly<Record<string, PoolNetwork>>,
  probeArns: readonly Input<string>[],
  settings: string | undefined,
): CanaryScope {
  const targets = Object.values(pools).flatMap((pool) => pool.targets);
  const references = targets.flatMap(({ headers, clientCertificate }) =>
    [...Object.values(headers), clientCertificate].filter((it) => typeof it === "object"),
  );
  const secretNames = references.flatMap((it) => ("ssm" in it ? [it.ssm] : []));
  return {
    poolNames: Object.keys(pools),
    probeArns,
    subnetIds: Object.values(networks).flatMap(({ subnetIds, scout }) => [
      ...subnetIds,
      ...(scout ? [scout.subnetId] : []),
    ]),
    parameterNames: [...(settings === undefined ? [] : [settings]), ...secretNames],
    secretArns: references.flatMap((it) => ("secret" in it ? [it.secret] : [])).map(wholeSecretArn),
  };
}

/**
 * Returns what matches the whole ARN of a secret, which ends with a hyphen and six random characters. A reference may omit
 * them, and is taken to have them where its end looks like that (Secrets Manager API reference, `GetSecretValue`).
 */
function wholeSecretArn(reference: string): string {
  return /-[A-Za-z0-9]{6}$/.test(reference) ? reference : `${reference}-??????`;
}

function scheduleCanary(place: Place, { lambda: canary }: DeployedFunction, teardowns: readonly Resource[]): void {
  const options = { parent: place.parent };
  const base = `${place.name}-rounds`;
  const assumeRolePolicy = trust("scheduler.amazonaws.com", place.accountId);
  const role = new iam.Role(`${base}-role`, { assumeRolePolicy, tags: place.tags }, options);
  const statement = { sid: "InvokeCanary", actions: ["lambda:InvokeFunction"], resources: [canary.arn] };
  const args = { role: role.id, policy: policyDocument([statement]) };
  const allowed = new iam.RolePolicy(`${base}-policy`, args, options);
  new lambda.FunctionEventInvokeConfig(
    `${base}-once`,
    { functionName: canary.name, maximumRetryAttempts: 0, maximumEventAgeInSeconds: canaryEventAgeSeconds },
    options,
  );
  new scheduler.Schedule(
    base,
    {
      description: "Holdfast: a round of probes for every pool",
      scheduleExpression: "rate(1 minute)",
      flexibleTimeWindow: { mode: "OFF" },
      // A late round is useless, since the next one follows. Without the invoke configuration above, Lambda would retry
      // it for hours.
      target: {
        arn: canary.arn,
        roleArn: role.arn,
        retryPolicy: { maximumEventAgeInSeconds: 60, maximumRetryAttempts: 0 },
      },
    },
    { ...options, dependsOn: [allowed, ...teardowns] },
  );
}
