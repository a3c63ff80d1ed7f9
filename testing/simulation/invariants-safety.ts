/** What must never happen under any fault: lost addresses, addresses taken in use, addresses on interfaces that are not the pool's. */

import { tagKeys } from "../../src/pool/tags.ts";
import type { CallRecord } from "../twin/call-log.ts";
import type { SimulatedAccount } from "./account.ts";
import {
  type Answers,
  type Checking,
  invocationMs,
  isRead,
  type OwnWrite,
  poolOfAddress,
  surelySeenMs,
  watchWrites,
} from "./invariant.ts";
import type { SimulatedPool } from "./settle-in.ts";
import {
  combinationsOf,
  isInPool,
  isScout,
  keyOf,
  liveMembers,
  neededInterfaces,
  publishedInterfaces,
} from "./truth.ts";

/** Starts all safety checks. */
export function checkSafety(checking: Checking, answers: Answers): void {
  const { account, report } = checking;
  const wasBlocked = watchVerdicts(checking);
  const history = new Map(account.pools.map((pool) => [pool, new NeedHistory(account, pool)]));
  const relocation = account.roles.get("relocate");
  account.region.calls.onCall((call) => {
    const looks = call.principal === relocation && call.operation === "DescribeNetworkInterfaces";
    if (!looks && (isRead(call) || (call.service !== "ec2" && call.service !== "lambda"))) return;
    for (const it of history.values()) it.sample(looks);
    checkAddressesExist(account, call, checking);
  });
  watchWrites(checking, (write) => {
    if (write.call.service !== "ec2") return;
    const { AllocationId: allocationId = "", NetworkInterfaceId: target = "" } = write.call.input as Associate;
    const pool = poolOfAddress(account, allocationId);
    if (write.call.operation === "AssociateAddress") {
      if (!pool) report("own addresses", `associated ${allocationId}, which is no pool's`);
      else checkTarget(checking, pool, history.get(pool), allocationId, target);
    }
    for (const [id, was] of write.before) {
      const now = account.region.world.addresses.get(id)?.networkInterfaceId;
      if (was.networkInterfaceId === undefined || now === was.networkInterfaceId) continue;
      checkTaken(checking, { answers, wasBlocked }, history, write, id);
    }
  });
}

interface Associate {
  readonly AllocationId?: string;
  readonly NetworkInterfaceId?: string;
}

/** States in which Lambda does not show what serves: during an update, and after one that failed. */
const hiding: ReadonlySet<string> = new Set(["Pending", "InProgress", "Failed"]);

/** Since when each interface has been needed by live traffic, without a break that a sample saw. */
class NeedHistory {
  readonly #since = new Map<string, number>();
  readonly #until = new Map<string, number>();
  /** Those of them that relocation has found needed, with no update in progress or failed that hides it. */
  readonly #seen = new Set<string>();
  /** Combinations that members were ever configured with. */
  readonly everUsed = new Set<string>();

  constructor(
    readonly account: SimulatedAccount,
    readonly pool: SimulatedPool,
  ) {}

  /** `looks`: relocation is observing now. */
  sample(looks: boolean): void {
    const nowMs = this.account.region.clock.now();
    const needed = neededInterfaces(this.account, this.pool);
    const versions = liveMembers(this.account, this.pool);
    const sees =
      looks &&
      versions.every(({ state, lastUpdateStatus }) => !hiding.has(state) && !hiding.has(lastUpdateStatus ?? ""));
    for (const id of needed) {
      if (!this.#since.has(id)) this.#since.set(id, nowMs);
      if (sees) this.#seen.add(id);
    }
    for (const [id, sinceMs] of this.#since) {
      if (needed.has(id)) continue;
      this.#since.delete(id);
      // A run may die before it has noted that a draining address serves again.
      const unnoted = nowMs - sinceMs < surelySeenMs && this.#isNotedDraining(id);
      if (this.#seen.delete(id) && !unnoted) this.#until.set(id, nowMs);
    }
    for (const { vpcConfig, servedBy } of versions) {
      for (const key of [...combinationsOf(vpcConfig), ...combinationsOf(servedBy)]) this.everUsed.add(key);
    }
  }

  #isNotedDraining(networkInterfaceId: string): boolean {
    return [...this.account.region.world.addresses.values()].some(
      ({ networkInterfaceId: on, tags }) => on === networkInterfaceId && tags[tagKeys.use]?.startsWith("draining "),
    );
  }

  neededSinceMs(networkInterfaceId: string): number | undefined {
    return this.#since.get(networkInterfaceId);
  }

  /** The end of the last use that relocation can know of. */
  unneededSinceMs(networkInterfaceId: string): number | undefined {
    return this.#since.has(networkInterfaceId) ? undefined : this.#until.get(networkInterfaceId);
  }
}

/** No address of a pool is ever released. */
function checkAddressesExist({ pools, region }: SimulatedAccount, call: CallRecord, { report }: Checking): void {
  if (call.service !== "ec2" || isRead(call)) return;
  for (const id of pools.flatMap((pool) => pool.allocationIds)) {
    if (!region.world.addresses.has(id)) report("addresses kept", `${id} is gone after ${call.operation}`);
  }
}

/** Only interfaces that Lambda made, in the pool's subnets, for security groups of its members. */
function checkTarget(
  { account, report }: Checking,
  pool: SimulatedPool,
  history: NeedHistory | undefined,
  allocationId: string,
  target: string,
): void {
  const it = account.region.world.networkInterfaces.get(target);
  if (!it || !isInPool(account.region.world, pool, target)) {
    report(
      "own interfaces",
      `associated ${allocationId} of ${pool.draw.name} with ${target}, outside the pool's network`,
    );
  } else if (!history?.everUsed.has(keyOf(it)) && !isScout(account.region.world, pool, target)) {
    report("own interfaces", `associated ${allocationId} with ${target}, whose groups no member ever used`);
  }
}

interface Knowledge {
  readonly answers: Answers;
  readonly wasBlocked: (allocationId: string) => boolean;
}

/** Returns a function that says whether an address was marked as blocked lately, when a describe call may have shown the mark. */
function watchVerdicts({ account: { region } }: Checking): Knowledge["wasBlocked"] {
  const clearedMs = new Map<string, number>();
  region.calls.onCall(({ operation, input, atMs }) => {
    if (operation !== "DeleteTags" && operation !== "CreateTags") return;
    const { Resources, Tags = [] } = input as { Resources: string[]; Tags?: { Key: string; Value?: string }[] };
    const clears = Tags.some(({ Key, Value }) => Key === tagKeys.verdict && Value !== "blocked");
    if (operation === "DeleteTags" || clears) for (const id of Resources) clearedMs.set(id, atMs);
  });
  return (id) =>
    region.world.addresses.get(id)?.tags[tagKeys.verdict] === "blocked" ||
    region.clock.now() - (clearedMs.get(id) ?? 0) < surelySeenMs;
}

/** An address left an interface by Holdfast's write. */
function checkTaken(
  { account, report }: Checking,
  { answers, wasBlocked }: Knowledge,
  histories: ReadonlyMap<SimulatedPool, NeedHistory>,
  { call, invocation, before }: OwnWrite,
  taken: string,
): void {
  const { world, clock } = account.region;
  const was = before.get(taken);
  const from = was?.networkInterfaceId ?? "";
  const ageMs = clock.now() - (was?.sinceMs ?? 0);
  const pool = poolOfAddress(account, taken);
  const given = (call.input as Associate).AllocationId;
  const displaced = given !== undefined && given !== taken;
  const known = ageMs > surelySeenMs || answers.isKnown(from, taken, invocation);
  if (!pool || !isInPool(world, pool, from)) {
    if (known) report("foreign untouched", `${call.operation} took ${taken} from ${from}, where AWS had shown it`);
    return;
  }
  const history = histories.get(pool);
  if (displaced) {
    if (known && !wasBlocked(taken))
      report("no displacement", `${given} displaced ${taken} on ${from}, shown there by AWS`);
    return;
  }
  const sinceMs = history?.neededSinceMs(from);
  if (known && sinceMs !== undefined && clock.now() - sinceMs > invocationMs) {
    report(
      "no taking in use",
      `${call.operation} took ${taken} from ${from}, which live traffic has needed for ${seconds(clock.now() - sinceMs)}`,
    );
  }
  if (call.operation === "DisassociateAddress") {
    if (publishedInterfaces(account, pool).has(from)) {
      report("nothing taken without need", `${taken} left ${from}, which a published version uses`);
    }
    checkDrain({ account, report }, pool, history, { taken, from, sinceMs: was?.sinceMs ?? 0 });
  }
}

/** Connections get the pool's drain time to end. An address that came when the use was over has none. */
function checkDrain(
  { account, report }: Pick<Checking, "account" | "report">,
  pool: SimulatedPool,
  history: NeedHistory | undefined,
  { taken, from, sinceMs }: { readonly taken: string; readonly from: string; readonly sinceMs: number },
): void {
  const untilMs = history?.unneededSinceMs(from);
  if (untilMs === undefined || sinceMs >= untilMs) return;
  const restedMs = account.region.clock.now() - untilMs;
  const dueMs = pool.draw.drainSeconds * 1000 - Math.abs(account.draw.skewMs) * 2;
  if (restedMs < dueMs) report("drain", `${taken} was taken from ${from} ${seconds(restedMs)} after its last use`);
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}
