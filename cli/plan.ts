/** `holdfast plan`: what relocation, fallback and attaching would do now, and why, row by row. Changes nothing. */
import type { Action as AttachAction } from "../src/attach/actions.ts";
import { functionNameIn } from "../src/aws/identifiers.ts";
import type { Action as FallbackAction, Wait as FallbackWait } from "../src/fallback/actions.ts";
import { reasonOf as fallbackReason } from "../src/fallback/rows.ts";
import type { Action as RelocationAction, Wait as RelocationWait } from "../src/relocation/actions.ts";
import { drainReason } from "../src/relocation/drain-time.ts";
import { policyOf } from "../src/relocation/reconcile.ts";
import { reasonOf as relocationReason } from "../src/relocation/rows.ts";
import { counted } from "../src/telemetry/counted.ts";
import { exitCodeOf, renderAttention } from "./support/attention.ts";
import { poolsOf, readSettings } from "./support/deployment.ts";
import { exitCodes } from "./support/exit-codes.ts";
import { observePool, type PoolView, poolAttention, resumed } from "./support/observe-pool.ts";
import type { Answer, Session } from "./support/session.ts";
import { moment, type Style, wrap } from "./support/style.ts";

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
  const attention = views.flatMap(poolAttention);
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
        ...plansOf(view),
        attention: poolAttention(view),
        ifResumed: plansOf(resumed(view)),
      })),
    },
    text: [
      ...views.flatMap((view) => {
        const unpaused = resumed(view);
        return [render(style, view), ...(unpaused ? [render(style, unpaused, ", if it were not paused")] : [])];
      }),
      "",
      "Nothing was changed.",
    ].join("\n"),
  };
}

function plansOf(view: PoolView | undefined) {
  const { relocation, fallback, attach } = view ?? {};
  return relocation && { relocation: relocation.plan, fallback: fallback?.plan, attach: attach?.plan };
}

function render(style: Style, view: PoolView, supposing = ""): string {
  const { pool, relocation, fallback, attach, atMs } = view;
  const attention = poolAttention(view);
  const lines = (title: string, actions: readonly string[], waits: readonly string[]) => [
    style("bold", `  ${title}`),
    ...(actions.length > 0 ? actions : [style("dim", "    no action")]),
    ...waits.map((it) => style("dim", `    waiting ${it}`)),
  ];
  return [
    style("bold", `Pool ${pool.name}${supposing}`),
    ...lines(
      "relocation",
      relocation.plan.actions.map((it) => actionLine(it.row, relocationAction(view, it))),
      relocation.plan.waits.map((it) => relocationWait(view, it)),
    ),
    ...(fallback
      ? lines(
          "fallback",
          fallback.plan.actions.map((it) => actionLine(it.row, fallbackAction(it))),
          fallback.plan.waits.map((it) => fallbackWait(it, atMs)),
        )
      : [style("dim", "  fallback: not deployed")]),
    ...(attach
      ? lines(
          "attaching",
          attach.plan.actions.map((it) => actionLine(it.row, attachAction(it))),
          attach.plan.waits.map(({ functionName }) => `for the update of ${functionName} to end`),
        )
      : []),
    ...(attention.length > 0 && supposing === "" ? [renderAttention(style, attention)] : []),
  ].join("\n");
}

function actionLine(row: number, text: string): string {
  const head = `    row ${row}: `;
  return `${head}${wrap(text, " ".repeat(head.length))}`;
}

function relocationAction({ relocation }: PoolView, action: RelocationAction): string {
  const ipOf = (id: string) => relocation.observed.addresses.find((it) => it.allocationId === id)?.publicIp ?? id;
  const ip = ipOf(action.allocationId);
  const on = `${action.networkInterfaceId} in ${action.subnetId}`;
  const why = relocationReason(action.row);
  switch (action.kind) {
    case "associate":
      return `associate ${ip} with ${on}: ${why}`;
    case "move":
      return `move ${ip} from ${action.from} to ${on}: ${why}`;
    case "swap":
      return `replace ${ipOf(action.replaces)} with ${ip} on ${on}: ${why}`;
    case "disassociate":
      return `disassociate ${ip} from ${on}: ${why}`;
    case "scout":
      return `verify ${ip} on the scout's ${action.networkInterfaceId}: ${why}`;
    case "note":
      return `record on its tag that ${ip} is ${action.state} on ${on}: ${why}`;
  }
}

function relocationWait({ pool, relocation, atMs: nowMs }: PoolView, wait: RelocationWait): string {
  switch (wait.kind) {
    case "update":
      return `for the update of ${functionNameIn(wait.functionArn)} (${wait.version}) to end`;
    case "interface":
      return `for Lambda to create an interface of ${wait.attachment}`;
    case "proof":
      return "for the members to say which interfaces their published versions use";
    case "refusal":
      return `until ${moment(wait.untilMs, nowMs)} to try again what AWS refused`;
    case "drain":
      return `until ${moment(wait.untilMs, nowMs)} for ${wait.allocationId} to drain: ${drainReason(relocation.observed, policyOf(pool.relocation, false))}`;
  }
}

function fallbackAction(action: FallbackAction): string {
  const why = fallbackReason(action.row);
  switch (action.kind) {
    case "create":
      return `create a NAT gateway with ${action.allocationId} for ${action.episode}: ${why}`;
    case "delete":
      return `delete NAT gateway ${action.natGatewayId}: ${why}`;
    case "route": {
      const to = action.to.kind === "nat" ? action.to.natGatewayId : action.to.gatewayId;
      return `point 0.0.0.0/0 of ${action.routeTableId} to ${to}: ${why}`;
    }
    case "note":
      return `record on its tag where ${action.routeTableId} points: ${why}`;
    case "remember":
      return `record on the tag of ${action.routeTableId} what AWS refuses: ${why}`;
  }
}

function fallbackWait(wait: FallbackWait, nowMs: number): string {
  if (wait.kind === "gateway") return `for NAT gateway ${wait.natGatewayId} (${wait.state})`;
  if (wait.kind === "clean-rounds") return `for clean rounds of ${wait.routeTableId}`;
  return `until ${moment(wait.untilMs, nowMs)}: ${waitReasons[wait.kind]}`;
}

function attachAction({ functionName, refused, tests }: AttachAction): string {
  return `attach ${functionName} to the pool's network: ${refused} of ${counted(tests, "test")} ${refused === 1 ? "was" : "were"} refused`;
}

const waitReasons = {
  swap: "a swap to a clean spare may still end the block",
  backoff: "the next attempt at what AWS refused",
  hold: "the minimum time in fallback",
  grace: "the unused NAT gateway is kept until then",
} as const;
