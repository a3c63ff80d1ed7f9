/**
 * Fallback's decision: a state machine whose state is the world. Pure: the same observation, policy and time always
 * give the same plan. The first group of rows with an action is carried out; then the world is looked at again.
 *
 *  #  routes            asked     NAT gateway   more                            action
 *  1  direct            quiet     none          cold standby                    none
 *  2  direct            raised    any           a clean spare may still cure    wait for the swap
 *  3  direct            raised    none          -                               create it with the fallback address
 *  4  any               raised    pending       -                               wait (as while one is being deleted)
 *  5  any               any       failed        no route points to it           delete
 *  6  any               raised    refused, gone  the growing pause is over      create again, report the reason
 *  7  direct or mixed   raised    available     -                               replace the routes, one by one
 *  8  any on it         any       available     -                               report the cost; hold
 *  9  any on it         quiet     available     hold over, flips used up        stay, report
 * 10  any on it         quiet     any           hold over, returned ones clean  return one table
 * 11  mixed, direct     quiet     available     a returned one blocked again    put it back; the next hold is doubled
 * 12  direct            quiet     available     cold standby, grace over        delete
 * 13  direct            quiet     none          warm standby                    create
 * 14  to a dead one     any       any           -                               replace by the one available (not under `direct`), or direct
 * 15  any               any       two           one without a route             delete that one
 * 16  any               override  any           it is `direct`                  return all tables, without hold
 * 17  changed           any       any           its tag does not say so         note it
 * 18  any               any       on its way    for too long                    report; after a deletion, create once the address is free
 * 19  any               any       any           a refusal, and no tag says so   note it
 *
 * What AWS refuses rests for a growing time, whatever the row (src/fallback/refusals.ts); the rest goes on without it.
 * Beside a gateway that stays pending none is created: it may still come, and both would cost. It costs nothing until it
 * is available; once it is deleted, row 6 creates another.
 *
 * A subnet of the members that uses a table without the pool's tag is reported, and stays as it is. A table that a subnet
 * outside the pool uses is reported, and its route is replaced by row 14 alone: a dead route
 * carries nothing for anybody. The pool's other tables enter fallback and return without it.
 *
 * An override wins over the alarm: `fallback` asks as a raised alarm does, `direct` as row 16, `paused` and unknown
 * values for nothing at all. An alarm without data asks for nothing new: rows 5, 14, 15 and 17 go on.
 */
import type { Action, Finding, Plan } from "./actions.ts";
import { type Demand, demandOf, episodeName, overrideFindings } from "./demand.ts";
import { creationFindings, isOurs, isShared, natSubnetFindings, routeFindings } from "./findings.ts";
import { chosenGateway, creation, deletions, isOutOfTheWay, overdueOf } from "./gateways.ts";
import { activeSinceMs, lastFlipMs, withFlip } from "./history.ts";
import type { Direction, NatGateway, Observed, Policy, RouteTable } from "./model.ts";
import { creationRefused, dueOf, remembered } from "./refusals.ts";
import { blockerOf, refusedAgain } from "./returns.ts";

/** The alarm has ended this long after what raised it has (one period, stacks/alarms-fallback.ts), late data included. Assumed. */
const alarmEndsMs = 6 * 60_000;

type Part = Partial<Plan>;
type Route = Extract<Action, { kind: "route" }>;

/** What the rows look at. */
interface Situation {
  readonly observed: Observed;
  readonly policy: Policy;
  readonly nowMs: number;
  /** The pool's gateway; routes may lead to it only when it is available. */
  readonly gateway: NatGateway | undefined;
  readonly available: NatGateway | undefined;
  /** Tables whose route may be replaced. */
  readonly direct: readonly RouteTable[];
  readonly onNat: readonly RouteTable[];
}

/** Plans one pool. Total: any observation gives a plan. */
export function plan(observed: Observed, policy: Policy, nowMs: number): Plan {
  const gateway = chosenGateway(observed);
  const tables = observed.routeTables
    .filter((table) => isOurs(table, observed.natGateways))
    .sort((a, b) => (a.routeTableId < b.routeTableId ? -1 : 1));
  const situation: Situation = {
    ...{ observed, policy, nowMs, gateway },
    available: gateway?.state === "available" ? gateway : undefined,
    direct: tables.filter((it) => it.route?.kind === "internet" && !isShared(it)),
    onNat: tables.filter((it) => it.route?.kind === "nat" && !isShared(it)),
  };
  const demand = demandOf(observed, policy, nowMs);
  const standing = standingFindings(situation);
  if (demand.kind === "nothing") return { actions: [], findings: standing, waits: [] };
  const parts: Part[] = [
    { actions: rescues(situation, tables, demand) },
    demand.kind === "fallback" ? enter(situation, demand.episode) : {},
    { actions: [...notes(situation, tables), ...remembered(tables, observed.refusals)] },
    demand.kind === "direct" ? leave(situation, demand.atOnce) : {},
    { actions: deletions(observed) },
    demand.kind === "stay" ? { waits: demand.waits } : {},
  ].map((part) => due(part, observed, nowMs));
  const acting = parts.findIndex(({ actions = [] }) => actions.length > 0);
  const looked = acting < 0 ? parts : parts.slice(0, acting + 1);
  return {
    actions: parts[acting]?.actions ?? [],
    // Of all parts: a run that ends with an action must not look as if what lasts had ended.
    findings: [...standing, ...parts.flatMap(({ findings = [] }) => findings)],
    waits: looked.flatMap(({ waits = [] }) => waits),
  };
}

/** The part without what AWS has refused lately. */
function due({ actions = [], findings = [], waits = [] }: Part, { refusals }: Observed, nowMs: number): Part {
  const tried = dueOf(actions, refusals, nowMs);
  return {
    actions: tried.actions,
    findings: [...findings, ...tried.findings],
    waits: [...waits, ...tried.waits],
  };
}

/** Row 14: a route to a gateway that is not available carries nothing. */
function rescues(situation: Situation, tables: readonly RouteTable[], demand: Demand): Action[] {
  const { observed, available } = situation;
  const usable = new Set(
    observed.natGateways.filter(({ state }) => state === "available").map((it) => it.natGatewayId),
  );
  const dead = tables.filter(
    ({ route }) => route?.kind === "nat" && (route.blackhole || !usable.has(route.natGatewayId)),
  );
  const isOverridden = demand.kind === "direct" && demand.atOnce;
  const mayEnter = available && !isOverridden && natSubnetFindings(observed).length === 0;
  return dead.flatMap((table) => (mayEnter ? toGateway(situation, table, 14) : toInternet(situation, table, 14)));
}

/** Rows 3, 4, 6 and 7. */
function enter(situation: Situation, episode: string): Part {
  const { observed, nowMs, gateway, available, direct, onNat } = situation;
  if (natSubnetFindings(observed).length > 0) return {};
  // A gateway that no route may lead to would only cost.
  if (direct.length + onNat.length === 0) return {};
  if (available) return { actions: direct.flatMap((table) => toGateway(situation, table, 7)) };
  if (!gateway || isOutOfTheWay(gateway, observed, nowMs)) return creation(observed, episode, nowMs);
  return waitFor(gateway, observed, nowMs);
}

/** Rows 9 to 13 and 16. */
function leave(situation: Situation, atOnce: boolean): Part {
  const { observed, policy, nowMs, available, direct, onNat } = situation;
  if (atOnce && onNat.length > 0) return { actions: onNat.flatMap((table) => toInternet(situation, table, 16)) };
  const refused = atOnce || !available ? [] : refusedAgain(direct, observed, policy);
  if (refused.length > 0) return { actions: refused.flatMap((table) => toGateway(situation, table, 11)) };
  const [next] = onNat;
  if (!next) return stand(situation);
  const blocker = blockerOf(next, direct, observed, policy, nowMs);
  if (!blocker) return { actions: toInternet(situation, next, 10) };
  return "wait" in blocker ? { waits: [blocker.wait] } : { findings: [blocker.finding] };
}

/** Rows 12 and 13: all is direct. */
function stand({ observed, policy, nowMs, gateway, available }: Situation): Part {
  const sinceMs = lastFlipMs(observed.routeTables, "direct") ?? 0;
  if (!gateway || isOutOfTheWay(gateway, observed, nowMs)) {
    return policy.standby === "warm" ? creation(observed, episodeName("standby", sinceMs), nowMs) : {};
  }
  if (!available) return waitFor(gateway, observed, nowMs);
  if (policy.standby === "warm" || available.routed) return {};
  const untilMs = Math.max(sinceMs, available.createdMs) + policy.graceMs;
  if (nowMs < untilMs) return { waits: [{ kind: "grace", untilMs }] };
  return { actions: [{ kind: "delete", row: 12, natGatewayId: available.natGatewayId }] };
}

/** Row 17: a crash, or a describe call that lags, between the route and its note. */
function notes({ nowMs }: Situation, tables: readonly RouteTable[]): Action[] {
  return tables.flatMap(({ routeTableId, route, flips }): Action[] => {
    const direction: Direction = route?.kind === "nat" ? "fallback" : "direct";
    if ((flips.at(-1)?.direction ?? "direct") === direction) return [];
    return [{ kind: "note", row: 17, routeTableId, flips: withFlip(flips, direction, nowMs) }];
  });
}

function toGateway({ available, nowMs }: Situation, table: RouteTable, row: Route["row"]): Route[] {
  const { routeTableId, subnetIds, route: from } = table;
  if (!available || !from) return [];
  const flips = withFlip(table.flips, "fallback", nowMs);
  const { natGatewayId } = available;
  return [{ kind: "route", row, routeTableId, subnetIds, from, to: { kind: "nat", natGatewayId }, flips }];
}

function toInternet({ observed, nowMs }: Situation, table: RouteTable, row: Route["row"]): Route[] {
  const { routeTableId, subnetIds, route: from } = table;
  const { internetGatewayId: gatewayId } = observed;
  if (!gatewayId || !from) return [];
  const flips = withFlip(table.flips, "direct", nowMs);
  return [{ kind: "route", row, routeTableId, subnetIds, from, to: { kind: "internet", gatewayId }, flips }];
}

/** One that is overdue is not worth waiting for within the run. What AWS refused before may come of this one as well. */
function waitFor(gateway: NatGateway, { refusals }: Observed, nowMs: number): Part {
  const { natGatewayId, state } = gateway;
  const findings = creationRefused(refusals);
  if (overdueOf(gateway, nowMs)) return { findings };
  return { findings, waits: [{ kind: "gateway", natGatewayId, state: state === "deleting" ? "deleting" : "pending" }] };
}

/** What holds whatever is asked: bad input, failures, and what fallback costs (row 8). */
function standingFindings({ observed, policy, nowMs }: Situation): Finding[] {
  const { alarm } = observed;
  const sinceMs = activeSinceMs(observed.routeTables);
  const inside = sinceMs !== undefined;
  const cureMs = Math.max(policy.swapMs, alarmEndsMs);
  // Members that are left behind keep the alarm raised, whatever the partner makes of the fallback address.
  const isWhole =
    observed.uncovered.length === 0 && !observed.routeTables.some(({ route }) => route?.kind === "internet");
  const helpless = inside && isWhole && alarm.state === "raised" && nowMs - Math.max(sinceMs, alarm.sinceMs) >= cureMs;
  return [
    ...overrideFindings(observed),
    ...routeFindings(observed),
    ...creationFindings(observed),
    ...(alarm.state === "unknown" && alarm.missing ? [{ kind: "alarm-missing" } as const] : []),
    ...observed.natGateways.flatMap((it) => overdueOf(it, nowMs) ?? []),
    ...(helpless ? [{ kind: "not-helping", sinceMs } as const] : []),
    ...(inside && nowMs - sinceMs >= policy.maxFallbackMs ? [{ kind: "too-long", sinceMs } as const] : []),
  ];
}
