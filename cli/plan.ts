/** `holdfast plan`: what relocation, fallback and attaching would do now, and why, row by row. Changes nothing. */
import type { Action as AttachAction } from "../src/attach/model.ts";
import type { Action as FallbackAction, Wait as FallbackWait } from "../src/fallback/actions.ts";
import type { Action as RelocationAction, Wait as RelocationWait } from "../src/relocation/actions.ts";
import { exitCodeOf, renderAttention } from "./support/attention.ts";
import { poolsOf, readSettings } from "./support/deployment.ts";
import { exitCodes } from "./support/exit-codes.ts";
import { attentionOf, observePool, type PoolView } from "./support/observe-pool.ts";
import type { Answer, Session } from "./support/session.ts";
import { duration, type Style, time } from "./support/style.ts";

export interface PlanOptions {
  readonly pool?: string;
}

export async function plan(session: Session, options: PlanOptions): Promise<Answer> {
  const { clients, deployment, progress, style } = session;
  const pools = poolsOf(await readSettings(clients, deployment), options.pool);
  const views: PoolView[] = [];
  for (const pool of pools) {
    progress.step(`reading pool ${pool.name}`);
    views.push(await observePool(session, pool));
  }
  const attention = views.flatMap(attentionOf);
  const actions = views.flatMap((it) => [
    ...it.relocation.plan.actions,
    ...(it.fallback?.plan.actions ?? []),
    ...(it.attach?.plan.actions ?? []),
  ]);
  return {
    exitCode: actions.length > 0 ? exitCodes.attention : exitCodeOf(attention),
    json: {
      stage: deployment.stage,
      pools: views.map((view) => ({
        name: view.pool.name,
        relocation: view.relocation.plan,
        fallback: view.fallback?.plan,
        attach: view.attach?.plan,
        attention: attentionOf(view),
      })),
    },
    text: [...views.map((view) => render(style, view)), "", "Nothing was changed."].join("\n"),
  };
}

function render(style: Style, view: PoolView): string {
  const { pool, relocation, fallback, attach, atMs } = view;
  const attention = attentionOf(view);
  const lines = (title: string, actions: readonly string[], waits: readonly string[]) => [
    style("bold", `  ${title}`),
    ...(actions.length > 0 ? actions : [style("dim", "    does nothing")]),
    ...waits.map((it) => style("dim", `    waits: ${it}`)),
  ];
  return [
    style("bold", `Pool ${pool.name}`),
    ...lines(
      "relocation",
      relocation.plan.actions.map((it) => `    row ${it.row}: ${relocationAction(view, it)}`),
      relocation.plan.waits.map((it) => relocationWait(it, atMs)),
    ),
    ...(fallback
      ? lines(
          "fallback",
          fallback.plan.actions.map((it) => `    row ${it.row}: ${fallbackAction(it)}`),
          fallback.plan.waits.map((it) => fallbackWait(it, atMs)),
        )
      : [style("dim", "  fallback is off")]),
    ...(attach
      ? lines(
          "attaching",
          attach.plan.actions.map((it) => `    row ${it.row}: ${attachAction(it)}`),
          attach.plan.waits.map(({ functionName }) => `for the update of ${functionName} to end`),
        )
      : []),
    ...(attention.length > 0 ? [renderAttention(style, attention)] : []),
  ].join("\n");
}

/** Why, in the words of the rows of docs/how-it-works.md. */
const reasons: Readonly<Record<number, string>> = {
  1: "it serves again before its drain ended",
  2: "it carries traffic without an address, and a clean spare is there",
  3: "it carries traffic without an address, and nobody uses the other interface any more",
  5: "a partner blocks the address there, and a clean spare is there",
  7: "its function's update is in progress: address first, traffic after",
  9: "no live version uses it any more",
  13: "it is due to be tried out",
  14: "it has been tried out, and another is due",
};

function relocationAction({ relocation }: PoolView, action: RelocationAction): string {
  const ipOf = (id: string) => relocation.observed.addresses.find((it) => it.allocationId === id)?.publicIp ?? id;
  const ip = ipOf(action.allocationId);
  const on = `${action.networkInterfaceId} in ${action.subnetId}`;
  const why = reasons[action.row] ?? "";
  switch (action.kind) {
    case "associate":
      return `put ${ip} on ${on}: ${why}`;
    case "move":
      return `move ${ip} from ${action.from} to ${on}: ${why}`;
    case "swap":
      return `put ${ip} in the place of ${ipOf(action.replaces)} on ${on}: ${why}`;
    case "disassociate":
      return `take ${ip} off ${on}: ${why}${action.row === 9 ? ", and its drain is over" : ""}`;
    case "scout":
      return `try ${ip} out on the scout's ${action.networkInterfaceId}: ${why}`;
    case "note":
      return `note that ${ip} is ${action.state} on ${on}: ${why}`;
  }
}

function relocationWait(wait: RelocationWait, nowMs: number): string {
  switch (wait.kind) {
    case "update":
      return `for the update of ${wait.functionArn.split(":")[6]} (${wait.version}) to end`;
    case "interface":
      return `for an interface of ${wait.attachment}`;
    case "proof":
      return "for the members to say which interfaces their published versions use";
    case "refusal":
      return `until ${time(wait.untilMs)} (${duration(wait.untilMs - nowMs)}) to try again what AWS refused`;
    case "drain":
      return `until ${time(wait.untilMs)} (${duration(wait.untilMs - nowMs)}) for ${wait.allocationId} to drain`;
  }
}

function fallbackAction(action: FallbackAction): string {
  switch (action.kind) {
    case "create":
      return `make a NAT gateway with ${action.allocationId} for ${action.episode}`;
    case "delete":
      return `delete NAT gateway ${action.natGatewayId}`;
    case "route":
      return `lead 0.0.0.0/0 of ${action.routeTableId} to ${action.to.kind === "nat" ? action.to.natGatewayId : action.to.gatewayId}`;
    case "note":
      return `note the way of ${action.routeTableId} in its tag`;
  }
}

function fallbackWait(wait: FallbackWait, nowMs: number): string {
  if (wait.kind === "gateway") return `for NAT gateway ${wait.natGatewayId} (${wait.state})`;
  if (wait.kind === "clean-rounds") return `for clean rounds of ${wait.routeTableId}`;
  return `until ${time(wait.untilMs)} (${duration(wait.untilMs - nowMs)}): ${waitReasons[wait.kind]}`;
}

function attachAction({ functionName, refused, tests }: AttachAction): string {
  return `attach ${functionName} to the pool's network: ${refused} of ${tests} tests were refused`;
}

const waitReasons = {
  swap: "a swap to a clean spare may still cure it",
  backoff: "the next attempt to make a NAT gateway",
  hold: "the least time in fallback",
  grace: "the unused NAT gateway stays that long",
} as const;
