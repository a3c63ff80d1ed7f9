/**
 * What one execution environment remembers between runs. It is never a reason to act, only a reason not to look or
 * not to try again: every action follows from an observation of its own run.
 */
import type { Timed } from "../actuator/outcome.ts";
import type { Outcome } from "./apply.ts";
import { type Looks, noLooks } from "./looks.ts";
import type { NetworkInterface, Refusal } from "./model.ts";
import type { PoolNetwork } from "./observe-network.ts";
import { type CountedRefusal, refusalsAfter } from "./refusals.ts";

export class Memory {
  readonly #quiet = new Map<string, string>();
  readonly #looks = new Map<string, Looks>();
  /** By pool: the writes of its last run of which it is not known if AWS did them. */
  readonly openWrites = new Map<string, readonly Timed<Outcome>[]>();
  /** By pool: when its last full observation began, in a run that AWS did not cut short. */
  readonly observedMs = new Map<string, number>();
  /** By pool: when a sweep of all pools last asked its members, whatever came of it. */
  readonly triedMs = new Map<string, number>();
  /** By pool: the interfaces in its subnets at its last look. */
  readonly interfaceIds = new Map<string, ReadonlySet<string>>();
  /** By pool: when a run last gave an address to an interface. */
  readonly healedMs = new Map<string, number>();
  #refusals: readonly CountedRefusal[] = [];

  /** Remembers that the pool needs nothing as long as its network looks like this; undefined: it needs something. */
  remember(poolName: string, network: PoolNetwork | undefined): void {
    if (network) this.#quiet.set(poolName, fingerprint(network));
    else this.#quiet.delete(poolName);
  }

  /** Returns whether the pool needed nothing when its network last looked exactly like this. */
  isQuiet(poolName: string, network: PoolNetwork): boolean {
    return this.#quiet.get(poolName) === fingerprint(network);
  }

  /** Returns what the looks at the pool have shown so far. */
  looks(poolName: string): Looks {
    return this.#looks.get(poolName) ?? noLooks;
  }

  rememberLooks(poolName: string, looks: Looks): void {
    this.#looks.set(poolName, looks);
  }

  rememberInterfaces(poolName: string, { interfaces }: PoolNetwork): void {
    this.interfaceIds.set(poolName, new Set(interfaces.map(({ networkInterfaceId }) => networkInterfaceId)));
  }

  /** Remembers what AWS refused, and forgets what it did not refuse any more. */
  refuse(outcomes: readonly Outcome[], nowMs: number): void {
    this.#refusals = refusalsAfter(this.#refusals, outcomes, nowMs);
  }

  /** Returns what AWS refused lately. */
  refusals(): readonly Refusal[] {
    return this.#refusals;
  }
}

/**
 * Everything that a plan depends on in the network, in an order of its own. That an interface comes into use which has had
 * its address since Lambda began to make it changes no plan.
 */
function fingerprint({ interfaces, scout, addresses, lost, paused }: PoolNetwork): string {
  const held = new Set(addresses.map((it) => it.networkInterfaceId));
  const isServed = ({ networkInterfaceId, inUse, pending }: NetworkInterface) =>
    (inUse || pending) && held.has(networkInterfaceId);
  return JSON.stringify([
    [...interfaces, ...scout]
      .map((it) => JSON.stringify(isServed(it) ? { ...it, inUse: true, pending: false } : it))
      .sort(),
    addresses.map((it) => JSON.stringify(it)).sort(),
    lost,
    paused,
  ]);
}
