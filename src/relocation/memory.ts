/**
 * What one execution environment remembers between runs. It is never a reason to act, only a reason not to look or
 * not to try again: every action follows from a full observation of its own run.
 */
import type { DomainEvent } from "../telemetry/model.ts";
import { NewFindings } from "../telemetry/new-findings.ts";
import type { Action, Finding, Plan } from "./actions.ts";
import type { Outcome } from "./apply.ts";
import { type Looks, noLooks } from "./looks.ts";
import type { PoolNetwork } from "./observe-network.ts";

/** How long an association that AWS refused is not tried again. */
const refusedMs = 15 * 60_000;

export class Memory {
  readonly #quiet = new Map<string, string>();
  readonly #looks = new Map<string, Looks>();
  readonly #failures = new NewFindings();
  readonly #refused = new Map<string, { untilMs: number; reason: string }>();

  /** Remembers that the pool needs nothing as long as its network looks like this; undefined: it needs something. */
  remember(poolName: string, network: PoolNetwork | undefined): void {
    if (network) this.#quiet.set(poolName, fingerprint(network));
    else this.#quiet.delete(poolName);
  }

  /** Returns whether the pool needed nothing when its network last looked exactly like this. */
  isQuiet(poolName: string, network: PoolNetwork): boolean {
    return this.#quiet.get(poolName) === fingerprint(network);
  }

  /** Returns what the looks at the pool have shown so far. */
  looks(poolName: string): Looks {
    return this.#looks.get(poolName) ?? noLooks;
  }

  rememberLooks(poolName: string, looks: Looks): void {
    this.#looks.set(poolName, looks);
  }

  /** Returns the events without the failures that the pool's last run met too; by code, since AWS's messages vary. */
  unreported(poolName: string, events: readonly DomainEvent[]): DomainEvent[] {
    const kindOf = ({ type, detail: { permission, code } }: DomainEvent) =>
      type === "RelocationFailed" && code !== undefined ? `${permission} ${code}` : undefined;
    const kinds = new Set(events.map(kindOf).filter((kind) => kind !== undefined));
    const fresh = new Set(this.#failures.newAmong(poolName, [...kinds]));
    return events.filter((event) => {
      const kind = kindOf(event);
      return kind === undefined || fresh.has(kind);
    });
  }

  /** Remembers the interfaces with which AWS refused to associate an address. */
  refuse(outcomes: readonly Outcome[], nowMs: number): void {
    for (const outcome of outcomes) {
      if (!("error" in outcome) || outcome.error.errorClass !== "refused") continue;
      const reason = outcome.error.message;
      this.#refused.set(outcome.action.networkInterfaceId, { untilMs: nowMs + refusedMs, reason });
    }
  }

  /** Returns the plan with those actions that AWS refused lately turned into findings. */
  withhold(plan: Plan, nowMs: number): Plan {
    const reasonOf = ({ networkInterfaceId }: Action) => {
      const found = this.#refused.get(networkInterfaceId);
      return found && found.untilMs > nowMs ? found.reason : undefined;
    };
    const findings = plan.actions.flatMap((action): Finding[] => {
      const reason = reasonOf(action);
      return reason ? [{ kind: "refused", networkInterfaceId: action.networkInterfaceId, reason }] : [];
    });
    const actions = plan.actions.filter((action) => !reasonOf(action));
    return { ...plan, actions, findings: [...plan.findings, ...findings] };
  }
}

/** Everything that a plan depends on in the network, in an order of its own. */
function fingerprint({ interfaces, scout, addresses, paused }: PoolNetwork): string {
  return JSON.stringify([
    [...interfaces, ...scout].map((it) => JSON.stringify(it)).sort(),
    addresses.map((it) => JSON.stringify(it)).sort(),
    paused,
  ]);
}
