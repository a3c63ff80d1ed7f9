/** What the canary has logged of partners that refuse an address, by partner and address. Pure. */
import { evidenceMessage } from "../../src/probing/canary.ts";
import type { Evidence, OtherAnswer } from "../../src/probing/evidence.ts";
import { groupBy } from "../../src/probing/findings.ts";

/** One record as the canary logs it. */
export interface RefusalRecord {
  readonly pool: string;
  readonly targetName: string;
  readonly evidence: Evidence & { readonly address: string };
}

/** All refusals of one partner. The names of its fields are what a partner reads in `--json`. */
export interface Partner {
  /** The target's name in the configuration. */
  readonly name: string;
  readonly refused: readonly RefusedAddress[];
}

export interface RefusedAddress {
  readonly address: string;
  readonly method: string;
  readonly url: string;
  readonly firstRefused: string;
  /** The first one stands at the beginning of what was looked at. */
  readonly maybeEarlier: boolean;
  readonly lastRefused: string;
  readonly refusedRequests: number;
  /** The latest request. */
  readonly latest: RefusedRequest;
  /** Some before, the latest first; the first of all is among them. */
  readonly earlier: readonly Omit<RefusedRequest, "headers" | "others">[];
}

export interface RefusedRequest extends Pick<Evidence, "status" | "failure" | "ids" | "headers"> {
  readonly at: string;
  /** What every other address got at the same moment. */
  readonly others: readonly OtherAnswer[];
}

/** How many of the latest requests are shown, besides the first. */
const shownRequests = 4;
/** Refusals as near to the beginning may have begun before: more than one pause between two requests. */
const beginningMs = 2 * 60_000;

/** Returns the record of a line; none for a line of another shape. */
export function parseRecord(line: string): RefusalRecord[] {
  try {
    const record = JSON.parse(line) as RefusalRecord & { message?: string };
    const { message, evidence } = record;
    return message === evidenceMessage && evidence?.address && Array.isArray(evidence.others) ? [record] : [];
  } catch {
    return [];
  }
}

/** Returns the partners by name, and of each the addresses that it refused last first. */
export function partnersOf(records: readonly RefusalRecord[], fromMs: number): Partner[] {
  const byName = groupBy(records, ({ targetName }) => targetName);
  return [...byName]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, here]) => {
      const requests = here.map(({ evidence }) => evidence);
      const byAddress = groupBy(requests, ({ address, method, target }) => `${address} ${method} ${target}`);
      const refused = [...byAddress.values()].map((all) => refusedAddress(all, fromMs));
      return { name, refused: refused.sort((a, b) => (a.lastRefused > b.lastRefused ? -1 : 1)) };
    });
}

function refusedAddress(all: readonly RefusalRecord["evidence"][], fromMs: number): RefusedAddress {
  const inTime = [...all].sort((a, b) => (a.observed > b.observed ? -1 : 1));
  const [latest, oldest] = [inTime[0], inTime.at(-1)] as [RefusalRecord["evidence"], RefusalRecord["evidence"]];
  const firstRefused = all.map(({ firstSeen }) => firstSeen).sort()[0] ?? oldest.firstSeen;
  const firstMs = Date.parse(firstRefused);
  const before = inTime.slice(1, shownRequests);
  if (inTime.length > shownRequests) before.push(oldest);
  const { address, method, target: url, status, failure, ids, headers, others } = latest;
  return {
    ...{ address, method, url, firstRefused },
    maybeEarlier: firstMs >= fromMs && firstMs - fromMs < beginningMs,
    lastRefused: latest.observed,
    refusedRequests: inTime.length,
    latest: { at: latest.observed, status, failure, ids, headers, others },
    earlier: before.map((it) => ({ at: it.observed, status: it.status, failure: it.failure, ids: it.ids })),
  };
}
