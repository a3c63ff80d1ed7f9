/** Checks of the configuration that need AWS, made before anything is created. */
import { ConfigError, type HoldfastConfig, type OnRemove } from "../src/config/holdfast.ts";
import { hasFallback } from "../src/config/pool.ts";
import {
  addressQuotaProblems,
  ownAddressProblems,
  releasedAddressProblems,
  sharedNameProblems,
} from "./address-checks.ts";
import { createdNetworkProblems } from "./created-network-checks.ts";
import { ingressProblems, releasedAcceleratorProblems } from "./ingress-checks.ts";
import { existingNetworkProblems } from "./network-checks.ts";
import { concurrencyProblems, vpcQuotaProblems } from "./quota-checks.ts";

/**
 * Checks the names of the pools, the account's quotas, the configured allocation ids, existing networks, and whether the
 * other networks can be created.
 *
 * @param prefix `<app>-<stage>`, which identifies this deployment's own resources
 * @param onRemove what a deployment does with allocated addresses that the configuration drops
 * @param predicted returns problems that need no AWS call; called once all resources have been declared
 * @throws ConfigError that lists every problem with its path and remediation
 */
export async function checkDeployment(
  config: HoldfastConfig,
  prefix: string,
  onRemove: OnRemove,
  predicted: () => Promise<string[]> = async () => [],
): Promise<void> {
  const checks = Object.entries(config.pools).flatMap(([pool, it]) => {
    const { network, addresses, ingress } = it;
    const path = `pools.${pool}.network.${network.kind}`;
    return [
      sharedNameProblems(pool, prefix),
      ownAddressProblems(`pools.${pool}.addresses`, addresses, prefix, onRemove),
      network.kind === "existing"
        ? existingNetworkProblems({ ...network, path, pool, prefix, hasFallback: hasFallback(it) })
        : createdNetworkProblems(path, pool, network, prefix),
      ingress ? ingressProblems(`pools.${pool}.ingress`, ingress, network, prefix, onRemove) : [],
    ];
  });
  const ofAccount = [
    releasedAddressProblems(config, prefix, onRemove),
    releasedAcceleratorProblems(config, prefix, onRemove),
    addressQuotaProblems(config, prefix),
    vpcQuotaProblems(config, prefix),
    concurrencyProblems(config),
  ];
  const found = (await Promise.all([...checks, ...ofAccount])).flat();
  const problems = [...(await predicted()), ...found];
  if (problems.length > 0) throw new ConfigError(problems);
}
