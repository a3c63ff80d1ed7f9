/** One pool as its actuators see it, with what each of them would do now. */
import type { Plan as AttachPlan } from "../../src/attach/actions.ts";
import type { Observed as AttachObserved } from "../../src/attach/model.ts";
import { observe as observeGuarded } from "../../src/attach/observe.ts";
import { plan as planAttach } from "../../src/attach/plan.ts";
import type { Plan as FallbackPlan } from "../../src/fallback/actions.ts";
import type { Observed as FallbackObserved } from "../../src/fallback/model.ts";
import { observe as observeFallback } from "../../src/fallback/observe.ts";
import { plan as planFallback } from "../../src/fallback/plan.ts";
import { policyOf as fallbackPolicy } from "../../src/fallback/reconcile.ts";
import type { Plan as RelocationPlan } from "../../src/relocation/actions.ts";
import type { Observed as RelocationObserved } from "../../src/relocation/model.ts";
import { MemberMemory } from "../../src/relocation/observe-members.ts";
import { plan as planRelocation } from "../../src/relocation/plan.ts";
import { decide as decideRelocation, policyOf as relocationPolicy } from "../../src/relocation/reconcile.ts";
import { type Attention, ofAttach, ofFallback, ofRelocation } from "./attention.ts";
import type { Pool } from "./deployment-model.ts";
import type { Session } from "./session.ts";

export interface PoolView {
  readonly pool: Pool;
  readonly atMs: number;
  readonly relocation: { readonly observed: RelocationObserved; readonly plan: RelocationPlan };
  readonly fallback: { readonly observed: FallbackObserved; readonly plan: FallbackPlan } | undefined;
  readonly attach: { readonly observed: AttachObserved; readonly plan: AttachPlan } | undefined;
}

/** What a pool is read with. */
export interface PoolSource extends Pick<Session, "clock"> {
  readonly clients: Pick<Session["clients"], "ec2" | "lambda" | "tagging" | "cloudWatch">;
}

/**
 * Reads the pool as all actuators do, and plans as they do. Writes nothing.
 *
 * @param memberMemory what earlier reads of the pool found, which need not be read again
 */
export async function observePool(
  { clients, clock }: PoolSource,
  pool: Pool,
  memberMemory = new MemberMemory(),
): Promise<PoolView> {
  const { ec2, cloudWatch, lambda } = clients;
  const source = { ...clients, memberMemory };
  const [moved, routed, guarded] = await Promise.all([
    decideRelocation(source, pool.relocation, relocationPolicy(pool.relocation, true), [], () => clock.now()),
    pool.fallback && observeFallback({ ec2, cloudWatch, clock }, pool.fallback),
    pool.attach && observeGuarded({ ec2, cloudWatch, lambda, clock }, pool.attach),
  ]);
  const atMs = clock.now();
  return {
    pool,
    atMs,
    relocation: { observed: moved.observed, plan: moved.planned },
    fallback:
      pool.fallback && routed
        ? { observed: routed, plan: planFallback(routed, fallbackPolicy(pool.fallback), atMs) }
        : undefined,
    attach: guarded && { observed: guarded, plan: planAttach(guarded) },
  };
}

/** Returns the pool with what would be done were it not paused; undefined where it is not. Pure. */
export function resumed(view: PoolView): PoolView | undefined {
  const { pool, atMs, relocation, fallback, attach } = view;
  if (!relocation.observed.paused) return undefined;
  const none = { kind: "none" } as const;
  const moved = { ...relocation.observed, paused: false };
  const routed = fallback && { ...fallback.observed, override: none };
  const guarded = attach && { ...attach.observed, override: none };
  return {
    pool,
    atMs,
    relocation: { observed: moved, plan: planRelocation(moved, relocationPolicy(pool.relocation, true), atMs) },
    fallback:
      routed && pool.fallback
        ? { observed: routed, plan: planFallback(routed, fallbackPolicy(pool.fallback), atMs) }
        : undefined,
    attach: guarded && { observed: guarded, plan: planAttach(guarded) },
  };
}

/** Returns what the plans report. An override is reported once: by fallback where the pool has one, else by relocation. */
export function poolAttention({ pool, relocation, fallback, attach }: PoolView): Attention[] {
  const found = relocation.plan.findings.filter(({ kind }) => kind !== "paused" || !fallback);
  const guarded = (attach?.plan.findings ?? []).filter(
    ({ kind }) => kind !== "paused" && (kind !== "unknown-override" || !fallback),
  );
  return [
    ...found.map((it) => ofRelocation(pool.name, it)),
    ...(fallback?.plan.findings ?? []).map((it) => ofFallback(pool.name, it)),
    ...guarded.map((it) => ofAttach(pool.name, it)),
  ];
}
