/** What the canary asks a probe, and what the probe answers. Everything here survives JSON. */
import * as z from "zod/mini";
import { mostTargets } from "../config/bounds.ts";
import type { ProbingTarget } from "../config/probing-settings.ts";
import { protocols } from "../config/target-rules.ts";
import type { Answer } from "./answer.ts";
import type { Timings } from "./phases.ts";

/** Longest that a round may take, most targets that it may hold (a connection each), most redirects of a target. */
export const roundLimits = { totalMs: 30_000, targets: mostTargets, redirects: 3 } as const;

const limitMs = z.number().check(z.minimum(1), z.maximum(roundLimits.totalMs));

const targetRequest = z.object({
  name: z.string(),
  url: z.string(),
  method: z.string(),
  headers: z.record(z.string(), z.string()),
  protocol: z._default(z.enum(protocols), "http/1.1"),
  clientCertificate: z.optional(
    z.object({ certificate: z.string(), privateKey: z.string(), certificateAuthority: z.optional(z.string()) }),
  ),
  allowHttp: z.boolean(),
  allowPrivate: z.boolean(),
  timeouts: z.object({ dnsMs: limitMs, connectMs: limitMs, tlsMs: limitMs, firstByteMs: limitMs, totalMs: limitMs }),
});

const roundRequest = z.object({
  pool: z.string(),
  vantage: z.string(),
  echoUrl: z.string(),
  /** No member sends from here now, so that missing egress is not reported. */
  idle: z._default(z.boolean(), false),
  /** Which of a target's addresses is its turn: probes that resolve the same ones ask the same. */
  turn: z._default(z.number(), 0),
  targets: z.array(targetRequest).check(z.maxLength(roundLimits.targets)),
});

/** A target with its headers and its certificate resolved: it may hold secrets, so it is never logged. */
export type TargetRequest = z.infer<typeof targetRequest>;
/** What a request carries besides what its target's settings say. */
export type Carried = Pick<TargetRequest, "headers" | "clientCertificate">;

/** Returns what a probe is to ask. @param limitMs until the round must have ended */
export function requestOf(settings: ProbingTarget, carried: Carried, limitMs: number): TargetRequest {
  const { name, url, method, protocol, allowHttp, allowPrivate, connectTimeoutMs, timeoutMs } = settings;
  const totalMs = Math.min(timeoutMs, limitMs);
  const phases = { dnsMs: connectTimeoutMs, connectMs: connectTimeoutMs, tlsMs: connectTimeoutMs };
  const timeouts = { ...phases, firstByteMs: totalMs, totalMs };
  return { name, url, method, protocol, ...carried, allowHttp, allowPrivate, timeouts };
}

/** The payload of a probe's invocation. */
export type RoundRequest = z.infer<typeof roundRequest>;

/** The target was not asked, because it must not be. */
export interface Refusal {
  readonly kind: "refused";
  readonly reason: string;
}

export interface TargetAnswer {
  readonly target: string;
  readonly answer: Answer | Refusal;
  /** Of the last exchange, where redirects were followed. */
  readonly timings: Timings;
  /** When the certificate of the last exchange ends, milliseconds since the epoch. */
  readonly certificateExpiresMs?: number;
  /** The target's address that the probe connected to, or tried to. */
  readonly partnerIp?: string;
  /** The host that answered after redirects, where that is another than the target's. */
  readonly host?: string;
}

export interface RoundAnswer {
  readonly vantage: string;
  /** The address that the echo saw; absent when it did not answer. */
  readonly publicIp?: string;
  readonly answers: readonly TargetAnswer[];
}

/**
 * Reads a probe's payload.
 * @throws Error that names what is wrong with it, without its values
 */
export function parseRoundRequest(event: unknown): RoundRequest {
  const parsed = z.safeParse(roundRequest, event);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map(({ path, code }) => `${path.join(".") || "(root)"} (${code})`);
  throw new Error(`not a round for a probe: ${fields.join(", ")}`);
}
