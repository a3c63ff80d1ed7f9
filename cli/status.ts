/** `holdfast status`: how the pools are, then interfaces, addresses, routes, probes, alarms, and what needs attention. */
import { functionNameIn } from "../src/aws/identifiers.ts";
import { costOf } from "../src/fallback/cost.ts";
import { activeSinceMs } from "../src/fallback/history.ts";
import { addressStates } from "../src/relocation/address-states.ts";
import { slotsOf } from "../src/relocation/slots.ts";
import { counted } from "../src/telemetry/counted.ts";
import { type Headline, worstOf } from "../src/telemetry/headline.ts";
import { renderAttention } from "./support/attention.ts";
import type { CanarySaid } from "./support/canary-log.ts";
import { poolsOf, readSettings } from "./support/deployment.ts";
import type { Deployment, Pool } from "./support/deployment-model.ts";
import { exitCodeFor } from "./support/exit-codes.ts";
import type { Health } from "./support/health.ts";
import { healthText, renderHealth } from "./support/health-text.ts";
import { observePool, type PoolView, poolAttention } from "./support/observe-pool.ts";
import { createHealthReader, type Healths } from "./support/read-health.ts";
import type { Json } from "./support/schemas.ts";
import type { Answer, Session } from "./support/session.ts";
import { duration, moment, none, type Style, table, time } from "./support/style.ts";
import { zoneOf } from "./support/ways.ts";

export interface StatusOptions {
  readonly pool?: string;
  /** Each pool's headline alone. */
  readonly quiet?: boolean;
}

const shownActions = 5;

export async function status(session: Session, options: StatusOptions): Promise<Answer> {
  const { clients, clock, deployment, progress, style } = session;
  const settings = await readSettings(clients, deployment);
  const pools = poolsOf(settings, options.pool);
  const views: PoolView[] = [];
  for (const pool of pools) {
    progress.step(`reading pool ${pool.name}`);
    views.push(await observePool(session, pool));
  }
  progress.step("reading what probes and alarms say");
  const names = poolsOf(settings).map(({ name }) => name);
  const healths = await createHealthReader(session, names)(views);
  return answerOf({ deployment, style, nowMs: clock.now(), views, healths }, options);
}

/** What `status` has read. */
export interface Seen {
  readonly deployment: Deployment;
  readonly style: Style;
  readonly nowMs: number;
  readonly views: readonly PoolView[];
  readonly healths: Pick<Healths, "list" | "canary" | "raised">;
}

/** Returns what `status` answers. Pure. */
export function answerOf(seen: Seen, { quiet = false }: StatusOptions): Answer {
  const { style, nowMs, views, healths } = seen;
  const states = views.map((view) => stateOf(view, healths.canary(view.pool.name)));
  const raised = healths.raised.map(({ AlarmName = "", StateTransitionedTimestamp: at }) => {
    return { name: AlarmName, since: at?.toISOString() };
  });
  const headline = worstOf(healths.list.map((it) => it.headline));
  return {
    exitCode: exitCodeFor(headline),
    json: {
      health: healthJson(headline, healths.list),
      pools: states,
      alarms: raised,
    } satisfies Json<"status">,
    text: [
      ...healths.list.map((it) => renderHealth(style, healthText(it, nowMs), quiet)),
      ...(quiet ? [] : details(seen, headline, states, raised)),
    ].join("\n"),
  };
}

function healthJson(headline: Headline, list: readonly Health[]) {
  const iso = (ms: number | undefined) => (ms === undefined ? undefined : new Date(ms).toISOString());
  return {
    headline,
    pools: list.map(({ since, doing, ...it }) => ({
      ...it,
      since: iso(since?.atMs),
      sinceOrBefore: since?.atLatest,
      doing: doing?.text,
      until: iso(doing?.untilMs),
    })),
  };
}

interface Raised {
  readonly name: string;
  readonly since: string | undefined;
}

function details(
  { nowMs, deployment: { stage, region, accountId }, style }: Seen,
  headline: Headline,
  states: readonly PoolState[],
  raised: readonly Raised[],
): string[] {
  const attention = states.flatMap((it) => it.findings);
  const alarms = raised.map(
    ({ name, since }) =>
      `  ${style("red", "ALARM")}  ${name} since ${since ? moment(Date.parse(since), nowMs) : "unknown"}`,
  );
  return [
    "",
    `${style("bold", stage)} in ${region}, account ${accountId}`,
    ...states.map((it) => renderPool(style, it, nowMs)),
    ...(alarms.length > 0 ? ["", style("bold", "Alarms"), ...alarms] : []),
    "",
    ...(attention.length > 0 ? [style("bold", "Action needed"), renderAttention(style, attention)] : []),
    ...(headline === "OK" ? [style("green", "No action needed.")] : []),
  ];
}

type PoolState = ReturnType<typeof stateOf>;

/** One pool for people and scripts. Pure. */
export function stateOf(view: PoolView, canary: CanarySaid) {
  const { pool, relocation, fallback, atMs } = view;
  const { observed } = relocation;
  const { slots } = slotsOf(observed);
  const natAllocationIds = fallback?.observed.natGateways.flatMap((it) => it.allocationIds);
  const addressStateOf = addressStates(observed, natAllocationIds);
  const users = (key: string) =>
    observed.members
      .filter(({ liveVersions }) => liveVersions.some(({ attachments }) => attachments.some((it) => it.key === key)))
      .map(({ functionArn }) => functionNameIn(functionArn));
  return {
    name: pool.name,
    override: overrideOf(view),
    members: observed.members.map(({ functionArn, liveVersions }) => ({
      name: functionNameIn(functionArn),
      versions: liveVersions.map(({ version, status: state, problem }) => ({
        version,
        status: state,
        reason: problem?.reason,
      })),
    })),
    interfaces: slots.map(({ networkInterface: it, role, address, foreign }) => ({
      networkInterfaceId: it.networkInterfaceId,
      subnetId: it.attachment.subnetId,
      zone: zoneOf(pool, it.attachment.subnetId),
      role: role === "unused" && address ? "leaving" : role,
      inUse: it.inUse,
      publicIp: foreign ? "foreign" : address?.publicIp,
      members: users(it.attachment.key),
    })),
    addresses: observed.addresses.map((it) => ({
      allocationId: it.allocationId,
      publicIp: it.publicIp,
      state: addressStateOf(it),
      blocked: it.blocked,
      networkInterfaceId: it.networkInterfaceId,
      since: it.networkInterfaceId && it.use ? new Date(it.use.sinceMs).toISOString() : undefined,
    })),
    fallback: fallback && pool.fallback ? routesOf(fallback.observed, pool.fallback, atMs) : undefined,
    probes: canary.vantages,
    lastActions: lastActions(view),
    findings: [...poolAttention(view), ...canary.attention],
  };
}

function overrideOf({ relocation, fallback }: PoolView): string {
  if (fallback) return fallback.observed.override.kind;
  return relocation.observed.paused ? "paused" : "none";
}

function routesOf(
  observed: NonNullable<PoolView["fallback"]>["observed"],
  settings: NonNullable<Pool["fallback"]>,
  nowMs: number,
): NonNullable<Json<"status">["pools"][number]["fallback"]> {
  const onNat = observed.routeTables.filter(({ route }) => route?.kind === "nat").length;
  const state = onNat === 0 ? "direct" : onNat === observed.routeTables.length ? "fallback" : "mixed";
  const sinceMs = activeSinceMs(observed.routeTables);
  const { hours, usd } = costOf(observed, settings, nowMs);
  return {
    state,
    alarm: observed.alarm.state,
    since: sinceMs === undefined ? undefined : new Date(sinceMs).toISOString(),
    publicIp: observed.fallbackAddress?.publicIp,
    natGateways: observed.natGateways.map((it) => ({ natGatewayId: it.natGatewayId, state: it.state })),
    hours,
    costUsd: usd,
  };
}

/** Returns the changes that tags record, the latest first. */
function lastActions({ relocation, fallback }: PoolView) {
  const moves = relocation.observed.addresses.flatMap(({ publicIp, use }) =>
    use ? [{ atMs: use.sinceMs, what: `${publicIp} ${use.state} in ${use.subnetId}` }] : [],
  );
  const flips = (fallback?.observed.routeTables ?? []).flatMap(({ routeTableId, flips: list }) =>
    list.map(({ atMs, direction }) => ({ atMs, what: `${routeTableId} to ${direction}` })),
  );
  return [...moves, ...flips]
    .sort((a, b) => b.atMs - a.atMs)
    .slice(0, shownActions)
    .map(({ atMs, what }) => ({ at: new Date(atMs).toISOString(), what }));
}

function renderPool(style: Style, state: PoolState, nowMs: number): string {
  const { fallback } = state;
  const percent = (rate: number) => `${Math.round(rate * 100)} %`;
  const egress = (open: boolean) => (open ? "open" : style("red", "none"));
  const routes = fallback
    ? [
        `  route ${fallback.state}${fallback.since ? ` since ${moment(Date.parse(fallback.since), nowMs)}` : ""}, alarm ${fallback.alarm}` +
          `, fallback address ${fallback.publicIp ?? none}${fallback.hours > 0 ? `, ${fallback.hours} h for $${fallback.costUsd}` : ""}`,
      ]
    : [];
  return [
    "",
    `${style("bold", `Pool ${state.name}`)}${state.override === "none" ? "" : style("yellow", `  override ${state.override}`)}`,
    ...routes,
    table(style, ["address", "state", "zone", "interface", "for", "functions"], rowsOf(style, state, nowMs)),
    ...(state.probes.length > 0
      ? [
          "",
          table(
            style,
            ["probe", "egress", ">blocked"],
            state.probes.map((it) => [it.vantage, egress(it.egress), percent(it.blockedRate)]),
          ),
        ]
      : []),
    ...(state.lastActions.length > 0
      ? [
          "",
          style("dim", "  Recent changes"),
          ...state.lastActions.map(({ at, what }) => `  ${time(Date.parse(at))}  ${what}`),
        ]
      : []),
  ].join("\n");
}

/** Returns a row for each address, and one for each interface that has none of the pool's. */
function rowsOf(style: Style, { addresses, interfaces }: PoolState, nowMs: number): string[][] {
  const held = addresses.map((it) => {
    const on = interfaces.find(({ networkInterfaceId }) => networkInterfaceId === it.networkInterfaceId);
    const state = it.blocked && it.state !== "suspect" ? `${it.state}, blocked` : it.state;
    return [
      it.publicIp,
      it.blocked ? style("red", state) : on && !on.inUse ? `${state}, not in use` : state,
      on?.zone ?? none,
      it.networkInterfaceId ?? none,
      it.since ? duration(nowMs - Date.parse(it.since)) : none,
      functionsOf(on?.members ?? []),
    ];
  });
  const bare = interfaces.filter((it) => !addresses.some((a) => a.networkInterfaceId === it.networkInterfaceId));
  return [
    ...held,
    ...bare.map((it) => {
      const lacks = it.inUse && it.publicIp === undefined;
      const role = it.inUse ? it.role : `${it.role}, not in use`;
      return [
        it.publicIp ?? none,
        lacks ? style("red", role) : role,
        it.zone,
        it.networkInterfaceId,
        none,
        functionsOf(it.members),
      ];
    }),
  ];
}

/** Wider than that, names are counted; `--json` has them all. */
const functionsWidth = 24;

function functionsOf(names: readonly string[]): string {
  const all = names.join(", ");
  return names.length > 1 && all.length > functionsWidth ? counted(names.length, "function") : all || none;
}
