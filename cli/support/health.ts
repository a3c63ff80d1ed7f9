/**
 * How a pool is: the one answer for `status`, the console and scripts, from what AWS shows now and what the last minutes'
 * probes found. Pure. The first line that fits wins:
 *
 *  #  what is seen                                                      headline
 *  1  nothing leaves by any interface of a function                     DOWN
 *  2  a partner refuses every address by which a function leaves        DOWN
 *  3  no round of the canary for three minutes, or from no zone         UNKNOWN
 *  4  nothing leaves by one interface of a function, among others       DEGRADED
 *  5  a partner refuses one address by which a function leaves          DEGRADED
 *  6  no run of relocation or of fallback for five of its intervals     DEGRADED
 *  7  a route points to the NAT gateway                                 DEGRADED
 *  8  a partner answers from no address                                 DEGRADED
 *  9  an address is not the pool's any more                             DEGRADED
 * 10  a partner refuses an address by which no function leaves          DEGRADED
 * 11  an operator's override                                            DEGRADED
 * 12  any other finding that is more than a note                        DEGRADED
 * 13  a raised alarm that none of these explains                        DEGRADED
 * 14  none of these                                                     OK
 *
 * Rows 1 and 2 rest on what AWS shows now, and on the canary only where its last round is younger than row 3 allows: what
 * is certain is said although the probes are silent. Deployments, drains and waits are no row: as long as every interface in
 * use has its address, they are `doing` of a pool that is OK.
 */
import { activeSinceMs } from "../../src/fallback/history.ts";
import { addressStates } from "../../src/relocation/address-states.ts";
import type { Headline } from "../../src/telemetry/headline.ts";
import { type Attention, bySeverity, ofPart } from "./attention.ts";
import { type CanarySaid, recentMs } from "./canary-log.ts";
import { type Doing, doingOf } from "./doing.ts";
import { type PoolView, poolAttention } from "./observe-pool.ts";
import { type Shut, type Way, waysOf } from "./ways.ts";

/** When a part last published anything of a pool; undefined where it has not within the hours that were read. */
export interface Heartbeats {
  readonly relocation: number | undefined;
  readonly probing: number | undefined;
  readonly fallback: number | undefined;
}

/** A raised alarm, by the id of its section in docs/runbook.md. */
export interface RaisedAlarm {
  readonly id: string;
  readonly sinceMs: number | undefined;
}

/** What a pool's health is seen from. */
export interface HealthFacts {
  readonly view: PoolView;
  readonly canary: CanarySaid;
  readonly heartbeats: Heartbeats;
  readonly raised: readonly RaisedAlarm[];
  /** By public address: which partners refused it when it was marked, where the last round does not say it. */
  readonly refusedBy: ReadonlyMap<string, readonly string[]>;
}

export interface Health {
  /** Undefined: what all pools share. */
  readonly pool: string | undefined;
  readonly headline: Headline;
  /** Of the table above. */
  readonly row: number;
  /** Who cannot reach whom, in a few words. */
  readonly summary: string;
  readonly functions: readonly string[];
  readonly partners: readonly string[];
  readonly why: string;
  /** `atLatest`: when an alarm or a mark says so, which comes after the beginning. */
  readonly since?: { readonly atMs: number; readonly atLatest?: true } | undefined;
  readonly doing: Doing | undefined;
  /** What the operator can do. */
  readonly todo?: string | undefined;
}

/** Sweeps without one of relocation's, or minutes without a run of fallback's, as their alarms count them. */
const silentRuns = 5;

type Found = Omit<Health, "pool" | "row" | "doing">;

/** Facts with what follows from them, looked at by several rows. */
interface Seen extends HealthFacts {
  readonly ways: readonly Way[];
  readonly attention: readonly (Attention & { readonly target?: string; readonly vantage?: string })[];
}

export function healthOf(facts: HealthFacts): Health {
  const { view, canary } = facts;
  const seen: Seen = {
    ...facts,
    ways: waysOf(view, canary),
    attention: [...poolAttention(view), ...canary.attention],
  };
  const silent = silentPart(facts);
  // What a part that does not run would do is not done.
  const doing = silent ? { text: `does nothing: ${silent.part} does not run` } : doingOf(view);
  for (const [index, look] of rows.entries()) {
    const found = look(seen);
    if (found) return { pool: view.pool.name, row: index + 1, doing, ...found };
  }
  return { pool: view.pool.name, row: rows.length + 1, doing, ...fine(seen) };
}

/** Returns what raised alarms that all pools share make of a deployment; undefined without any. */
export function sharedHealth(raised: readonly RaisedAlarm[]): Health | undefined {
  const found = alarmRaised(raised);
  return found && { pool: undefined, row: 13, doing: undefined, ...found };
}

const rows: readonly ((seen: Seen) => Found | undefined)[] = [
  cutOff,
  keptOut,
  unseen,
  partlyCutOff,
  partlyKeptOut,
  unattended,
  onNat,
  partnerDown,
  addressLost,
  addressRefused,
  overridden,
  otherwise,
  ({ raised }) => alarmRaised(raised),
];

function fine({ ways }: Seen): Found {
  const functions = namesIn(ways);
  const summary =
    functions.length === 0
      ? "no function sends through the pool now"
      : `${listed(functions)} ${functions.length === 1 ? "reaches its" : "reach their"} partners`;
  return { headline: "OK", summary, functions, partners: [], why: "every interface in use has an address" };
}

/** Row 1. */
function cutOff(seen: Seen): Found | undefined {
  const { ways } = seen;
  const functions = namesIn(ways).filter((name) => waysOfFunction(ways, name).every((it) => it.shut !== undefined));
  if (functions.length === 0) return undefined;
  return shutFound(seen, "DOWN", functions, `${listed(functions)} cannot reach anything`);
}

/** Row 4. */
function partlyCutOff(seen: Seen): Found | undefined {
  const shut = seen.ways.filter((it) => it.shut !== undefined);
  if (shut.length === 0) return undefined;
  const functions = namesIn(shut);
  const places = listed([...new Set(shut.map(({ vantage }) => vantage))]);
  const calls = functions.length > 0 ? `, where ${listed(functions)} may run` : "";
  return shutFound(seen, "DEGRADED", functions, `nothing can be reached from ${places}${calls}`);
}

function shutFound(seen: Seen, headline: Headline, functions: readonly string[], summary: string): Found {
  const shut = seen.ways.filter((it) => it.shut !== undefined && it.functions.some((name) => functions.includes(name)));
  const cause = causeOf(seen, cutOffCauses);
  return {
    headline,
    summary,
    functions,
    partners: [],
    why: whyShut(
      shut.flatMap((it) => it.shut ?? []),
      cause,
    ),
    since: sinceAlarm(seen, cutOffAlarms),
    todo: resumeOr(seen, cause?.remediation ?? "npx holdfast doctor looks for what blocks the way"),
  };
}

function whyShut(reasons: readonly Shut[], cause: Attention | undefined): string {
  const on = (kind: Shut["kind"]) => [...new Set(reasons.flatMap((it) => (it.kind === kind ? [it.on] : [])))];
  const gateways = [...new Set(reasons.flatMap((it) => (it.kind === "dead-route" ? [it.natGatewayId] : [])))];
  const phrase = (names: readonly string[], text: string) =>
    names.length > 0 ? [`${listed(names)} ${names.length === 1 ? "has" : "have"} ${text}`] : [];
  const phrases = [
    ...phrase(on("no-address"), "no address"),
    ...phrase(on("no-route"), "no default route"),
    ...phrase(on("dead-route"), `a route to ${listed(gateways)}, which carries nothing`),
    ...phrase(on("no-answer"), "an address, and a probe that reaches nothing"),
  ];
  // What the phrases say already is not said again.
  const more = cause?.id === "shortage" ? "no spare is left" : cause?.id === "no-egress" ? undefined : cause?.text;
  return [listed(phrases), ...(more === undefined ? [] : [more])].join("; ");
}

const cutOffCauses = [
  ...["shortage", "conflict", "refused", "address-lost", "no-default-route", "gateway-failed", "gateway-overdue"],
  ...["no-internet-gateway", "nat-subnet-unrouted", "nat-subnet-in-pool", "displaced", "no-egress"],
];
const cutOffAlarms = ["no-egress", "egress-problem", "shortage", "conflict", "relocation-problem"];

/** Row 2. */
function keptOut(seen: Seen): Found | undefined {
  const { ways, attention, view } = seen;
  const open = ways.filter((it) => it.shut === undefined);
  const refusedPool = attention.flatMap(({ id, target }) => (id === "pool-refused" && target ? [target] : []));
  const own = new Set(view.relocation.observed.addresses.map(({ publicIp }) => publicIp));
  // On NAT, what the partner makes of the pool's own addresses is not met by anybody.
  if (refusedPool.length > 0 && open.some(({ publicIp = "" }) => own.has(publicIp))) {
    const functions = namesIn(open);
    const why = `${listed(refusedPool)} lets others in, or let these addresses in until now`;
    return refusedFound(seen, "DOWN", functions, refusedPool, addressesOf(open), why);
  }
  const helpless = view.fallback?.plan.findings.find(({ kind }) => kind === "not-helping");
  if (helpless) {
    const partners = partnersOf(seen, blockedIps(view));
    const why = "the partner refuses the fallback address too";
    return refusedFound(seen, "DOWN", namesIn(open), partners, addressesOf(open), why);
  }
  const blocked = new Set(blockedIps(view));
  const isRefused = ({ publicIp }: Way) => publicIp !== undefined && blocked.has(publicIp);
  const functions = namesIn(open).filter((name) => waysOfFunction(open, name).every(isRefused));
  if (functions.length === 0) return undefined;
  const addresses = addressesOf(open.filter((it) => it.functions.some((name) => functions.includes(name))));
  return refusedFound(seen, "DOWN", functions, partnersOf(seen, addresses), addresses);
}

/** Row 5. */
function partlyKeptOut(seen: Seen): Found | undefined {
  const blocked = new Set(blockedIps(seen.view));
  const refused = seen.ways.filter(({ publicIp }) => publicIp !== undefined && blocked.has(publicIp));
  if (refused.length === 0) return undefined;
  const addresses = addressesOf(refused);
  return refusedFound(seen, "DEGRADED", namesIn(refused), partnersOf(seen, addresses), addresses);
}

function refusedFound(
  seen: Seen,
  headline: Headline,
  functions: readonly string[],
  partners: readonly string[],
  addresses: readonly string[],
  why?: string,
): Found {
  const { view } = seen;
  const cause = causeOf(seen, ["not-helping", "pool-refused", "blocked", "refused-now"]);
  const spare = hasSpare(view) ? "" : ", and no clean spare is left";
  const who = listed(functions);
  const calls = headline === "DOWN" ? `${who} cannot reach` : `part of the calls of ${who} cannot reach`;
  return {
    headline,
    summary: `${calls} ${partnerNames(partners)}`,
    functions,
    partners,
    why: why ?? `${partnerNames(partners)} refuses ${listed(addresses)}${spare}`,
    since: markedSince(view, addresses) ?? sinceAlarm(seen, ["blocked", "pool-refused", "egress-problem"]),
    todo: resumeOr(seen, cause?.remediation ?? "send the partner what npx holdfast report writes"),
  };
}

/** Row 3. */
function unseen({ canary, heartbeats, view, attention }: Seen): Found | undefined {
  const { atMs } = view;
  const lastMs = canary.atMs ?? heartbeats.probing;
  const facts = { headline: "UNKNOWN", functions: [], partners: [] } as const;
  if (canary.atMs === undefined || atMs - canary.atMs > recentMs) {
    const { text, remediation } = ofPart({ kind: "canary-silent", pool: view.pool.name });
    return {
      ...facts,
      summary: "no data from the probes",
      why: lastMs === undefined ? `the canary has reported nothing for hours, or never: ${text}` : text,
      since: lastMs === undefined ? undefined : { atMs: lastMs },
      todo: remediation,
    };
  }
  if (canary.vantages.length > 0) return undefined;
  const dead = attention.filter(({ id }) => id === "probe-dead");
  return {
    ...facts,
    summary: "no probe answers",
    why: dead.length > 0 ? listed(dead.map(({ text }) => text)) : "the canary's last round has no answer of a probe",
    since: undefined,
    todo: dead[0]?.remediation ?? "read the canary's log, and check the probes' state in Lambda",
  };
}

/** A part without a recent run. CloudWatch shows what it publishes within three minutes, as it does the canary's log. */
function silentPart({ view, heartbeats }: HealthFacts) {
  const { pool, atMs } = view;
  const isSilent = (lastMs: number | undefined, minutes: number) =>
    lastMs === undefined || atMs - lastMs > silentRuns * minutes * 60_000 + recentMs;
  if (isSilent(heartbeats.relocation, pool.relocation.sweepMinutes)) {
    return { part: "relocation", kind: "relocation-silent", lastMs: heartbeats.relocation } as const;
  }
  if (!view.fallback || !isSilent(heartbeats.fallback, 1)) return undefined;
  return { part: "fallback", kind: "fallback-silent", lastMs: heartbeats.fallback } as const;
}

/** Row 6. */
function unattended(seen: Seen): Found | undefined {
  const silent = silentPart(seen);
  if (!silent) return undefined;
  const { text, remediation } = ofPart({ kind: silent.kind, pool: seen.view.pool.name });
  return {
    headline: "DEGRADED",
    summary: `${silent.part} does not run, so nothing would be healed`,
    functions: namesIn(seen.ways),
    partners: [],
    why: text,
    since: silent.lastMs === undefined ? undefined : { atMs: silent.lastMs },
    todo: remediation,
  };
}

/** Row 7. */
function onNat(seen: Seen): Found | undefined {
  const { view, ways } = seen;
  const { fallback } = view;
  const tables = fallback?.observed.routeTables ?? [];
  const routed = tables.filter(({ route }) => route?.kind === "nat");
  if (!fallback || routed.length === 0) return undefined;
  const { alarm, override, fallbackAddress } = fallback.observed;
  const share = routed.length === tables.length ? "all traffic leaves" : "part of the traffic leaves";
  const blocked = blockedIps(view);
  const refused =
    blocked.length > 0 ? `${partnerNames(partnersOf(seen, blocked))} refuses ${listed(blocked)}` : undefined;
  const isReturning = tables.some(
    ({ route, flips }) => route?.kind === "internet" && flips.at(-1)?.direction === "direct",
  );
  const because =
    override.kind === "fallback"
      ? "an operator has asked for it"
      : isReturning
        ? "the partners accept the pool again, and its zones return one after the other"
        : (refused ??
          (alarm.state === "raised" ? "the alarm escalation is raised" : "the partners accept the pool again"));
  const sinceMs = activeSinceMs(tables);
  return {
    headline: "DEGRADED",
    summary: `${share} through the NAT gateway, from ${fallbackAddress?.publicIp ?? "its address"}`,
    functions: namesIn(ways),
    partners: partnersOf(seen, blocked),
    why: because,
    since: sinceMs === undefined ? undefined : { atMs: sinceMs },
    todo: causeOf(seen, ["too-long", "flips-exhausted", "override"])?.remediation ?? (refused ? unblock : undefined),
  };
}

const unblock = "send the partner what npx holdfast report writes; nothing else is needed";

/** Row 8. */
function partnerDown(seen: Seen): Found | undefined {
  const down = seen.attention.filter(({ id }) => id === "target-down");
  const [first] = down;
  if (!first) return undefined;
  const partners = down.flatMap(({ target }) => target ?? []);
  return {
    headline: "DEGRADED",
    summary: `${partnerNames(partners)} does not answer anybody`,
    functions: namesIn(seen.ways),
    partners,
    why: "it answers from none of our addresses, so another address would not help",
    since: sinceAlarm(seen, ["target-down", "probing-problem"]),
    todo: first.remediation,
  };
}

/** Row 9. */
function addressLost(seen: Seen): Found | undefined {
  const lost = seen.view.relocation.observed.lost;
  const cause = causeOf(seen, ["address-lost"]);
  if (!cause) return undefined;
  return {
    headline: "DEGRADED",
    summary: `${listed(lost.map(({ publicIp }) => publicIp))} is not the pool's any more`,
    functions: [],
    partners: [],
    why: cause.text,
    since: sinceAlarm(seen, ["address-lost", "relocation-problem"]),
    todo: cause.remediation,
  };
}

/** Row 10. */
function addressRefused(seen: Seen): Found | undefined {
  const { view } = seen;
  const addresses = blockedIps(view);
  if (addresses.length === 0) return undefined;
  const partners = partnersOf(seen, addresses);
  const spare = hasSpare(view) ? "" : ": no clean spare is left";
  return {
    headline: "DEGRADED",
    summary: `${partnerNames(partners)} refuses ${listed(addresses)}${spare}`,
    functions: [],
    partners,
    why: `no function leaves by ${addresses.length === 1 ? "it" : "them"}${hasSpare(view) ? "" : ", and the next block or the next interface would find none"}`,
    since: markedSince(view, addresses),
    todo: hasSpare(view)
      ? unblock
      : "send the partner what npx holdfast report writes, or raise addresses.spares and deploy",
  };
}

/** Row 11. */
function overridden(seen: Seen): Found | undefined {
  const cause = causeOf(seen, ["override", "unknown-override"]);
  if (!cause) return undefined;
  const isPaused = seen.view.relocation.observed.paused;
  return {
    headline: "DEGRADED",
    summary: isPaused ? "paused by an operator, so nothing would be healed" : cause.text,
    functions: [],
    partners: [],
    why: "the tag holdfast:override is set on an address of the pool",
    since: sinceAlarm(seen, ["override-active", "fallback-active"]),
    todo: resumeOr(seen, cause.remediation),
  };
}

/** Row 12. */
function otherwise({ attention }: Seen): Found | undefined {
  const [worst] = bySeverity(attention.filter(({ severity }) => severity !== "note"));
  if (!worst) return undefined;
  const { text: summary, section, remediation: todo } = worst;
  return { headline: "DEGRADED", summary, functions: [], partners: [], why: `see docs/runbook.md#${section}`, todo };
}

/** Row 13. */
function alarmRaised(raised: readonly RaisedAlarm[]): Found | undefined {
  const [first] = raised;
  if (!first) return undefined;
  const ids = [...new Set(raised.map(({ id }) => id))];
  return {
    headline: "DEGRADED",
    summary: `the alarm ${listed(ids)} is raised`,
    functions: [],
    partners: [],
    why: "nothing that is seen now explains it; an alarm ends some minutes after its cause",
    since: first.sinceMs === undefined ? undefined : { atMs: first.sinceMs, atLatest: true },
    todo: `look at what docs/runbook.md#${first.id} says`,
  };
}

function causeOf({ attention }: Seen, ids: readonly string[]): Attention | undefined {
  return ids.flatMap((id) => attention.find((it) => it.id === id) ?? [])[0];
}

function sinceAlarm({ raised }: Seen, ids: readonly string[]): Health["since"] {
  const times = raised.filter(({ id }) => ids.includes(id)).flatMap(({ sinceMs }) => sinceMs ?? []);
  return times.length > 0 ? { atMs: Math.min(...times), atLatest: true } : undefined;
}

/** When the first of the addresses was marked as blocked; after a repeated trial its tag knows the last one alone. */
function markedSince({ relocation }: PoolView, publicIps: readonly string[]): Health["since"] {
  const marks = relocation.observed.addresses
    .filter(({ publicIp }) => publicIps.includes(publicIp))
    .flatMap(({ verified }) => (verified?.blocked ? [verified] : []));
  if (marks.length === 0) return undefined;
  const atMs = Math.min(...marks.map((it) => it.atMs));
  return marks.some(({ tries }) => tries > 1) ? { atMs, atLatest: true } : { atMs };
}

function resumeOr({ view }: Seen, remediation: string): string {
  return view.relocation.observed.paused ? `npx holdfast resume --pool ${view.pool.name}` : remediation;
}

function blockedIps({ relocation }: PoolView): string[] {
  return relocation.observed.addresses.filter(({ blocked }) => blocked).map(({ publicIp }) => publicIp);
}

function hasSpare({ relocation: { observed } }: PoolView): boolean {
  const stateOf = addressStates(observed);
  return observed.addresses.some((it) => stateOf(it) === "spare");
}

/** Returns who refuses any of these addresses: by the last round or, where no probe leaves by one, as when it was marked. */
export function partnersOf(
  { canary, refusedBy }: Pick<HealthFacts, "canary" | "refusedBy">,
  publicIps: readonly string[],
): string[] {
  const named = publicIps.flatMap((ip) => {
    const now = canary.refusing.filter(({ publicIp }) => publicIp === ip).map(({ target }) => target);
    return now.length > 0 ? now : (refusedBy.get(ip) ?? []);
  });
  return [...new Set(named)].sort();
}

function partnerNames(partners: readonly string[]): string {
  return partners.length > 0 ? listed(partners) : "a partner";
}

function namesIn(ways: readonly Way[]): string[] {
  return [...new Set(ways.flatMap(({ functions }) => functions))].sort();
}

function addressesOf(ways: readonly Way[]): string[] {
  return [...new Set(ways.flatMap(({ publicIp }) => publicIp ?? []))].sort();
}

function waysOfFunction(ways: readonly Way[], name: string): Way[] {
  return ways.filter(({ functions }) => functions.includes(name));
}

const mostListed = 3;

/** Returns the first three by name, and how many more there are. */
function listed(names: readonly string[]): string {
  if (names.length > mostListed + 1) {
    return `${names.slice(0, mostListed).join(", ")} and ${names.length - mostListed} more`;
  }
  return [names.slice(0, -1).join(", "), ...names.slice(-1)].filter(Boolean).join(" and ");
}
