/**
 * What the support of a partner reads: which of our addresses are refused, since when, what the others got, and the ids
 * by which to find each request. Pure. No word of Holdfast's own, and nothing about other partners.
 */
import type { Evidence, OtherAnswer } from "../../src/probing/evidence.ts";
import { groupBy } from "../../src/probing/findings.ts";
import { idNames } from "../../src/probing/incident.ts";
import type { Part } from "./document.ts";
import type { Partner, RefusedAddress } from "./refusals.ts";

type Outcome = Pick<Evidence, "status" | "failure">;

/** Returns a subject that says which address it is about. */
export function subjectOf(partner: Partner): string {
  const addresses = addressesOf(partner);
  const which =
    addresses.length === 1 ? `Our IP address ${addresses[0]} is` : `${addresses.length} of our IP addresses are`;
  return `${which} refused by ${hostsOf(partner)}`;
}

/** Returns what is asked of the partner, before all details. */
export function introduction(partner: Partner): Part[] {
  const addresses = addressesOf(partner);
  const one = addresses.length === 1;
  return [
    {
      kind: "text",
      text:
        `${hostsOf(partner)} refuses requests from ${one ? "this IP address" : "these IP addresses"} of ours` +
        `${witnesses(partner)} Please check whether ${one ? "it is" : "they are"} on a block list or missing from a list ` +
        `of allowed addresses, and let ${one ? "it" : "them"} in, or let us know the cause. All times are in UTC.`,
    },
    { kind: "list", items: addresses },
  ];
}

/** Returns one section for each request that is refused. */
export function details({ refused }: Partner): Part[] {
  const byRequest = groupBy(refused, ({ method, url }) => `${method} ${url}`);
  return [...byRequest].flatMap(([request, here]): Part[] => {
    const byMoment = groupBy(here, ({ lastRefused }) => lastRefused);
    const rows = here.map((it) => [it.address, utc(it.firstRefused), utc(it.lastRefused), `${it.refusedRequests}`]);
    const earlier = here.filter(({ maybeEarlier }) => maybeEarlier).map(({ address }) => address);
    return [
      { kind: "heading", level: 2, text: request },
      { kind: "table", head: ["refused address", "first refused (UTC)", "last refused (UTC)", "recorded"], rows },
      ...text(earlier, `Requests before were not looked at: ${earlier.join(", ")} may have been refused earlier.`),
      ...[...byMoment.values()].flatMap(momentOf),
      ...list("Refused before:", here.flatMap(beforeOf)),
    ];
  });
}

/** What was refused last at one moment, and what all others got then. */
function momentOf(refused: readonly RefusedAddress[]): Part[] {
  const [first] = refused;
  if (!first) return [];
  const all = [...refused.map((it) => answerOf(it)), ...first.latest.others];
  const byAddress = new Map(all.map((it) => [`${it.address} ${outcome(it)}`, it]));
  const rows = [...byAddress.values()].map((it) => [
    it.ours ? it.address : `${it.address} (of AWS, not ours)`,
    outcome(it),
    it.accepted ? "yes" : "no",
  ]);
  const ids = [...byAddress.values()].flatMap((it) => idsOf(it.ids).map((id) => `${it.address}: ${id}`));
  const known = new Set(Object.values(first.latest.ids));
  const headers = Object.entries(first.latest.headers).filter(([, value]) => !known.has(value));
  return [
    { kind: "heading", level: 3, text: `At ${utc(first.lastRefused)} UTC` },
    { kind: "table", head: ["from", "answer", "accepted"], rows },
    ...list("IDs in the answers, to find the requests in your logs:", ids),
    ...list(
      `Headers of the answer to ${first.address}:`,
      headers.map(([name, value]) => `${name}: ${value}`),
    ),
  ];
}

const answerOf = ({ address, latest }: RefusedAddress): OtherAnswer => {
  const { status, failure, ids } = latest;
  return { address, ours: true, accepted: false, status, failure, ids };
};

function beforeOf({ address, earlier }: RefusedAddress): string[] {
  return earlier.map((it) => [`${address}, ${utc(it.at)} UTC: ${outcome(it)}`, ...idsOf(it.ids)].join("; "));
}

/** Who was let in while these were not. */
function witnesses(partner: Partner): string {
  const refused = new Set(addressesOf(partner));
  const accepted = partner.refused.flatMap(({ latest }) => latest.others.filter((it) => it.accepted));
  const others = accepted.filter(({ ours, address }: OtherAnswer) => ours && !refused.has(address));
  if (others.length > 0) return ", while the same requests from others of our IP addresses are accepted.";
  if (accepted.some(({ ours }) => !ours))
    return ", while the same requests from an IP address of AWS that is not ours are accepted.";
  return ".";
}

const text = (about: readonly string[], text: string): Part[] => (about.length === 0 ? [] : [{ kind: "text", text }]);
const list = (title: string, items: readonly string[]): Part[] =>
  items.length === 0 ? [] : [...text(items, title), { kind: "list", items }];

const names: Readonly<Record<string, string>> = idNames;
const idsOf = (ids: Evidence["ids"]): string[] =>
  Object.entries(ids).map(([name, id]) => `${names[name] ?? name} ${id}`);

/** What happened where there was no answer, by how far the request came. */
const phases: Readonly<Record<string, string>> = {
  dns: "name not resolved",
  connect: "no connection",
  tls: "no TLS handshake",
  "first-byte": "no answer",
};
const codes: Readonly<Record<string, string>> = {
  TIMEOUT: "timed out",
  ECONNREFUSED: "refused",
  ECONNRESET: "reset",
};

function outcome({ status, failure = "" }: Outcome): string {
  if (status !== undefined) return `status ${status}`;
  const [phase = "", code = ""] = failure.split(" ");
  return `${phases[phase] ?? phase}: ${codes[code] ?? code}`;
}

const utc = (time: string): string => time.slice(0, 19).replace("T", " ");

const unique = (all: readonly string[]): string[] => [...new Set(all)];
const addressesOf = ({ refused }: Partner): string[] => unique(refused.map(({ address }) => address));
const hostsOf = ({ refused }: Partner): string => unique(refused.map(({ url }) => new URL(url).host)).join(", ");
