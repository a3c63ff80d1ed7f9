/** What a run of fallback reports. Pure. */
import { attentionOf, count, eventOf, type Failure, failuresOf, type Report } from "../actuator/report.ts";
import type { RouteTableId } from "../aws/identifiers.ts";
import type { FallbackPool } from "../config/fallback-settings.ts";
import { findingDetail, rowOf } from "../telemetry/finding.ts";
import type { DomainEvent, Measurement } from "../telemetry/model.ts";
import type { Action, Finding } from "./actions.ts";
import { type Cost, costOf, priceUsdPerHour } from "./cost.ts";
import { findingTable } from "./finding-table.ts";
import type { Observed, Route } from "./model.ts";
import type { Run, TimedOutcome } from "./pass.ts";
import { isReported, refusalOf } from "./refusals.ts";
import { writesOf } from "./writes.ts";

/**
 * Returns the report of one run.
 *
 * @param newFindings findings that were not reported before
 * @param isNewHour whether what this hour of fallback costs was not reported before
 * @param open writes of the run before of which it was not known if AWS had done them
 */
export function report(
  run: Run,
  pool: FallbackPool,
  newFindings: readonly Finding[],
  isNewHour: boolean,
  open: readonly TimedOutcome[] = [],
): Report {
  const { done } = writesOf(run, open);
  const last = run.passes.at(-1);
  const findings = last?.plan.findings ?? [];
  const cost = last && costOf(last.observed, pool, run.endedMs);
  const isActiveNow = last !== undefined && isActive(last.observed, routesAfter(done));
  const flips = done.filter(({ action }) => action.kind === "route").length;
  const problems = findings.filter(isProblem).length;
  const failures = failuresOf(run, String);
  // What AWS refuses has an event of its own, as a finding.
  const refused = findings.flatMap((it): Failure[] =>
    it.kind === "refused"
      ? [{ permission: it.permission, code: it.code, message: reasonOf(run, it) ?? findingTable.refused.text(it) }]
      : [],
  );
  // Fallback itself and an override ask for a ticket as long as they last; one that lasts too long asks for more.
  const severities = findings.map((it) => (it.kind === "too-long" ? "error" : rowOf(findingTable, it).severity));
  const lasting = isActiveNow ? (["warning"] as const) : [];
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
      attentionOf("FallbackAttention", [...severities, ...lasting], [...failures, ...refused]),
      ...gauges,
      count("FallbackFlips", flips),
      count("FallbackRunsFailed", failures.length + refused.length > 0 ? 1 : 0),
    ],
    events: [
      ...passages(run, pool, isActiveNow, open),
      ...done.flatMap((outcome) => doneEvents(run, outcome)),
      ...(cost && isActiveNow && cost.hours >= 1 && isNewHour ? [eventOf(run, "FallbackCost", costDetail(cost))] : []),
      ...failures.map((detail) => eventOf(run, "FallbackFailed", detail)),
      ...newFindings.map((finding) => findingEvent(run, finding)),
    ],
    failures: [...failures, ...refused],
  };
}

/**
 * Whether any table's default route points to a NAT gateway of ours. What the run has replaced counts as done: a run may end
 * before it looks again, and a look may still show the route as it was (EC2 API reference, eventual consistency).
 */
function isActive({ natGateways, routeTables }: Observed, replaced: Routes): boolean {
  const ids = new Set(natGateways.map(({ natGatewayId }) => natGatewayId));
  return routeTables.some(({ routeTableId, route }) => {
    const to = replaced.get(routeTableId);
    return to === undefined ? route?.kind === "nat" && ids.has(route.natGatewayId) : to === "nat";
  });
}

/** Where tables' default routes point to, by the writes, whatever a look shows. */
type Routes = ReadonlyMap<RouteTableId, Route["kind"]>;

function routesAfter(writes: readonly TimedOutcome[]): Routes {
  return new Map(writes.flatMap(({ action: it }) => (it.kind === "route" ? [[it.routeTableId, it.to.kind]] : [])));
}

function routesBefore(writes: readonly TimedOutcome[]): Routes {
  return new Map(writes.flatMap(({ action: it }) => (it.kind === "route" ? [[it.routeTableId, it.from.kind]] : [])));
}

/** An override is the operator's will; a lasting cost and refused calls have alarms of their own; the rest needs an action. */
function isProblem({ kind }: Finding): boolean {
  return kind !== "override" && kind !== "too-long" && kind !== "refused";
}

function costDetail({ hours, usd }: Cost) {
  const text = `${hours} h in fallback, NAT gateway $${usd.toFixed(2)} so far ($${priceUsdPerHour} an hour, data not included)`;
  return { hours, costUsd: usd, priceUsdPerHour, text };
}

/** Into fallback and out of it, from the run's first look to its end. */
function passages(run: Run, pool: FallbackPool, is: boolean, open: readonly TimedOutcome[]): DomainEvent[] {
  const first = run.passes[0];
  const last = run.passes.at(-1);
  if (!first || !last) return [];
  const was = isActive(first.observed, routesBefore(open));
  if (was === is) return [];
  const { alarm, override, fallbackAddress } = last.observed;
  const because = override.kind === "none" ? `alarm ${alarm.state}` : `override ${override.kind}`;
  const cost = costDetail(costOf((is ? last : first).observed, pool, run.endedMs));
  const publicIp = fallbackAddress?.publicIp;
  return [eventOf(run, is ? "FallbackEntered" : "FallbackLeft", { because, publicIp, ...cost })];
}

function doneEvents(run: Run, outcome: TimedOutcome): DomainEvent[] {
  const { action, atMs } = outcome;
  const at = (type: DomainEvent["type"], detail: object) => [eventOf(run, type, detail, atMs)];
  const ended = refusedBefore(run, action);
  switch (action.kind) {
    case "create": {
      const { allocationId, episode, row } = action;
      const natGatewayId = outcome.result === "done" ? outcome.natGatewayId : undefined;
      return at("NatGatewayCreated", { natGatewayId, allocationId, episode, row, priceUsdPerHour, ...ended });
    }
    case "delete":
      return at("NatGatewayDeleted", { natGatewayId: action.natGatewayId, row: action.row, ...ended });
    case "route": {
      const { routeTableId, subnetIds, from, to, row } = action;
      return at("RouteReplaced", { routeTableId, subnetIds, from, to, row, ...ended });
    }
    case "note":
    case "remember":
      return [];
  }
}

function findingEvent(run: Run, finding: Finding): DomainEvent {
  const { kind } = finding;
  const type = kind === "override" ? "OverrideSet" : kind === "too-long" ? "FallbackCost" : "FallbackFailed";
  return eventOf(run, type, { ...findingDetail(findingTable, finding), reason: reasonOf(run, finding) });
}

/** What AWS refused until the run did it, if it was reported. */
function refusedBefore({ passes }: Run, action: Action): object {
  const before = passes.flatMap(({ observed }) => refusalOf(observed.refusals, action) ?? []).findLast(isReported);
  if (!before) return {};
  const { code, sinceMs, count: attempts } = before;
  return { refused: { code, since: new Date(sinceMs).toISOString(), attempts } };
}

/** AWS's own words for a refusal, where the run has met it. */
function reasonOf({ passes }: Run, finding: Finding): string | undefined {
  if (finding.kind === "refused") {
    const errors = passes.flatMap(({ outcomes }) => outcomes).flatMap((it) => ("error" in it ? [it.error] : []));
    return errors.findLast(({ action, code }) => action === finding.permission && code === finding.code)?.message;
  }
  if (finding.kind !== "gateway-failed") return undefined;
  const failures = passes.flatMap(({ observed }) => observed.natGateways.flatMap(({ failure }) => failure ?? []));
  return failures.findLast(({ code }) => code === finding.code)?.message;
}
