/** A teardown's decisions. Pure: the same observation, request and time always give the same plan. */
import { lastRunEndsMs } from "../config/run-times.ts";
import type { AddressesRequest, parseTeardown, TeardownRequest } from "../config/teardown-request.ts";
import { isOurs } from "../fallback/findings.ts";
import type { LedTable, Route } from "../fallback/model.ts";
import type { Action, Finding, Plan, Wait } from "./actions.ts";
import type {
  AddressWork,
  HeldAddress,
  ObservedFallback,
  ObservedSubnet,
  OwnAddress,
  Probe,
  SubnetFunction,
  Work,
} from "./model.ts";

/**
 * Returns what an invocation is to tear down; undefined for nothing.
 *
 *  action   of the pool                          work
 *  create   -                                    none: what there is to tear down shows at the end
 *  update   route tables are named no more       the routes of those, while the tag that permits changing them is there
 *  update   addresses are named no more, or      those
 *           again
 *  update   else                                 none
 *  delete   a pool's addresses                   none: the teardowns of its places have freed them
 *  delete   else                                 all of it
 */
export function workOf({ action, request, before }: ReturnType<typeof parseTeardown>): Work | undefined {
  if (action === "delete") return request.kind === "addresses" ? undefined : request;
  if (request.kind === "addresses") return action === "create" ? undefined : addressWork(request, before);
  if (action === "create" || request.kind !== "fallback" || before?.kind !== "fallback") return undefined;
  const dropped = before.routeTableIds.filter((id) => !request.routeTableIds.includes(id));
  return dropped.length === 0 ? undefined : { ...before, kind: "routes", routeTableIds: dropped };
}

function addressWork(
  { allocationIds, ...request }: AddressesRequest,
  before: TeardownRequest | undefined,
): AddressWork | undefined {
  if (before?.kind !== "addresses") return undefined;
  const leaving = before.allocationIds.filter((id) => !allocationIds.includes(id));
  const staying = allocationIds.filter((id) => !before.allocationIds.includes(id));
  return leaving.length + staying.length === 0 ? undefined : { ...request, leaving, staying };
}

/** How long members may take to go: an application's own functions are deleted in the same removal, at the same time. */
export const membersGoMs = 120_000;

export interface SubnetPolicy {
  /** Key of the attachment that members of the pool, or its scout, have in the subnet. */
  readonly attachment: string;
  readonly deletesSubnet: boolean;
}

/** When the teardown began, and now. */
export interface Times {
  readonly startedMs: number;
  readonly nowMs: number;
}

/**
 * What to do where members or the scout stand.
 *
 *  #  members    since the start            an address of the pool  a probe             action
 *  1  there      less than 2 minutes        -                       -                   wait for them
 *  2  there      2 minutes                  -                       -                   refuse, change nothing
 *  3  none       -                          on an interface here    -                   disassociate it
 *  4  none       -                          -                       here; or failed to  take it out of the VPC
 *                                                                   leave the VPC
 *  5  none       -                          -                       being updated       wait
 *  6  none       less than runs may last    none                    gone                wait
 *  7  none       longer than runs may last  none                    gone                done
 *
 * A member is a function that would lose its way out, or hold up the removal: one with the pool's attachment, one that
 * shares an interface with an address of the pool, and, where the subnet itself goes, any in it.
 */
export function planSubnet(observed: ObservedSubnet, policy: SubnetPolicy, times: Times): Plan {
  const { functions = [], addresses, probes } = observed;
  const functionNames = functions.filter((it) => isMember(it, addresses, policy)).map((it) => it.functionName);
  const nothing = { actions: [], waits: [], findings: [], blocker: undefined };
  if (functionNames.length > 0) {
    const late = times.nowMs - times.startedMs >= membersGoMs;
    const said = { kind: "members", functionNames: functionNames.sort() } as const;
    return late ? { ...nothing, blocker: said } : { ...nothing, waits: [said] };
  }
  const [changing, settled] = [probes.filter(isChanging), probes.filter((it) => !isChanging(it))];
  return {
    ...nothing,
    actions: [...addresses.map(disassociate), ...settled.filter(stands).map(withdraw)],
    waits: [...changing.map(({ functionArn }): Wait => ({ kind: "probe", functionArn })), ...waitForRuns(times)],
  };
}

function isMember(it: SubnetFunction, addresses: readonly HeldAddress[], policy: SubnetPolicy): boolean {
  const { attachment } = it;
  return (
    policy.deletesSubnet || attachment === policy.attachment || addresses.some((held) => held.attachment === attachment)
  );
}

const isChanging = ({ status }: Probe) => status === "changing";

/** What `GetFunctionConfiguration` shows after an update that failed is not documented: it is asked for again. */
const stands = ({ place, status }: Probe) => place === "here" || (place === "outside" && status === "failed");

function disassociate({ allocationId, associationId, networkInterfaceId }: HeldAddress): Action {
  return { kind: "disassociate", row: 3, allocationId, associationId, networkInterfaceId };
}

function withdraw({ functionArn, revisionId }: Probe): Action {
  return { kind: "withdraw", row: 4, functionArn, revisionId };
}

/**
 * What to do with a pool's way through NAT gateways.
 *
 *  #  a default route of the pool          a NAT gateway of the pool    action
 *  1  to the internet gateway              -                            none
 *  2  to the pool's gateway, or to a dead  -                            replace it by the internet gateway
 *  3  elsewhere, or none                   -                            leave it, report
 *  4  as 2, no internet gateway            -                            leave it, report: nothing gets out anyway
 *  5  -                                    there, no route to it        delete it
 *  6  -                                    being deleted                wait
 *  7  -                                    others' routes go to it      refuse
 *  8  none to replace                      gone                         wait until no run can make it again; then done
 */
export function planFallback(observed: ObservedFallback, times: Times): Plan {
  const { routeTables, natGateways, internetGatewayId: gatewayId } = observed;
  const ours = routeTables.filter((it) => goesThroughNat(it, observed));
  const routes = ours.flatMap(({ routeTableId, route: from }): Action[] =>
    from && gatewayId ? [{ kind: "route", row: 2, routeTableId, from, gatewayId }] : [],
  );
  const alive = natGateways.filter(({ state }) => state !== "deleting" && state !== "deleted");
  const foreignRoutes = observed.foreignRoutes.filter((route) =>
    alive.some(({ natGatewayId }) => natGatewayId === route.natGatewayId),
  );
  const used = new Set([...foreignRoutes, ...(gatewayId ? ours.flatMap(natRouteOf) : [])].map((it) => it.natGatewayId));
  const deleting = natGateways.filter(({ state }) => state === "deleting");
  return {
    actions: [
      ...routes,
      ...alive
        .filter(({ natGatewayId }) => !used.has(natGatewayId))
        .map(({ natGatewayId }): Action => ({ kind: "delete", row: 5, natGatewayId })),
    ],
    waits: [...deleting.map(({ natGatewayId }): Wait => ({ kind: "gateway", natGatewayId })), ...waitForRuns(times)],
    findings: routeTables.flatMap((it) => findingsOf(it, observed)),
    blocker: foreignRoutes.length > 0 ? { kind: "foreign-routes", routes: foreignRoutes } : undefined,
  };
}

/**
 * What to do with route tables that the pool names no more: rows 1 to 4 and 8 of the table above. Its other tables may be
 * on NAT, so its gateways stay.
 */
export function planRoutes(observed: ObservedFallback, times: Times): Plan {
  const { actions, findings } = planFallback(observed, times);
  const routes = actions.filter(({ kind }) => kind === "route");
  return { actions: routes, waits: waitForRuns(times), findings, blocker: undefined };
}

/**
 * What to do with addresses of a pool that are released next.
 *
 *  #  address  on                       the pool's tag  action
 *  1  leaving  members' interface, or   yes             refuse, leave every address as it is
 *              the NAT gateway
 *  2  leaving  -                        no              where row 1 refuses: put it on again
 *  3  leaving  the scout, or nothing    yes             take it off, so that nothing takes the address any more
 *  4  leaving  the scout                no              disassociate it
 *  5  leaving  elsewhere                -               none: the teardown of that place frees it
 *  6  staying  -                        no              put it on: a deployment that failed had taken it off
 *  7  leaving  -                        -               wait for runs that have seen the tag
 */
export function planAddresses(observed: readonly OwnAddress[], times: Times): Plan {
  const leaving = observed.filter(({ isLeaving }) => isLeaving);
  const inUse = leaving.filter(({ on }) => on === "serving");
  const outside = observed.filter(({ inPool }) => !inPool);
  const tag = (row: 2 | 6, addresses: readonly OwnAddress[]) =>
    addresses.map(({ allocationId }): Action => ({ kind: "tag", row, allocationId }));
  const staying = outside.filter(({ isLeaving }) => !isLeaving);
  if (inUse.length > 0) {
    const actions = [
      ...tag(
        2,
        outside.filter(({ isLeaving }) => isLeaving),
      ),
      ...tag(6, staying),
    ];
    return { actions, waits: [], findings: [], blocker: { kind: "in-use", addresses: inUse } };
  }
  const free = leaving.filter(({ on }) => on !== "elsewhere");
  const held = free.flatMap(({ inPool, allocationId, associationId, networkInterfaceId }): Action[] =>
    !inPool && associationId && networkInterfaceId
      ? [{ kind: "disassociate", row: 4, allocationId, associationId, networkInterfaceId }]
      : [],
  );
  const untag = free
    .filter(({ inPool }) => inPool)
    .map(({ allocationId }): Action => ({ kind: "untag", row: 3, allocationId }));
  const waits = leaving.length > 0 ? waitForRuns(times) : [];
  return { actions: [...untag, ...held, ...tag(6, staying)], waits, findings: [], blocker: undefined };
}

/** A dead route carries no traffic: the table is the pool's, whose route went to the internet. */
function goesThroughNat(table: LedTable, { natGateways }: ObservedFallback): boolean {
  const { route } = table;
  return route?.kind === "nat" && (route.blackhole || isOurs(table, natGateways));
}

function natRouteOf({ route }: LedTable) {
  return route?.kind === "nat" ? [route] : [];
}

function findingsOf(table: LedTable, observed: ObservedFallback): Finding[] {
  const { routeTableId, route } = table;
  if (!route) return [{ kind: "no-default-route", routeTableId }];
  if (goesThroughNat(table, observed)) {
    return observed.internetGatewayId === undefined ? [{ kind: "no-internet-gateway", routeTableId }] : [];
  }
  return route.kind === "internet" ? [] : [{ kind: "foreign-route", routeTableId, target: targetOf(route) }];
}

function targetOf(route: Exclude<Route, { kind: "internet" }>): string {
  return route.kind === "nat" ? route.natGatewayId : route.target;
}

function waitForRuns({ startedMs, nowMs }: Times): Wait[] {
  const untilMs = startedMs + lastRunEndsMs;
  return nowMs < untilMs ? [{ kind: "runs", untilMs }] : [];
}
