/** What a run tells: metrics for alarms and dashboards, events for whoever wants to react. Pure. */
import type { FallbackPool } from "../config/fallback-settings.ts";
import type { DomainEvent, Measurement } from "../telemetry/model.ts";
import type { Finding } from "./actions.ts";
import { type Cost, costOf, priceUsdPerHour } from "./cost.ts";
import type { Observed } from "./model.ts";
import type { Run, TimedOutcome } from "./reconcile.ts";
import { remedyOf } from "./remediation.ts";

export interface Report {
  readonly measurements: readonly Measurement[];
  readonly events: readonly DomainEvent[];
}

/**
 * The report of one run.
 *
 * @param news findings that were not reported before
 * @param isHourTold whether this hour of fallback has been told already
 */
export function report(run: Run, pool: FallbackPool, news: readonly Finding[], isHourTold: boolean): Report {
  const done = doneOf(run);
  const last = run.rounds.at(-1);
  const findings = last?.plan.findings ?? [];
  const cost = last && costOf(last.observed, pool, run.endedMs);
  const isActiveNow = last !== undefined && isActive(last.observed, done);
  const flips = done.filter(({ action }) => action.kind === "route").length;
  const problems = findings.filter(isProblem).length;
  const count = (name: Measurement["name"], value: number): Measurement => ({ name, unit: "Count", value });
  const gauges: Measurement[] =
    last && cost
      ? [
          count("FallbackActive", isActiveNow ? 1 : 0),
          { name: "FallbackHours", unit: "None", value: cost.hours },
          { name: "FallbackCostUsd", unit: "None", value: cost.usd },
          count("OverrideActive", last.observed.override.kind === "none" ? 0 : 1),
          count("FallbackProblems", problems),
        ]
      : [];
  return {
    measurements: [
      ...gauges,
      count("FallbackFlips", flips),
      count("FallbackRunsFailed", failuresOf(run).length > 0 ? 1 : 0),
    ],
    events: [
      ...passages(run, pool, isActiveNow),
      ...done.flatMap((outcome) => doneEvents(run, outcome)),
      ...(cost && isActiveNow && cost.hours >= 1 && !isHourTold ? [event(run, "FallbackCost", told(cost))] : []),
      ...failuresOf(run).map((detail) => event(run, "FallbackFailed", detail)),
      ...news.map((finding) => findingEvent(run, finding)),
    ],
  };
}

/** What was done; of a route whose answer got lost it is known when a later round finds it replaced, and notes it. */
function doneOf({ rounds }: Run): TimedOutcome[] {
  const all = rounds.flatMap(({ outcomes }) => outcomes);
  return all.flatMap((outcome, index) => {
    const { action, result } = outcome;
    if (result !== "done") return [];
    if (action.kind !== "note") return [outcome];
    const isLost = (it: TimedOutcome) =>
      it.result !== "done" && it.action.kind === "route" && it.action.routeTableId === action.routeTableId;
    return all.slice(0, index).findLast(isLost) ?? [];
  });
}

/**
 * Whether any table's default route leads to a NAT gateway of ours. What the run has replaced counts as done: a run may end
 * before it looks again, and a look may still show the route as it was (EC2 API reference, eventual consistency).
 */
function isActive({ natGateways, routeTables }: Observed, done: readonly TimedOutcome[] = []): boolean {
  const ids = new Set(natGateways.map(({ natGatewayId }) => natGatewayId));
  const led = new Map(
    done.flatMap(({ action }) => (action.kind === "route" ? [[action.routeTableId, action.to.kind] as const] : [])),
  );
  return routeTables.some(({ routeTableId, route }) => {
    const to = led.get(routeTableId);
    return to === undefined ? route?.kind === "nat" && ids.has(route.natGatewayId) : to === "nat";
  });
}

/** An override is the operator's will, and a lasting cost has an alarm of its own; the rest wants somebody to act. */
function isProblem({ kind }: Finding): boolean {
  return kind !== "override" && kind !== "too-long";
}

function told({ hours, usd }: Cost) {
  const text = `in fallback for ${hours} h, NAT gateway so far $${usd.toFixed(2)} at $${priceUsdPerHour} an hour, data apart`;
  return { hours, costUsd: usd, priceUsdPerHour, text };
}

/** Into fallback and out of it, from the run's first look to its end. */
function passages(run: Run, pool: FallbackPool, is: boolean): DomainEvent[] {
  const first = run.rounds[0];
  const last = run.rounds.at(-1);
  if (!first || !last) return [];
  const was = isActive(first.observed);
  if (was === is) return [];
  const { alarm, override, fallbackAddress } = last.observed;
  const because = override.kind === "none" ? `alarm ${alarm.state}` : `override ${override.kind}`;
  const cost = told(costOf((is ? last : first).observed, pool, run.endedMs));
  const publicIp = fallbackAddress?.publicIp;
  return [event(run, is ? "FallbackEntered" : "FallbackLeft", { because, publicIp, ...cost })];
}

function doneEvents(run: Run, outcome: TimedOutcome): DomainEvent[] {
  const { action, atMs } = outcome;
  const at = (type: DomainEvent["type"], detail: object) => [{ ...event(run, type, detail), timeMs: atMs }];
  switch (action.kind) {
    case "create": {
      const { allocationId, episode, row } = action;
      const natGatewayId = outcome.result === "done" ? outcome.natGatewayId : undefined;
      return at("NatGatewayCreated", { natGatewayId, allocationId, episode, row, priceUsdPerHour });
    }
    case "delete":
      return at("NatGatewayDeleted", { natGatewayId: action.natGatewayId, row: action.row });
    case "route": {
      const { routeTableId, subnetIds, from, to, row } = action;
      return at("RouteReplaced", { routeTableId, subnetIds, from, to, row });
    }
    case "note":
      return [];
  }
}

function failuresOf(run: Run) {
  const unnoted = run.rounds
    .flatMap(({ outcomes }) => outcomes)
    .flatMap((it) => (it.result === "done" && it.unnoted ? [it.unnoted] : []));
  const errors = [...(run.failure ? [run.failure] : []), ...unnoted];
  const unverified = run.rounds.flatMap((round) => round.unverified);
  return [
    ...errors.map(({ action, code, message }) => ({ permission: action, code, message })),
    ...unverified.map((message) => ({ permission: "none", code: "Unverified", message })),
  ];
}

function event(run: Run, type: DomainEvent["type"], detail: object): DomainEvent {
  return { type, timeMs: run.endedMs, detail: { pool: run.pool, ...detail } };
}

function findingEvent(run: Run, finding: Finding): DomainEvent {
  const { kind, ...detail } = finding;
  const type = kind === "override" ? "OverrideSet" : kind === "too-long" ? "FallbackCost" : "FallbackFailed";
  return event(run, type, { finding: kind, ...detail, remedy: remedyOf(finding) });
}
