/** What the partners truly did: each probe's request with what came of it, kept for an hour, whatever Holdfast makes of it. */
import { tagKeys } from "../../src/pool/tags.ts";
import { currentInvocation } from "../twin/lambda-invocation.ts";
import { type Exchange, sharedPool } from "../twin/partners.ts";
import { prefix, type SimulatedAccount } from "./account.ts";
import type { SimulatedPool } from "./settle-in.ts";

const keptMs = 3_600_000;

/** A request of a probe, or of the canary from the shared pool. */
export interface Asked {
  readonly atMs: number;
  readonly sourceIp: string;
  /** `own`: an egress address of the pool's, by its tags. A NAT gateway's, foreign ones and lost ones are `other`. */
  readonly by: "own" | "shared" | "other";
  readonly subnetId: string | undefined;
  readonly partnerIp: string;
  /** By a rule that means this caller, and not everybody. */
  readonly worse: boolean;
  /** Refused, and such a rule is in force, though another may have answered. */
  readonly meant: boolean;
  readonly letIn: boolean;
  /** Let in, or refused by the application itself, which knows the caller and refuses everybody. */
  readonly reached: boolean;
  /** Nothing came back, and nothing was said. */
  readonly silent: boolean;
}

export interface PartnerTruth {
  /** The last hour's requests, the newest last. */
  readonly asked: readonly Asked[];
  /** Calls the listener after each request, before its answer arrives. */
  onAsked(listener: (asked: Asked) => void): void;
}

export function watchPartner(account: SimulatedAccount, pool: SimulatedPool): PartnerTruth {
  const { clock } = account.region;
  const asked: Asked[] = [];
  const listeners: ((it: Asked) => void)[] = [];
  const partner = account.partners.get(pool.draw.name);
  if (partner) {
    const { ask } = partner;
    partner.ask = async (asker, timeoutMs) => {
      const isProbe = currentInvocation()?.functionName.startsWith(`${prefix}-`) ?? false;
      const atMs = clock.now();
      const exchange = await ask(asker, timeoutMs);
      if (!isProbe) return exchange;
      const { sourceIp, subnetId } = asker;
      const { partnerIp, worse, answer } = exchange;
      const by = byOf(account, pool, sourceIp);
      const letIn = isLetIn(exchange);
      const reached = letIn || isOfApplication(exchange);
      const it = { atMs, sourceIp, by, subnetId, partnerIp, worse, letIn, reached, meant: exchange.meant && !letIn };
      asked.push({ ...it, silent: answer.kind === "failure" });
      while ((asked[0]?.atMs ?? atMs) < atMs - keptMs) asked.shift();
      for (const listener of listeners) listener(asked[asked.length - 1] as Asked);
      return exchange;
    };
  }
  return { asked, onAsked: (listener) => void listeners.push(listener) };
}

function byOf(
  { region: { world } }: SimulatedAccount,
  { draw, allocationIds }: SimulatedPool,
  ip: string,
): Asked["by"] {
  if ((sharedPool as readonly string[]).includes(ip)) return "shared";
  const isOwn = allocationIds.some((id) => {
    const address = world.addresses.get(id);
    return (
      address?.publicIp === ip && address.tags[tagKeys.pool] === draw.name && address.tags[tagKeys.role] === "egress"
    );
  });
  return isOwn ? "own" : "other";
}

/** Whether the application itself refuses everybody: for what it was asked, or for credentials that have run out. */
function isOfApplication({ answer, worse, rule }: Exchange): boolean {
  return rule?.kind === "application" || (!worse && answer.kind === "http" && answer.status === 401);
}

/** A partner's usual answers: a success, or the 404 of a path that it does not have; not one that means this caller. */
function isLetIn({ answer, worse }: Exchange): boolean {
  return !worse && answer.kind === "http" && (answer.status < 400 || answer.status === 404);
}
