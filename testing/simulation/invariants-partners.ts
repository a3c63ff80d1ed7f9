/**
 * What Holdfast says of addresses against what the partners truly did (truth-partners.ts).
 *
 * *No false blame.* An address is marked as blocked, or reported as such or as different, only in a round in which the
 * partner treated it worse for being who it is, after at least two more such rounds within the hour; in three of them
 * another address, or the shared pool, was let in or reached the application, which refuses everybody. Another address may
 * be refused for a cause of its own. A mark outlives its block until the address is tried again, and is swapped away
 * meanwhile. An address behind a zone's refused way counts as treated worse:
 * only a trial can find out. Fallback is entered only within an hour of a partner that treated an address worse, or the
 * pool as a whole, or of an override.
 *
 * *Found.* A block of one address is found within 20 minutes: marked, or reported as a difference (again only once a
 * day). It counts while all this holds without a break: each round asks the partner from this address and is answered
 * worse; the same round lets in another address of the pool at the same address of the partner (or, where no other
 * vantage asks, a NAT gateway's included, and the partner is silent, the shared pool, as ours were let in within the hour); rounds are no more than 150 s
 * apart; the canary's memory is not lost by a crash; and of the last hour's other requests the partner refused at most
 * one in ten, since a partner that refuses at random takes longer.
 */
import { tagKeys } from "../../src/pool/tags.ts";
import type { CallRecord } from "../twin/call-log.ts";
import type { Checking } from "./invariant.ts";
import type { SimulatedPool } from "./settle-in.ts";
import { type Asked, type PartnerTruth, watchPartner } from "./truth-partners.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
/** Requests of one round leave within this time. */
const roundMs = 20_000;
/** From the round's requests to what is written of it: silence takes the probes' limit, and a call is repeated. */
const writtenMs = 90_000;
const leastRounds = 3;
const foundMs = 20 * minuteMs;
const roundsApartMs = 150_000;
const mostSlips = 0.1;

export function checkPartners(checking: Checking): void {
  const { account } = checking;
  const canary = account.roles.get("canary");
  for (const pool of account.pools) {
    const truth = watchPartner(account, pool);
    const reports = watchReports(checking, pool);
    checkBlame(checking, pool, truth);
    checkEntry(checking, pool, truth);
    const finding = checkFound(checking, pool, truth, reports);
    account.region.faults.onCrash(({ principal }) => {
      if (principal === canary) finding.forget();
    });
  }
}

/** What Holdfast says of an address by an event, and what it marks. */
function checkBlame({ account, isOurs, report }: Checking, pool: SimulatedPool, { asked }: PartnerTruth): void {
  const { region } = account;
  const judge = (what: string, publicIp: string, atMs: number) => {
    const problem = problemOf(asked, publicIp, atMs);
    if (problem) report("no false blame", `${what} ${publicIp} of ${pool.draw.name}: ${problem}`);
  };
  region.calls.onCall((call) => {
    if (!isOurs(call) || !call.reached || call.error) return;
    for (const publicIp of markedBy(account.region.world.addresses, pool, call)) judge("marked", publicIp, call.atMs);
    for (const { type, detail, timeMs } of eventsIn(call)) {
      if (detail["pool"] !== pool.draw.name || !/^(AddressBlocked|SpareRefused|AddressDiffers)$/.test(type)) continue;
      judge(type, String(detail["publicIp"]), timeMs);
    }
  });
}

/** Returns why there is no reason to blame the address; undefined when there is. */
export function problemOf(asked: readonly Asked[], publicIp: string, atMs: number): string | undefined {
  const since = asked.filter((it) => it.atMs > atMs - hourMs);
  const here = since.filter(({ sourceIp, meant }) => sourceIp === publicIp && meant);
  const last = here.at(-1);
  if (!last || last.atMs < atMs - writtenMs) return "the partner did not treat it worse in that round";
  if (here.length < leastRounds) return `the partner treated it worse in ${here.length} rounds alone`;
  const witnessed = here.filter((it) => othersOf(it, since).some(({ by, reached }) => by !== "other" && reached));
  return witnessed.length < leastRounds ? "the partner let in no other address meanwhile" : undefined;
}

/** Returns the round's requests from other addresses. */
function othersOf({ atMs, sourceIp }: Asked, asked: readonly Asked[]): Asked[] {
  return asked.filter((it) => Math.abs(it.atMs - atMs) <= roundMs && it.sourceIp !== sourceIp);
}

/**
 * Returns the round's other requests that were let in: of the pool's addresses, or, where the pool has no other vantage, of
 * the shared pool. Beside vantages that leave by a NAT gateway, one address cannot be told from the pool as a whole.
 */
function witnessesOf(request: Asked, asked: readonly Asked[]): Asked[] {
  const round = othersOf(request, asked);
  const ofPool = round.filter(({ by }) => by !== "shared");
  const witnesses = ofPool.length > 0 ? ofPool.filter(({ by }) => by === "own") : round;
  return witnesses.filter(({ letIn }) => letIn);
}

interface PutEvents {
  readonly Entries?: readonly { readonly DetailType: string; readonly Detail: string; readonly Time: string | Date }[];
}

function eventsIn({ service, operation, input }: CallRecord) {
  if (service !== "events" || operation !== "PutEvents") return [];
  return ((input as unknown as PutEvents).Entries ?? []).map(({ DetailType, Detail, Time }) => ({
    type: DetailType,
    detail: JSON.parse(Detail) as Record<string, unknown>,
    timeMs: new Date(Time).getTime(),
  }));
}

type Addresses = ReadonlyMap<string, { readonly publicIp: string }>;

/** Returns the pool's addresses that a call marks as blocked. */
function markedBy(addresses: Addresses, { allocationIds }: SimulatedPool, { operation, input }: CallRecord): string[] {
  if (operation !== "CreateTags") return [];
  const { Resources, Tags } = input as unknown as { Resources: string[]; Tags: { Key: string; Value: string }[] };
  if (!Tags.some(({ Key, Value }) => Key === tagKeys.verdict && Value === "blocked")) return [];
  return Resources.filter((id) => allocationIds.includes(id)).flatMap((id) => addresses.get(id)?.publicIp ?? []);
}

/** Returns when a difference of an address was reported last, marked or not. */
function watchReports({ account, isOurs }: Checking, pool: SimulatedPool): ReadonlyMap<string, number> {
  const reportedMs = new Map<string, number>();
  account.region.calls.onCall((call) => {
    if (!isOurs(call) || !call.reached || call.error) return;
    for (const { type, detail, timeMs } of eventsIn(call)) {
      if (detail["pool"] === pool.draw.name && type === "AddressDiffers") {
        reportedMs.set(String(detail["publicIp"]), timeMs);
      }
    }
  });
  return reportedMs;
}

/** The pool's tables leave the direct route only for what a NAT gateway's address may cure. */
function checkEntry({ account, isOurs, report }: Checking, pool: SimulatedPool, { asked }: PartnerTruth): void {
  const { region } = account;
  let blamedMs = Number.NEGATIVE_INFINITY;
  const isAsked = () =>
    [...region.world.addresses.values()].some(
      ({ tags }) => tags[tagKeys.pool] === pool.draw.name && tags[tagKeys.override] !== undefined,
    );
  region.calls.onCall((call) => {
    if (isAsked()) blamedMs = call.atMs;
    if (call.operation !== "ReplaceRoute" || !isOurs(call) || !call.reached || call.error) return;
    const { RouteTableId, NatGatewayId } = call.input as { RouteTableId: string; NatGatewayId?: string };
    if (NatGatewayId === undefined || !pool.network.routeTableIds.includes(RouteTableId)) return;
    const others = pool.network.routeTableIds.filter((id) => id !== RouteTableId);
    const isFirst = others.every((id) => region.world.routeTables.get(id)?.routes.every((it) => !it.natGatewayId));
    if (!isFirst || call.atMs - blamedMs < hourMs) return;
    if (asked.some((it) => it.by === "own" && it.meant && it.atMs > call.atMs - hourMs)) return;
    report("no false blame", `${RouteTableId} of ${pool.draw.name} left the direct route, and no partner refused it`);
  });
}

/** A block under way, since when it counts. */
interface Streak {
  readonly sinceMs: number;
  readonly last: Asked;
  readonly reported: boolean;
}

function checkFound(
  { account, report }: Checking,
  pool: SimulatedPool,
  { asked, onAsked }: PartnerTruth,
  reportedMs: ReadonlyMap<string, number>,
) {
  const streaks = new Map<string, Streak>();
  let memorySinceMs = Number.NEGATIVE_INFINITY;
  const isMarked = (ip: string) =>
    pool.allocationIds.some((id) => {
      const address = account.region.world.addresses.get(id);
      return address?.publicIp === ip && address.tags[tagKeys.verdict] === "blocked";
    });
  /** Judges the round of the request before this one, since all of that round's requests are known by now. */
  const follow = (ip: string, it: Asked) => {
    const streak = streaks.get(ip);
    const goesOn = streak && it.atMs - streak.last.atMs <= roundsApartMs && isFindable(streak, asked, memorySinceMs);
    const isFound = isMarked(ip) || (reportedMs.get(ip) ?? Number.NEGATIVE_INFINITY) > it.atMs - dayMs;
    const next = goesOn && !isFound ? { ...streak, last: it } : { sinceMs: it.atMs, last: it, reported: false };
    const isLate = it.atMs - next.sinceMs >= foundMs && !next.reported;
    if (isLate) report("blocks found", `${ip} of ${pool.draw.name} has been blocked for 20 minutes`);
    streaks.set(ip, { ...next, reported: next.reported || isLate });
  };
  onAsked((it) => {
    if (it.by !== "own") return;
    const { last } = streaks.get(it.sourceIp) ?? {};
    // A round may ask from one address in two ways.
    if (last && it.atMs - last.atMs <= roundMs && it.worse) return;
    if (it.worse) follow(it.sourceIp, it);
    else streaks.delete(it.sourceIp);
  });
  return {
    forget() {
      memorySinceMs = account.region.clock.now();
      streaks.clear();
    },
  };
}

function isFindable({ sinceMs, last }: Streak, asked: readonly Asked[], memorySinceMs: number): boolean {
  const witnesses = witnessesOf(last, asked).filter(({ by, partnerIp }) => {
    if (by === "own") return partnerIp === last.partnerIp;
    const letIn = asked.findLast((it) => it.by === "own" && it.letIn);
    return last.silent && letIn !== undefined && letIn.atMs > Math.max(memorySinceMs, last.atMs - hourMs);
  });
  const others = asked.filter((it) => it.by === "own" && (it.sourceIp !== last.sourceIp || it.atMs < sinceMs));
  const refused = others.filter(({ letIn }) => !letIn).length;
  return witnesses.length > 0 && refused <= mostSlips * others.length;
}
