/**
 * What one execution environment of the canary remembers of a pool. The state itself is in AWS: whether an address
 * counts as blocked is its `holdfast:verdict` tag. Lost memory costs the rounds until enough agree again, never a
 * false transition (docs/decisions/0007-address-health.md).
 */
import type { AllocationId } from "../aws/identifiers.ts";
import type { Verified } from "../relocation/scout-verification.ts";
import type { DomainEvent } from "../telemetry/model.ts";
import { type Comparison, nothingCompared } from "./comparison.ts";
import type { Finding } from "./finding-table.ts";
import { forget } from "./suspicion.ts";
import type { Histories } from "./transitions.ts";
import type { Place, Trial } from "./trial.ts";

/** How long EC2 may go on showing a tag as it was before our write (EC2 API reference, eventual consistency). */
const settleMs = 120_000;
/** Most events that wait for the bus; older ones are dropped. */
const maxPending = 100;
/** Most trials, places and announced differences that are remembered. */
const maxNoted = 100;
const dayMs = 24 * 3_600_000;

export class CanaryMemory {
  /** What the comparison has seen, the trials that it began, and the places where a difference stayed. */
  comparison: Comparison = nothingCompared;
  trials: readonly Trial[] = [];
  places: readonly Place[] = [];
  /** Targets that keep out the whole pool, as announced. */
  refusedPool: ReadonlySet<string> = new Set();
  /** By public address, by target, by vantage. */
  addresses: Histories = new Map();
  targets: Histories = new Map();
  vantages: Histories = new Map();
  /** Targets that are down and vantages without egress, as announced. */
  downTargets: ReadonlySet<string> = new Set();
  lostVantages: ReadonlySet<string> = new Set();
  /** The move of a probe that the last minute found due, the interfaces that it found unprobed, and those announced as such. */
  proposedMove: string | undefined;
  unprobed: ReadonlySet<string> = new Set();
  announcedUnprobed: ReadonlySet<string> = new Set();
  /** What the last minute found, and what of it is announced. */
  #found: ReadonlySet<string> = new Set();
  #announcedFindings: ReadonlySet<string> = new Set();
  readonly #firstSeenMs = new Map<string, number>();
  readonly #announcedDifferences = new Map<string, number>();
  readonly #written = new Map<AllocationId, Verified>();
  #pending: readonly DomainEvent[] = [];

  /** Returns what was written to an address's tags a moment ago, which EC2 may not show yet. */
  written(allocationId: AllocationId, nowMs: number): Verified | undefined {
    const written = this.#written.get(allocationId);
    return written && written.atMs + settleMs > nowMs ? written : undefined;
  }

  /** Notes what was written, and forgets its evidence: the next state must follow from later rounds. */
  wrote(allocationId: AllocationId, publicIp: string, verified: Verified): void {
    this.#written.set(allocationId, verified);
    this.comparison = { ...this.comparison, addresses: forget(this.comparison.addresses, publicIp, verified.blocked) };
  }

  began(trials: readonly Trial[]): void {
    this.trials = [...this.trials, ...trials].slice(-maxNoted);
  }

  /** Notes the result of an address's trials at these targets, or at all: whether the difference followed it to the scout. */
  decided(publicIp: string, followed: boolean, targets?: readonly string[]): void {
    this.trials = this.trials.map((it) => {
      const isMeant = it.publicIp === publicIp && (!targets || targets.includes(it.target ?? ""));
      return isMeant && it.followed === undefined ? { ...it, followed } : it;
    });
  }

  /** Returns whether a trial that a tag tells of is one that is remembered with its target. */
  knows({ publicIp, atMs }: Trial): boolean {
    return this.trials.some((it) => it.publicIp === publicIp && it.atMs >= atMs);
  }

  stayed(place: Place): void {
    const isKnown = this.places.some(
      (it) => it.target === place.target && it.vantages.join() === place.vantages.join(),
    );
    if (!isKnown) this.places = [...this.places, place].slice(-maxNoted);
  }

  /** Returns whether a difference without a mark is to be announced: once a day while it lasts. */
  announces(difference: string, nowMs: number): boolean {
    const lastMs = this.#announcedDifferences.get(difference);
    if (lastMs !== undefined && nowMs - lastMs < dayMs) return false;
    this.#announcedDifferences.delete(difference);
    this.#announcedDifferences.set(difference, nowMs);
    const [oldest] = this.#announcedDifferences.keys();
    if (this.#announcedDifferences.size > maxNoted && oldest !== undefined) this.#announcedDifferences.delete(oldest);
    return true;
  }

  /** Returns the findings that two minutes in a row have had, each once as long as it lasts. */
  lasting<AFinding extends Finding>(findings: readonly AFinding[]): AFinding[] {
    const keyOf = (it: Finding) => [it.kind, "vantage" in it ? it.vantage : "target" in it ? it.target : ""].join(" ");
    const lasting = findings.filter((it) => this.#found.has(keyOf(it)));
    const announced = this.#announcedFindings;
    this.#found = new Set(findings.map(keyOf));
    this.#announcedFindings = new Set(lasting.map(keyOf));
    return lasting.filter((it) => !announced.has(keyOf(it)));
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
