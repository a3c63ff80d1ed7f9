/** Holdfast's own events in words: what happened, why, and by which row of the decision table. Pure. */
import type { DomainEvent } from "../../src/telemetry/model.ts";
import type { Entry } from "./model.ts";

/** An entry before it gets its place in the time line. */
export type Draft = Omit<Entry, "id">;

/** Names for people: of an address its public IP, of a subnet its zone. Others are shortened. */
export type Naming = (id: string) => string | undefined;

/** Why relocation acts, by its table's row (src/relocation/plan.ts). */
const relocationRows: Readonly<Record<number, string>> = {
  2: "An interface that carries traffic had no address, and a clean spare was waiting.",
  3: "An interface that carries traffic had no address; this one sat where nobody needs it any more.",
  4: "An interface that carries traffic has no address, and none is left.",
  5: "The address is refused by a partner, and a clean spare was waiting. The refused one is under suspicion now.",
  6: "The address is not the pool's: it is left alone.",
  7: "A new interface gets its address before traffic moves there: make before break.",
  9: "Nobody uses that interface any more, and running connections have had their time to end.",
  10: "The function's last update failed: everything stays as it is.",
};

/** Why fallback acts, by its table's row (src/fallback/plan.ts). */
const fallbackRows: Readonly<Record<number, string>> = {
  3: "The alarm is raised, and no clean spare can cure it.",
  5: "The gateway failed: it is removed before another is made.",
  6: "The last gateway failed, and there are attempts left.",
  7: "The gateway is available: the route tables take it, one after the other.",
  10: "The alarm is quiet and the hold is over. One table returns at a time, and must prove itself.",
  11: "Refused again after its return: back behind the gateway, and the next hold is twice as long.",
  12: "All traffic goes direct again and the grace time is over: the gateway would only cost money.",
  13: "The pool keeps a gateway ready.",
  14: "The route led to a gateway that carries nothing.",
  15: "One gateway is enough.",
  16: "The operator wants it direct.",
};

interface Words {
  readonly what: string;
  readonly why: string;
  readonly tone: Entry["tone"];
}

type Detail = DomainEvent["detail"];

/** What to say of each type of event. `n` names an id. */
const phrases: Readonly<Record<DomainEvent["type"], (detail: Detail, n: (id: unknown) => string) => Words>> = {
  AddressRelocated: (d, n) => ({
    what: `${n(d["publicIp"])} → ${n(d["networkInterfaceId"])} in ${n(d["subnetId"])}${d["replaces"] ? `, in place of ${n(d["replaces"])}` : `. ${gap(d)}`}`,
    why: relocationRows[Number(d["row"])] ?? "",
    tone: "good",
  }),
  AddressScouted: (d) => ({
    what: `${d["publicIp"]} is tried out on the scout`,
    why: "It waits: the partners are asked from it before production depends on it.",
    tone: "plain",
  }),
  AddressReleased: (d, n) => ({
    what: `${n(d["allocationId"])} is a spare again, taken off ${n(d["networkInterfaceId"])}`,
    why: relocationRows[9] ?? "",
    tone: "plain",
  }),
  AddressBlocked: (d, n) => ({
    what: `${n(d["publicIp"])} is refused by ${targetsOf(d)}`,
    why: "Enough rounds agree, and other addresses get through: it is this address that is blocked.",
    tone: "bad",
  }),
  AddressCleared: (d, n) => ({
    what: `${n(d["publicIp"])} is accepted again`,
    why: "Enough rounds got through with it.",
    tone: "good",
  }),
  SpareRefused: (d, n) => ({
    what: `${n(d["publicIp"])}, which waits, is refused by a partner`,
    why: "The scout tried it out before anybody depended on it. It is under suspicion now.",
    tone: "bad",
  }),
  SpareVerified: (d, n) => ({
    what: `${n(d["publicIp"])} was tried out and found clean`,
    why: "The scout asked the partners with it, while it waited.",
    tone: "good",
  }),
  AddressShortage: (d, n) => ({
    what:
      d["finding"] === "blocked"
        ? `${n(d["networkInterfaceId"])} keeps its refused address: no clean spare is left`
        : `${n(d["networkInterfaceId"])} has no address, and none is left`,
    why: d["finding"] === "blocked" ? "Relocation can do no more; fallback is next." : (relocationRows[4] ?? ""),
    tone: "bad",
  }),
  EgressLost: (d) => ({
    what: `No way out from ${String(d["vantage"])}`,
    why: "Its probe gets no answer from anywhere. Where no function lives there is no address, and none is needed.",
    tone: "warning",
  }),
  FallbackEntered: (d, n) => ({
    what: `Fallback: all traffic leaves by ${n(d["publicIp"])}`,
    why: `Because: ${String(d["because"])}.`,
    tone: "warning",
  }),
  FallbackLeft: (d) => ({
    what: `Direct again: ${String(d["text"] ?? "fallback is over")}`,
    why: `Because: ${String(d["because"])}.`,
    tone: "good",
  }),
  FallbackCost: (d) => ({ what: String(d["text"] ?? "Fallback goes on"), why: "", tone: "warning" }),
  FallbackFailed: (d) => ({
    what: `Fallback reports: ${String(d["finding"] ?? d["code"] ?? "a call failed")}`,
    why: String(d["remedy"] ?? d["message"] ?? ""),
    tone: d["code"] === "Unverified" ? "warning" : "bad",
  }),
  NatGatewayCreated: (d, n) => ({
    what: `A NAT gateway is being made with ${n(d["allocationId"])}, at $${String(d["priceUsdPerHour"])} an hour`,
    why: fallbackRows[Number(d["row"])] ?? "",
    tone: "warning",
  }),
  NatGatewayDeleted: (d, n) => ({
    what: `${n(d["natGatewayId"])} is deleted`,
    why: fallbackRows[Number(d["row"])] ?? "",
    tone: "good",
  }),
  RouteReplaced: (d, n) => ({
    what: `${list(d["subnetIds"]).map(n).join(", ")}: default route → ${routeTarget(d["to"])}`,
    why: fallbackRows[Number(d["row"])] ?? "",
    tone: routeTarget(d["to"]) === "internet gateway" ? "good" : "warning",
  }),
  ForeignAddressFound: (d, n) => ({
    what: `An address that is not the pool's, or one of the pool's elsewhere: ${n(d["networkInterfaceId"])}`,
    why: relocationRows[6] ?? "",
    tone: "bad",
  }),
  FunctionAttached: (d) => ({
    what: `${String(d["functionName"])} is attached to the pool's network`,
    why: `${String(d["refused"])} of ${String(d["tests"])} tests were refused on Lambda's shared addresses.`,
    tone: "good",
  }),
  AttachFailed: (d) => ({
    what: `Attaching reports: ${String(d["finding"] ?? d["code"])}${d["functionName"] ? ` of ${String(d["functionName"])}` : ""}`,
    why: String(d["remedy"] ?? d["message"] ?? ""),
    tone: "bad",
  }),
  MemberMissing: (d) => ({
    what: `The configuration names ${String(d["member"])}, which does not exist`,
    why: "",
    tone: "warning",
  }),
  MemberOutsideNetwork: (d, n) => ({
    what: `${n(d["functionArn"])} uses ${n(d["subnetId"])}, which is not the pool's`,
    why: "Its traffic from there has no fixed address.",
    tone: "warning",
  }),
  MemberUpdateFailed: (d, n) => ({
    what: `The update of ${n(d["functionArn"])} failed: ${String(d["reason"])}`,
    why: relocationRows[10] ?? "",
    tone: "bad",
  }),
  OverrideSet: (d) => ({
    what: `The operator's override: ${String(d["value"] ?? d["finding"])}`,
    why: "An override wins over the tables.",
    tone: "warning",
  }),
  RelocationFailed: (d, n) => ({
    what: `Relocation failed: ${String(d["code"] ?? n(d["networkInterfaceId"]))}`,
    why: String(d["message"] ?? d["reason"] ?? ""),
    tone: "bad",
  }),
  TargetDown: (d) => ({
    what: `${String(d["target"])} answers nobody`,
    why: "No address can cure that: nothing is moved.",
    tone: "warning",
  }),
  UnprobedInterfaces: () => ({
    what: "Interfaces carry an address and no probe shares them",
    why: "A block there would go unseen. Probes follow where they can.",
    tone: "warning",
  }),
};

/** Events of which the table's row is fallback's. */
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

function gap({ gapSeconds }: Detail): string {
  if (gapSeconds === undefined) return "For how long it was without egress is not known";
  return gapSeconds === 0 ? "No second without egress" : `At most ${String(gapSeconds)} s without egress`;
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
