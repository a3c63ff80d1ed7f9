/** What Holdfast does about a pool's state, in a sentence, and until when. Pure. */
import { functionNameIn } from "../../src/aws/identifiers.ts";
import type { Action as FallbackAction, Wait as FallbackWait } from "../../src/fallback/actions.ts";
import { lastFlipMs } from "../../src/fallback/history.ts";
import { policyOf } from "../../src/fallback/reconcile.ts";
import { holdMsOf } from "../../src/fallback/returns.ts";
import { isHeal, type Action as RelocationAction, type Wait as RelocationWait } from "../../src/relocation/actions.ts";
import { type PoolView, resumed } from "./observe-pool.ts";
import { duration } from "./style.ts";

/** `text` follows "Holdfast" in a sentence. */
export interface Doing {
  readonly text: string;
  /** When what is waited for is over. */
  readonly untilMs?: number;
}

/**
 * Returns what is done, or undefined where nothing is. The first that fits wins:
 *
 *  1  the pool is paused                        nothing, and what would be done
 *  2  an address would be given to members      that, in the next run
 *  3  fallback has an action                    that, in the next run
 *  4  relocation waits for what heals           that wait
 *  5  fallback waits                            that wait, and its end
 *  6  a route points to the NAT gateway         that it stays so, and for how long at least
 *  7  attaching has an action                   that
 *  8  anything else is done or waited for       that
 */
export function doingOf(view: PoolView): Doing | undefined {
  const unpaused = resumed(view);
  if (unpaused) {
    const would = doingOf(unpaused);
    const otherwise = would ? `; were it not, it ${would.text}` : ", and has nothing to do";
    return { text: `changes nothing, since the pool is paused${otherwise}` };
  }
  const { relocation, fallback, attach } = view;
  const heal = relocation.plan.actions.find(isHeal);
  if (heal) return nextRun(view.pool.relocation.sweepMinutes, ofRelocation(view, heal));
  const [routing] = fallback?.plan.actions ?? [];
  if (routing) return nextRun(1, ofFallback(routing));
  const healing = relocation.plan.waits.find(({ kind }) => kind !== "drain");
  if (healing) return waiting(view, healing);
  const [wait] = fallback?.plan.waits ?? [];
  if (wait) return fallbackWaiting(wait);
  const held = keptOnNat(view);
  if (held) return held;
  const [attaching] = attach?.plan.actions ?? [];
  if (attaching) return nextRun(1, `attaches ${attaching.functionName} to the pool's network`);
  const [other] = relocation.plan.actions;
  if (other) return nextRun(view.pool.relocation.sweepMinutes, ofRelocation(view, other));
  const [drain] = relocation.plan.waits;
  return drain && waiting(view, drain);
}

function nextRun(minutes: number, text: string): Doing {
  return { text: `${text} in its next run, within ${duration(minutes * 60_000)}` };
}

function ipOf({ relocation }: PoolView, id: string): string {
  return relocation.observed.addresses.find(({ allocationId }) => allocationId === id)?.publicIp ?? id;
}

function ofRelocation(view: PoolView, action: RelocationAction): string {
  const ip = ipOf(view, action.allocationId);
  switch (action.kind) {
    case "associate":
      return `gives ${action.networkInterfaceId} the spare ${ip}`;
    case "move":
      return `moves ${ip} to ${action.networkInterfaceId}`;
    case "swap":
      return `replaces ${ipOf(view, action.replaces)} with the spare ${ip}`;
    case "disassociate":
      return `takes ${ip} off ${action.networkInterfaceId}`;
    case "scout":
      return `verifies ${ip} on the scout`;
    case "note":
      return `records the state of ${ip}`;
  }
}

function waiting(view: PoolView, wait: RelocationWait): Doing {
  switch (wait.kind) {
    case "update":
      return { text: `waits for the update of ${functionNameIn(wait.functionArn)} to end` };
    case "interface":
      return { text: "waits for Lambda to create an interface" };
    case "proof":
      return { text: "asks the members which interfaces their versions use" };
    case "refusal":
      return { text: "tries again what AWS has refused", untilMs: wait.untilMs };
    case "drain":
      return { text: `lets ${ipOf(view, wait.allocationId)} drain`, untilMs: wait.untilMs };
  }
}

/** While the alarm is raised fallback has nothing to do or to wait for: the pool stays where it is. */
function keptOnNat({ pool, fallback, atMs }: PoolView): Doing | undefined {
  const tables = fallback?.observed.routeTables ?? [];
  if (!pool.fallback || !tables.some(({ route }) => route?.kind === "nat")) return undefined;
  const enteredMs = lastFlipMs(tables, "fallback");
  const untilMs = enteredMs === undefined ? 0 : enteredMs + holdMsOf(tables, policyOf(pool.fallback), atMs);
  const text = "keeps the traffic on the NAT gateway as long as a partner refuses the pool";
  return untilMs > atMs ? { text: `${text}, and its minimum time at least`, untilMs } : { text };
}

function ofFallback(action: FallbackAction): string {
  switch (action.kind) {
    case "create":
      return "creates a NAT gateway";
    case "delete":
      return `deletes the NAT gateway ${action.natGatewayId}`;
    case "route":
      return action.to.kind === "nat"
        ? "points the routes to the NAT gateway"
        : "points a route back to the internet gateway";
    case "note":
    case "remember":
      return "records the state of the routes";
  }
}

function fallbackWaiting(wait: FallbackWait): Doing {
  switch (wait.kind) {
    case "gateway":
      return { text: `waits for the NAT gateway, which is ${wait.state}` };
    case "clean-rounds":
      return { text: "fails back one zone at a time, as soon as the probes of the last one are accepted" };
    case "swap":
      return { text: "waits whether a swap to a spare ends the block, before it fails over", untilMs: wait.untilMs };
    case "backoff":
      return { text: "tries again what AWS has refused", untilMs: wait.untilMs };
    case "hold":
      return { text: "keeps the traffic on the NAT gateway for its minimum time", untilMs: wait.untilMs };
    case "grace":
      return { text: "keeps the unused NAT gateway", untilMs: wait.untilMs };
  }
}
