/** Holdfast's own events in words: what happened, why, and by which row of the decision table. Pure. */
import { reasonOf as fallbackReason } from "../../src/fallback/rows.ts";
import { reasonOf as relocationReason } from "../../src/relocation/rows.ts";
import type { DomainEvent } from "../../src/telemetry/model.ts";
import type { Entry } from "./model.ts";

/** An entry before it gets its place in the time line. */
export type Draft = Omit<Entry, "id">;

/** Names for people: of an address its public IP, of a subnet its zone. Others are shortened. */
export type Naming = (id: string) => string | undefined;

interface Words {
  readonly what: string;
  readonly why: string;
  readonly tone: Entry["tone"];
}

type Detail = DomainEvent["detail"];
/** Names an id for people. */
type Name = (id: unknown) => string;
type Phrase = (detail: Detail, n: Name) => Words;

/** Returns the phrase for a finding, which has its own text and remediation, or for a failed call of `part`. */
function problem(part: string, tone: Entry["tone"]): Phrase {
  return (d, n) => {
    const words = (key: string) => named(String(d[key] ?? ""), n);
    if (d["finding"] !== undefined) {
      return { what: sentence(words("text") || String(d["finding"])), why: sentence(words("remediation")), tone };
    }
    const message = words("message");
    if (d["code"] !== "Unverified") return { what: `${part}: ${String(d["code"])}`, why: message, tone };
    // AWS shows a change some seconds after it has accepted it: no failure yet.
    const why = "A change can take a while to be seen. The next run looks again.";
    return { what: `${part} waits to see a change: ${message}`, why, tone: "warning" };
  };
}

/** The words for each type of event. */
const phrases: Readonly<Record<DomainEvent["type"], Phrase>> = {
  AddressRelocated: (d, n) => ({
    what: `${n(d["publicIp"])} → ${n(d["networkInterfaceId"])} in ${n(d["subnetId"])}${d["replaces"] ? `, replacing ${n(d["replaces"])}` : `. ${gap(d)}`}`,
    why: sentence(relocationReason(Number(d["row"]))),
    tone: "good",
  }),
  AddressScouted: (d) => ({
    what: `${d["publicIp"]} is verified on the scout`,
    why: "The scout asks the partners from it before production depends on it.",
    tone: "plain",
  }),
  AddressReleased: (d, n) => ({
    what: `${n(d["allocationId"])} is a spare again, disassociated from ${n(d["networkInterfaceId"])}`,
    why: sentence(relocationReason(9)),
    tone: "plain",
  }),
  AddressBlocked: (d, n) => ({
    what: `${n(d["publicIp"])} is blocked by ${targetsOf(d)}`,
    why: "Enough rounds agree, and other addresses are accepted at the same time: so the address is blocked.",
    tone: "bad",
  }),
  AddressDiffers: (d, n) => ({
    what: `${n(d["publicIp"])} is treated worse by ${targetsOf(d)}`,
    why: d["trial"]
      ? "Other addresses are accepted at the same time, and the answer does not say why: a spare takes its place, and the scout tries it out."
      : "Whether the address is to blame is not known, so nothing is changed.",
    tone: "bad",
  }),
  AddressCleared: (d, n) => ({
    what: `${n(d["publicIp"])} is accepted again`,
    why: "Enough rounds were accepted.",
    tone: "good",
  }),
  PoolRefused: (d, n) => {
    const [only, ...others] = [d["publicIps"]].flat();
    const isOne = only !== undefined && others.length === 0;
    return {
      what: `${String(d["target"])} keeps out ${isOne ? `${n(only)}, and no other address asked it` : "all addresses of the pool"}`,
      why: `It lets others in, or let ${isOne ? "it in until now: whether a spare would help is not known" : "these in until now: a spare does not help"}.`,
      tone: "bad",
    };
  },
  SpareRefused: (d, n) => ({
    what: `The spare ${n(d["publicIp"])} is blocked by ${targetsOf(d)}`,
    why: "The scout detected it before production depended on it. The address is suspect now.",
    tone: "bad",
  }),
  SpareVerified: (d, n) => ({
    what: `${n(d["publicIp"])} is verified clean`,
    why: "The scout asked the partners from it.",
    tone: "good",
  }),
  AddressShortage: problem("Relocation", "bad"),
  AddressLost: problem("Relocation", "bad"),
  EgressLost: (d) => ({
    what: `No egress from ${String(d["vantage"])}`,
    why:
      d["vantage"] === "scout"
        ? "Its probe reaches nothing. No function is cut off, but spares are not verified meanwhile."
        : "Its probe reaches nothing. A zone without functions has no address, and needs none.",
    tone: "warning",
  }),
  FallbackEntered: (d, n) => ({
    what: `Failover: all traffic leaves from ${n(d["publicIp"])}, through the NAT gateway`,
    why: `Cause: ${String(d["because"])}.`,
    tone: "warning",
  }),
  FallbackLeft: (d) => ({
    what: `Failback: all traffic is direct again${d["text"] ? `; ${String(d["text"])}` : ""}`,
    why: `Cause: ${String(d["because"])}.`,
    tone: "good",
  }),
  FallbackCost: (d) => ({ what: sentence(String(d["text"] ?? "Fallback continues")), why: "", tone: "warning" }),
  FallbackFailed: problem("Fallback", "bad"),
  NatGatewayCreated: (d, n) => ({
    what: `A NAT gateway is being created with ${n(d["allocationId"])}, at $${String(d["priceUsdPerHour"])} an hour`,
    why: sentence(fallbackReason(Number(d["row"]))),
    tone: "warning",
  }),
  NatGatewayDeleted: (d, n) => ({
    what: `The NAT gateway ${n(d["natGatewayId"])} is deleted`,
    why: sentence(fallbackReason(Number(d["row"]))),
    tone: "good",
  }),
  RouteReplaced: (d, n) => ({
    what: `${list(d["subnetIds"]).map(n).join(", ")}: default route → ${routeTarget(d["to"])}`,
    why: sentence(fallbackReason(Number(d["row"]))),
    tone: routeTarget(d["to"]) === "internet gateway" ? "good" : "warning",
  }),
  ForeignAddressFound: problem("Relocation", "bad"),
  FunctionAttached: (d) => ({
    what: `${String(d["functionName"])} is attached to the pool's network`,
    why: `Partners refused ${String(d["refused"])} of ${String(d["tests"])} tests from Lambda's shared addresses.`,
    tone: "good",
  }),
  AttachFailed: problem("Attaching", "bad"),
  MemberMissing: problem("Relocation", "warning"),
  MemberOutsideNetwork: problem("Relocation", "warning"),
  MemberUpdateFailed: problem("Relocation", "bad"),
  OverrideSet: problem("Override", "warning"),
  RelocationFailed: problem("Relocation", "bad"),
  TargetDown: (d) => ({
    what: `${String(d["target"])} answers no vantage`,
    why: "Another address does not help, so none is moved.",
    tone: "warning",
  }),
  ProbeFailed: problem("The canary", "bad"),
  TargetRefused: problem("The canary", "bad"),
  CertificateExpires: problem("The canary", "bad"),
  UnprobedInterfaces: () => ({
    what: "Interfaces with an address are not probed",
    why: "A block there would go undetected. Holdfast moves a probe there where it can.",
    tone: "warning",
  }),
};

/** Events whose row is one of fallback's table. */
const ofFallback = new Set<DomainEvent["type"]>(["NatGatewayCreated", "NatGatewayDeleted", "RouteReplaced"]);

/** The event as a line of the time line. */
export function entryOf({ type, timeMs, detail }: DomainEvent, naming: Naming): Draft {
  const n = (id: unknown) => naming(String(id)) ?? shortName(String(id));
  const words = phrases[type](detail, n);
  const row = detail["row"] ?? (type === "AddressReleased" ? 9 : undefined);
  const table = ofFallback.has(type) ? "fallback" : type === "FunctionAttached" ? "attaching" : "relocation";
  const pool = String(detail["pool"] ?? "");
  return { ...words, atMs: timeMs, who: "holdfast", pool, row: row === undefined ? undefined : `${table} row ${row}` };
}

/** Ids are long and differ at their end; of an ARN the name matters. */
export function shortName(id: string): string {
  if (id.startsWith("arn:")) return id.split(":").at(-1) ?? id;
  const [, kind, rest] = /^([a-z]+)-([0-9a-f]{8,})$/.exec(id) ?? [];
  return kind && rest ? `${kind}-…${rest.slice(-4)}` : id;
}

/** Names the ids in a text. */
function named(text: string, n: Name): string {
  return text.replace(/\b[a-z]+-[0-9a-f]{8,}\b/g, n);
}

function sentence(clause: string): string {
  return clause === "" ? "" : `${clause.charAt(0).toUpperCase()}${clause.slice(1)}.`;
}

function gap({ gapSeconds }: Detail): string {
  if (gapSeconds === undefined) return "Time without egress unknown";
  return gapSeconds === 0
    ? "No time without egress"
    : `At most ${Number(Number(gapSeconds).toFixed(1))} s without egress`;
}

function targetsOf({ blocks }: Detail): string {
  const names = list(blocks).map((it) => String((it as { target?: string }).target));
  return names.length > 0 ? [...new Set(names)].join(", ") : "a partner";
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function routeTarget(to: unknown): string {
  return (to as { kind?: string } | undefined)?.kind === "nat" ? "NAT gateway" : "internet gateway";
}
