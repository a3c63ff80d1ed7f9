/** Holdfast as one component, for this repository's sst.config.ts and for other applications. */
import { ComponentResource, type ComponentResourceOptions, type Output, output, type Resource } from "@pulumi/pulumi";
import { defineHoldfast, type HoldfastConfig, onRemoveIn } from "../src/config/holdfast.ts";
import { tagKeys } from "../src/pool/tags.ts";
import { poolAddresses } from "./addresses.ts";
import { createAttach } from "./attach.ts";
import { checkDeployment } from "./checks.ts";
import { createFallback } from "./fallback.ts";
import { findBundles } from "./function.ts";
import { healAfterDeploy } from "./healing.ts";
import { createIngress, type IngressOutput } from "./ingress.ts";
import { namingOf } from "./names.ts";
import { poolNetwork, tagSubnets } from "./network.ts";
import { createObservability } from "./observability.ts";
import { placeOf } from "./place.ts";
import { createProbes, createProbing } from "./probing.ts";
import { publishPools } from "./published.ts";
import { createRelocation } from "./relocation.ts";
import { guardRemoval } from "./removal-guard.ts";
import { sizeProblems } from "./sizes.ts";
import { createTeardowns } from "./teardown.ts";
import { createTrail } from "./trail.ts";

export { defineHoldfast };

export interface HoldfastArgs {
  /** The configuration that `defineHoldfast` returned. */
  readonly config: HoldfastConfig;
  /** Name of the application, e.g. `$app.name`. */
  readonly app: string;
  /** Name of the stage, e.g. `$app.stage`. Production is protected from removal. */
  readonly stage: string;
  /** Folder with the built functions; by default, that of this package. */
  readonly bundles?: string;
}

/** The outputs of a pool. */
export interface PoolOutput {
  /** Public addresses for the partner's allow-list: all with the pool's tag, that of the fallback last. */
  readonly addresses: Output<string[]>;
  readonly subnetIds: Output<string>[];
  readonly securityGroupIds: Output<string>[];
  /** The same for all pools. */
  readonly dashboardUrl: Output<string>;
  /** Where partners call, if the configuration has an ingress. */
  readonly ingress: IngressOutput | undefined;
  /** Spread into `new sst.aws.Function(name, { …, ...pool.member })` to join the pool. */
  readonly member: {
    readonly vpc: { readonly privateSubnets: Output<string>[]; readonly securityGroups: Output<string>[] };
    readonly tags: Record<string, string>;
  };
}

/** Deploys the pools of a configuration. When a check fails, the deployment fails with the reason and creates nothing. */
export class Holdfast extends ComponentResource {
  readonly pools: Readonly<Record<string, PoolOutput>>;

  constructor(name: string, args: HoldfastArgs, options: ComponentResourceOptions = {}) {
    const { config } = args;
    const naming = namingOf(args.app, args.stage, Object.keys(config.pools));
    const predicted = async () => [...naming.problems(), ...(await sizeProblems(config, `${args.app}-${args.stage}`))];
    // Children wait for the component, and the component for the checks.
    const onRemove = onRemoveIn(config, args.stage);
    const checked = checkDeployment(config, `${args.app}-${args.stage}`, onRemove, predicted);
    const dependsOn = output(checked.then((): Resource[] => []));
    const transformations = [...(options.transformations ?? []), naming.transformation];
    super("holdfast:index:Holdfast", name, {}, { ...options, transformations, dependsOn });

    const place = placeOf(args.app, args.stage, config, this, checked);
    const pools = Object.entries(config.pools);
    const networks = Object.fromEntries(pools.map(([pool, it]) => [pool, poolNetwork(place, pool, it.network)]));
    const subnetTags = tagSubnets(
      place,
      pools.map(([, it]) => it.network),
    );
    publishPools(place, networks, config.cloudFormationExports);
    const addresses = Object.fromEntries(
      pools.map(([pool, it]) => [pool, poolAddresses(place, pool, it.addresses, onRemove)]),
    );
    const bundles = args.bundles ?? findBundles();
    const probes = createProbes(place, config, networks, bundles);
    const teardowns = createTeardowns(place, config, networks, addresses, probes, bundles, onRemove);
    const relocation = createRelocation(place, config, networks, addresses, bundles, teardowns.subnets);
    const probing = createProbing(place, config, networks, probes, bundles, teardowns.subnets);
    const ingresses = Object.fromEntries(
      pools.flatMap(([pool, it]) => {
        const network = networks[pool];
        return network && it.ingress ? [[pool, createIngress(place, pool, it, network, onRemove)]] : [];
      }),
    );
    const fallback = createFallback(place, config, networks, addresses, probes, bundles, teardowns.fallbacks);
    const attach = createAttach(place, config, networks, bundles, teardowns.subnets);
    if (config.trail === "create") createTrail(place);
    const { dashboardUrl } = createObservability(place, config, addresses, { relocation, probing, fallback, attach });
    healAfterDeploy(place, relocation, Object.keys(config.pools));
    guardRemoval(place, options, { onRemove, addresses: Object.values(addresses), subnetTags });

    this.pools = Object.fromEntries(
      pools.map(([pool]) => {
        const subnetIds = [...(networks[pool]?.subnetIds ?? [])];
        const securityGroupIds = [...(networks[pool]?.securityGroupIds ?? [])];
        return [
          pool,
          {
            addresses: addresses[pool]?.publicIps ?? output([]),
            subnetIds,
            securityGroupIds,
            dashboardUrl,
            ingress: ingresses[pool],
            member: {
              vpc: { privateSubnets: subnetIds, securityGroups: securityGroupIds },
              tags: { [tagKeys.pool]: pool },
            },
          },
        ];
      }),
    );
    this.registerOutputs({});
  }
}
