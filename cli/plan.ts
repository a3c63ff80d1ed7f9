/** `holdfast plan`: what relocation, fallback and attaching would do now, and why, row by row. Changes nothing. */
import type { Action as AttachAction, Wait as AttachWait } from "../src/attach/actions.ts";
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
import type { Json } from "./support/schemas.ts";
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
      pools: views.map((view) => {
        const unpaused = resumed(view);
        return {
          name: view.pool.name,
          ...plansOf(view),
          findings: poolAttention(view),
          ifResumed: unpaused && plansOf(unpaused),
        };
      }),
    } satisfies Json<"plan">,
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

type Parts = Omit<Json<"plan">["pools"][number], "name" | "findings" | "ifResumed">;
type PartPlan = Parts["relocation"];
type Pending = PartPlan["waits"][number];

/** Returns what each part would do and waits for, in words. */
function plansOf(view: PoolView): Parts {
  const { relocation, fallback, attach } = view;
  return {
    relocation: {
      actions: relocation.plan.actions.map((it) => ({ ...idsOf(it), text: relocationAction(view, it) })),
      waits: relocation.plan.waits.map((it) => pendingOf(it, relocationWait(view, it))),
    },
    fallback: fallback && {
      actions: fallback.plan.actions.map((it) => ({ ...idsOf(it), text: fallbackAction(it) })),
      waits: fallback.plan.waits.map((it) => pendingOf(it, fallbackWait(it))),
    },
    attach: attach && {
      actions: attach.plan.actions.map((it) => ({ ...idsOf(it), text: attachAction(it) })),
      waits: attach.plan.waits.map((it) => pendingOf(it, `for the update of ${it.functionName} to end`)),
    },
  };
}

type Ids = Omit<PartPlan["actions"][number], "text">;

/** Returns of an action what every kind has alike. */
function idsOf(action: Ids): Ids {
  const { kind, row, allocationId, networkInterfaceId, subnetId, routeTableId, natGatewayId, functionName } = action;
  return { kind, row, allocationId, networkInterfaceId, subnetId, routeTableId, natGatewayId, functionName };
}

function pendingOf(wait: RelocationWait | FallbackWait | AttachWait, text: string): Pending {
  const until = "untilMs" in wait ? new Date(wait.untilMs).toISOString() : undefined;
  return { kind: wait.kind, text, until };
}

function render(style: Style, view: PoolView, supposing = ""): string {
  const attention = poolAttention(view);
  const { relocation, fallback, attach } = plansOf(view);
  const waiting = ({ text, until }: Pending) => {
    const time = until === undefined ? "" : `until ${moment(Date.parse(until), view.atMs)} `;
    return style("dim", `    ${wrap(`waiting ${time}${text}`, "      ")}`);
  };
  const lines = (title: string, { actions, waits }: PartPlan) => [
    style("bold", `  ${title}`),
    ...(actions.length > 0 ? actions.map(actionLine) : [style("dim", "    no action")]),
    ...waits.map(waiting),
  ];
  return [
    style("bold", `Pool ${view.pool.name}${supposing}`),
    ...lines("relocation", relocation),
    ...(fallback ? lines("fallback", fallback) : [style("dim", "  fallback: not deployed")]),
    ...(attach ? lines("attaching", attach) : []),
    ...(attention.length > 0 && supposing === "" ? [renderAttention(style, attention)] : []),
  ].join("\n");
}

function actionLine({ row, text }: PartPlan["actions"][number]): string {
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

function relocationWait({ pool, relocation }: PoolView, wait: RelocationWait): string {
  switch (wait.kind) {
    case "update":
      return `for the update of ${functionNameIn(wait.functionArn)} (${wait.version}) to end`;
    case "interface":
      return `for Lambda to create an interface of ${wait.attachment}`;
    case "proof":
      return "for the members to say which interfaces their published versions use";
    case "refusal":
      return "to try again what AWS refused";
    case "drain":
      return `for ${wait.allocationId} to drain: ${drainReason(relocation.observed, policyOf(pool.relocation, false))}`;
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

function fallbackWait(wait: FallbackWait): string {
  if (wait.kind === "gateway") return `for NAT gateway ${wait.natGatewayId} (${wait.state})`;
  if (wait.kind === "clean-rounds") return `for clean rounds of ${wait.routeTableId}`;
  return waitReasons[wait.kind];
}

function attachAction({ functionName, refused, tests }: AttachAction): string {
  return `attach ${functionName} to the pool's network: ${refused} of ${counted(tests, "test")} ${refused === 1 ? "was" : "were"} refused`;
}

const waitReasons = {
  swap: "since a swap to a clean spare may still end the block",
  backoff: "before the next attempt at what AWS refused",
  hold: "for the minimum time in fallback",
  grace: "since an unused NAT gateway is kept for a while",
} as const;
