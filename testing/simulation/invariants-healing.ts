/** Healing that nothing holds up: with a clean spare that AWS accepts, no live traffic is without egress for long. */
import { tagKeys } from "../../src/pool/tags.ts";
import type { FunctionVersion } from "../twin/world.ts";
import type { SimulatedAccount } from "./account.ts";
import type { CallFaults } from "./api-faults.ts";
import { type Checking, type Shown, surelySeenMs, watchWrites } from "./invariant.ts";
import type { Refusals } from "./refusal-faults.ts";
import type { SimulatedPool } from "./settle-in.ts";
import { combinationsOf, isScout, keyOf, liveMembers, neededInterfaces, publishedInterfaces } from "./truth.ts";

/** Two sweeps, and the time of a run's calls. */
const healedWithinMs = 2 * 60_000 + 20_000;
/** A message comes back after this when its handler died (src/config/shared-settings.ts). */
const visibilityMs = 95_000;

/** What is made to fail. */
interface Struck {
  readonly faults: CallFaults;
  readonly refusals: Refusals;
}

/** Starts the checks. Samples at each look of relocation: without one in two sweeps, another invariant objects. */
export function checkHealing(checking: Checking, shown: Shown, { faults, refusals }: Struck): void {
  const { account, report } = checking;
  const disturbances = watchDisturbances(account, faults);
  const healings = account.pools.map((pool) => new Healing(account, pool, shown, refusals));
  account.region.calls.onCall((call) => {
    if (call.principal !== account.roles.get("relocate") || call.operation !== "DescribeNetworkInterfaces") return;
    for (const it of healings) {
      for (const text of it.sample(disturbances.lastMs())) report("healed within two sweeps", text);
    }
  });
  watchWrites(checking, ({ call, before }) => {
    const { AllocationId: id = "", NetworkInterfaceId: to } = call.input as {
      AllocationId?: string;
      NetworkInterfaceId?: string;
    };
    const from = before.get(id)?.networkInterfaceId;
    const healing = healings.find(({ pool }) => pool.allocationIds.includes(id));
    // One that is where it was associated again, as describe calls do not show it yet, has left nothing.
    if (call.operation !== "AssociateAddress" || from === undefined || from === to || !healing) return;
    if (healing.isPublishedAlone(from) && healing.spares().length > healing.unaddressed().length) {
      report(
        "nothing taken without need",
        `${id} left ${from}, which a published version uses, though a spare is free`,
      );
    }
  });
}

/** When calls of relocation were last made to fail so that a run may have ended early: it died, or more than one failed. */
function watchDisturbances({ region, roles }: SimulatedAccount, faults: CallFaults): { lastMs(): number } {
  let diedMs = Number.NEGATIVE_INFINITY;
  let failedMs: number[] = [];
  faults.onStrike(({ principal }, outcome) => {
    if (principal !== roles.get("relocate")) return;
    const nowMs = region.clock.now();
    if ("crash" in outcome) diedMs = nowMs;
    failedMs = [...failedMs.filter((ms) => ms > nowMs - healedWithinMs), nowMs];
  });
  return {
    lastMs: () => {
      const [latest = Number.NEGATIVE_INFINITY, another] = failedMs.toReversed();
      return Math.max(diedMs + visibilityMs, another === undefined ? Number.NEGATIVE_INFINITY : latest);
    },
  };
}

class Healing {
  /** Since when each interface has been in need, and relocation could have cured it. */
  readonly #curableSinceMs = new Map<string, number>();
  readonly #spareSinceMs = new Map<string, number>();
  #pausedMs = Number.NEGATIVE_INFINITY;

  constructor(
    readonly account: SimulatedAccount,
    readonly pool: SimulatedPool,
    readonly shown: Shown,
    readonly refusals: Refusals,
  ) {}

  /** Returns what is wrong now. */
  sample(disturbedMs: number): string[] {
    const nowMs = this.account.region.clock.now();
    this.#note(nowMs);
    const inNeed = this.unaddressed();
    const isCurable = this.spares().length >= inNeed.length && nowMs - this.#pausedMs > surelySeenMs;
    const known = this.#shownKeys();
    const curable = new Set(isCurable ? inNeed.filter((id) => this.#isSeen(id, known)) : []);
    for (const id of this.#curableSinceMs.keys()) if (!curable.has(id)) this.#curableSinceMs.delete(id);
    return [...curable].flatMap((id) => {
      const sinceMs = Math.max(this.#curableSinceMs.get(id) ?? nowMs, disturbedMs);
      this.#curableSinceMs.set(id, sinceMs);
      if (nowMs - sinceMs <= healedWithinMs) return [];
      return [`${id} of ${this.pool.draw.name} is without address, though ${this.spares().join()} may be associated`];
    });
  }

  /** Interfaces in use without address that live traffic needs. */
  unaddressed(): string[] {
    const { addresses } = this.account.region.world;
    const held = new Set([...addresses.values()].map((it) => it.networkInterfaceId));
    return [...neededInterfaces(this.account, this.pool)].filter((id) => !held.has(id));
  }

  /** Addresses that have long been free, clean and the pool's, and that AWS has not refused lately. */
  spares(): string[] {
    const nowMs = this.account.region.clock.now();
    const isOld = (id: string) => nowMs - (this.#spareSinceMs.get(id) ?? nowMs) > surelySeenMs;
    return this.pool.allocationIds.filter((id) => this.#isSpare(id) && isOld(id) && !this.refusals.isRefused(id));
  }

  /** Whether published versions use the interface, and no live one does. */
  isPublishedAlone(networkInterfaceId: string): boolean {
    const published = publishedInterfaces(this.account, this.pool).has(networkInterfaceId);
    return published && !neededInterfaces(this.account, this.pool).has(networkInterfaceId);
  }

  #note(nowMs: number): void {
    for (const id of this.pool.allocationIds) {
      if (!this.#isSpare(id)) this.#spareSinceMs.delete(id);
      else if (!this.#spareSinceMs.has(id)) this.#spareSinceMs.set(id, nowMs);
    }
    const tagged = [...this.account.region.world.addresses.values()];
    if (tagged.some(({ tags }) => tags[tagKeys.override] !== undefined)) this.#pausedMs = nowMs;
  }

  #isSpare(id: string): boolean {
    const { world } = this.account.region;
    const it = world.addresses.get(id);
    const on = it?.networkInterfaceId;
    const isFree = on === undefined || isScout(world, this.pool, on);
    const { [tagKeys.pool]: pool, [tagKeys.role]: role, [tagKeys.verdict]: verdict } = it?.tags ?? {};
    return isFree && pool === this.pool.draw.name && role === "egress" && verdict !== "blocked";
  }

  /** Whether relocation has been shown the interface in use and without address, for a version that Lambda shows. */
  #isSeen(id: string, known: ReadonlySet<string>): boolean {
    const it = this.account.region.world.networkInterfaces.get(id);
    const isShown = this.shown.inUse.get(id) === true && this.shown.onInterface.get(id) === undefined;
    return it !== undefined && isShown && known.has(keyOf(it)) && !this.refusals.isRefused(id);
  }

  /**
   * What Lambda shows of live versions; what serves during an update it may not show. While the index of tags errs, members
   * by tag may not be known.
   */
  #shownKeys(): Set<string> {
    const { draw } = this.account;
    if (this.pool.draw.membersBy === "tags" && draw.paces.tagIndex > 0) return new Set();
    const shows = ({ lastUpdateStatus, servedBy, vpcConfig }: FunctionVersion) =>
      lastUpdateStatus === "InProgress" && draw.showsDuringUpdate === "old" ? servedBy : vpcConfig;
    return new Set(liveMembers(this.account, this.pool).flatMap((version) => combinationsOf(shows(version))));
  }
}
