/** One pool as relocation and fallback see it, with what each of them would do now. */
import type { Plan as FallbackPlan } from "../../src/fallback/actions.ts";
import type { Observed as FallbackObserved } from "../../src/fallback/model.ts";
import { observe as observeFallback } from "../../src/fallback/observe.ts";
import { plan as planFallback } from "../../src/fallback/plan.ts";
import { policyOf as fallbackPolicy } from "../../src/fallback/reconcile.ts";
import type { Plan as RelocationPlan } from "../../src/relocation/actions.ts";
import type { Observed as RelocationObserved } from "../../src/relocation/model.ts";
import { plan as planRelocation } from "../../src/relocation/plan.ts";
import { observe as observeRelocation, policyOf as relocationPolicy } from "../../src/relocation/reconcile.ts";
import { type Attention, ofFallback, ofRelocation } from "./attention.ts";
import type { Pool } from "./deployment-model.ts";
import type { Session } from "./session.ts";

export interface PoolView {
  readonly pool: Pool;
  readonly atMs: number;
  readonly relocation: { readonly observed: RelocationObserved; readonly plan: RelocationPlan };
  readonly fallback: { readonly observed: FallbackObserved; readonly plan: FallbackPlan } | undefined;
}

/** Reads the pool as both actuators do, and plans as they do. Writes nothing. */
export async function observePool(session: Pick<Session, "clients" | "clock">, pool: Pool): Promise<PoolView> {
  const { clients, clock } = session;
  const { ec2, cloudWatch } = clients;
  const source = { ...clients, versions: new Map() };
  const { metricsNamespace } = pool;
  const [moved, routed] = await Promise.all([
    observeRelocation(source, pool.relocation),
    pool.fallback && observeFallback({ ec2, cloudWatch, clock, metricsNamespace }, pool.fallback),
  ]);
  const atMs = clock.now();
  return {
    pool,
    atMs,
    relocation: { observed: moved, plan: planRelocation(moved, relocationPolicy(pool.relocation, true), atMs) },
    fallback:
      pool.fallback && routed
        ? { observed: routed, plan: planFallback(routed, fallbackPolicy(pool.fallback), atMs) }
        : undefined,
  };
}

/** What both plans report. Of an override fallback knows more, where there is one. */
export function attentionOf({ pool, relocation, fallback }: PoolView): Attention[] {
  const found = relocation.plan.findings.filter(({ kind }) => kind !== "paused" || !fallback);
  return [
    ...found.map((it) => ofRelocation(pool.name, it)),
    ...(fallback?.plan.findings ?? []).map((it) => ofFallback(pool.name, it)),
  ];
}
