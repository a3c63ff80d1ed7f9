/**
 * What one execution environment remembers between runs: what AWS does not show. It is never a reason to act, only a
 * reason to wait or to report.
 */
import type { Timed } from "../actuator/outcome.ts";
import type { Outcome } from "./apply.ts";
import type { NatGateway, Observed, Refusal, RouteTable } from "./model.ts";
import { areNoted } from "./refusals.ts";

export class Memory {
  readonly #unnoted = new Map<string, readonly Refusal[]>();
  /** By pool: the writes of its last run of which it is not known if AWS did them. */
  readonly openWrites = new Map<string, readonly Timed<Outcome>[]>();
  readonly #deletingSinceMs = new Map<string, ReadonlyMap<string, number>>();

  /** Remembers a pool's refusals as long as its route tables' tags do not say them all. */
  remember(poolName: string, refusals: readonly Refusal[], tables: readonly RouteTable[]): void {
    if (areNoted(refusals, tables)) this.#unnoted.delete(poolName);
    else this.#unnoted.set(poolName, refusals);
  }

  /** Returns the pool's refusals that its tags do not say. */
  unnoted(poolName: string): readonly Refusal[] | undefined {
    return this.#unnoted.get(poolName);
  }

  /** Returns the gateways with the time since when each was seen being deleted, where AWS does not show it. */
  withTimes(poolName: string, { natGateways }: Observed, nowMs: number): readonly NatGateway[] {
    const before = this.#deletingSinceMs.get(poolName);
    const deleting = natGateways.filter(({ state }) => state === "deleting");
    const sinceMs = new Map(deleting.map(({ natGatewayId: id }) => [id, before?.get(id) ?? nowMs]));
    this.#deletingSinceMs.set(poolName, sinceMs);
    return natGateways.map((it) => ({ ...it, sinceMs: it.sinceMs ?? sinceMs.get(it.natGatewayId) }));
  }
}
