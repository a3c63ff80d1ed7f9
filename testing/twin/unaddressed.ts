import type { VirtualClock } from "./clock.ts";
import { type EgressRecord, egressOf } from "./egress.ts";
import { combinationKey } from "./hyperplane.ts";
import type { FunctionVersion, World } from "./world.ts";

/** A time in which packets of a version had to leave by this interface and could not, since it had no address. */
export interface UnaddressedTime {
  readonly networkInterfaceId: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Keeps the times in which interfaces that the versions use were without address, and without a NAT gateway. They end
 * when the interface gets an address, or when nothing needs it any more.
 */
export function recordUnaddressed(
  { world, clock }: { readonly world: World; readonly clock: VirtualClock },
  egress: EgressRecord,
  versions: () => readonly FunctionVersion[],
): { readonly ended: readonly UnaddressedTime[] } {
  const ended: UnaddressedTime[] = [];
  const sinceMs = new Map<string, number>();
  const observe = () => {
    const without = unaddressedNow(world, versions());
    for (const [networkInterfaceId, fromMs] of sinceMs) {
      if (without.has(networkInterfaceId)) continue;
      sinceMs.delete(networkInterfaceId);
      ended.push({ networkInterfaceId, fromMs, toMs: clock.now() });
    }
    for (const id of without) if (!sinceMs.has(id)) sinceMs.set(id, clock.now());
  };
  egress.onObserve(observe);
  observe();
  return { ended };
}

function unaddressedNow(world: World, versions: readonly FunctionVersion[]): Set<string> {
  const shut = new Set(
    versions.flatMap((version) =>
      egressOf(world, version)
        .filter(({ open }) => !open)
        .map(({ subnetId }) => combinationKey(subnetId, version.servedBy?.securityGroupIds ?? [])),
    ),
  );
  if (shut.size === 0) return new Set();
  const addressed = new Set([...world.addresses.values()].map((it) => it.networkInterfaceId));
  return new Set(
    [...world.networkInterfaces.values()]
      .filter((it) => it.interfaceType === "lambda" && it.status === "in-use" && !addressed.has(it.networkInterfaceId))
      .filter((it) => shut.has(combinationKey(it.subnetId, it.securityGroupIds)))
      .map((it) => it.networkInterfaceId),
  );
}
