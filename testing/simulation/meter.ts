/** How long members are cut off or refused, measured by the world and the partners' rules once a second. */
import { egressOf, liveVersions } from "../twin/egress.ts";
import type { PartnerRule } from "../twin/partners.ts";
import { membersOf, type SimulatedAccount } from "./account.ts";
import type { Ways } from "./baseline-scene.ts";
import type { SimulatedPool } from "./settle-in.ts";

const sampleMs = 1_000;

export interface Measured {
  /** Seconds without any way out, summed over the ways (a live version in a subnet). */
  readonly shutSeconds: number;
  /** Seconds in which a partner that blocks addresses cannot be reached: no way out, or refused. */
  readonly cutSeconds: number;
  /** The same for a partner that lets in declared addresses only. */
  readonly unlistedSeconds: number;
  /** How long each time without the partner lasted, seconds. */
  readonly heals: readonly number[];
  readonly addressesSeen: number;
  /** Seconds that NAT gateways made by Holdfast existed. */
  readonly natSeconds: number;
}

export interface MeterOptions {
  readonly account: SimulatedAccount;
  readonly pool: SimulatedPool;
  readonly ways: Ways | undefined;
  readonly declared: ReadonlySet<string>;
  /** What the partner refuses: by the address, or all from it. */
  readonly rules: readonly PartnerRule[];
  readonly alwaysRefused: string;
}

/** Starts measuring. Returns a function that ends it and returns what was measured. */
export function startMeter(options: MeterOptions): () => Measured {
  const { account, declared, rules, alwaysRefused } = options;
  const { clock, world } = account.region;
  const sum = { shutSeconds: 0, cutSeconds: 0, unlistedSeconds: 0, natSeconds: 0 };
  const seen = new Set<string>();
  const cutSinceMs = new Map<string, number>();
  const heals: number[] = [];
  let lastMs = clock.now();
  const refused = (ip: string) =>
    ip === alwaysRefused || rules.some((it) => it.kind === "block" && (it.ips === "all" || it.ips.includes(ip)));
  const look = () => {
    const seconds = (clock.now() - lastMs) / 1000;
    lastMs = clock.now();
    const ways = waysNow(options);
    for (const [name, ips] of ways) {
      for (const ip of ips) seen.add(ip);
      const shut = ips.length === 0;
      const cut = shut || ips.some(refused);
      if (shut) sum.shutSeconds += seconds;
      if (cut) sum.cutSeconds += seconds;
      if (cut || ips.some((ip) => !declared.has(ip))) sum.unlistedSeconds += seconds;
      if (cut && !cutSinceMs.has(name)) cutSinceMs.set(name, clock.now());
    }
    for (const [name, sinceMs] of cutSinceMs) {
      const ips = ways.get(name);
      if (ips && (ips.length === 0 || ips.some(refused))) continue;
      heals.push((clock.now() - sinceMs) / 1000);
      cutSinceMs.delete(name);
    }
    const living = [...world.natGateways.values()].filter(({ state }) => state === "available" || state === "pending");
    sum.natSeconds += living.length * seconds;
  };
  const timer = clock.every(sampleMs, look);
  return () => {
    timer.cancel();
    for (const sinceMs of cutSinceMs.values()) heals.push((clock.now() - sinceMs) / 1000);
    return { ...sum, heals, addressesSeen: seen.size };
  };
}

type NamedWays = ReadonlyMap<string, readonly string[]>;

/** Returns the addresses by which the members' requests leave now, by a name of each way. */
export function waysNow({ account, pool, ways }: Pick<MeterOptions, "account" | "pool" | "ways">): NamedWays {
  return ways ? new Map(ways().map((ips, index) => [String(index), ips])) : waysOf(account, pool);
}

/** One interface without an address shuts a way: which interface an environment uses cannot be chosen. */
function waysOf(account: SimulatedAccount, pool: SimulatedPool): NamedWays {
  const ways = new Map<string, readonly string[]>();
  for (const fn of membersOf(account, pool)) {
    for (const version of liveVersions(fn)) {
      for (const { subnetId, open, publicIps } of egressOf(account.region.world, version)) {
        ways.set(`${fn.functionName} ${version.version} ${subnetId}`, open ? publicIps : []);
      }
    }
  }
  return ways;
}
