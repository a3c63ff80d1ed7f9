/**
 * What one execution environment of the canary remembers of a pool. The state itself is in AWS: whether an address
 * counts as blocked is its `holdfast:verdict` tag. Lost memory costs the rounds until enough agree again, never a
 * false transition (docs/decisions/0007-address-health.md).
 */
import type { AllocationId } from "../aws/identifiers.ts";
import type { Verified } from "../relocation/scout-verification.ts";
import type { DomainEvent } from "../telemetry/model.ts";
import type { Histories } from "./transitions.ts";

/** How long EC2 may go on showing a tag as it was before our write (EC2 API reference, eventual consistency). */
const settleMs = 120_000;
/** Most events that wait for the bus; older ones are dropped. */
const maxPending = 100;

export class CanaryMemory {
  /** By public address, by address and target, by target, by vantage. */
  addresses: Histories = new Map();
  blocks: Histories = new Map();
  targets: Histories = new Map();
  vantages: Histories = new Map();
  /** Targets that are down and vantages without egress, as announced. */
  downTargets: ReadonlySet<string> = new Set();
  lostVantages: ReadonlySet<string> = new Set();
  /** The move of a probe that the last minute found due, and what it announced as unprobed. */
  proposedMove: string | undefined;
  announcedUnprobed = "";
  readonly #firstSeenMs = new Map<string, number>();
  readonly #written = new Map<AllocationId, Verified>();
  #pending: readonly DomainEvent[] = [];

  /** Returns what was written to an address's tags a moment ago, which EC2 may not show yet. */
  written(allocationId: AllocationId, nowMs: number): Verified | undefined {
    const written = this.#written.get(allocationId);
    return written && written.atMs + settleMs > nowMs ? written : undefined;
  }

  wrote(allocationId: AllocationId, verified: Verified): void {
    this.#written.set(allocationId, verified);
  }

  /** Returns since when these blocks have been seen without a break; to be called once a round with all of them. */
  firstSeen(blocks: readonly string[], nowMs: number): ReadonlyMap<string, number> {
    for (const key of this.#firstSeenMs.keys()) if (!blocks.includes(key)) this.#firstSeenMs.delete(key);
    for (const key of blocks) if (!this.#firstSeenMs.has(key)) this.#firstSeenMs.set(key, nowMs);
    return this.#firstSeenMs;
  }

  queue(events: readonly DomainEvent[]): readonly DomainEvent[] {
    this.#pending = [...this.#pending, ...events].slice(-maxPending);
    return this.#pending;
  }

  delivered(): void {
    this.#pending = [];
  }
}
