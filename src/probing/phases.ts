/** The phases of an exchange, each with its own limit and duration, and how it ends without an answer. */
import type { FailurePhase } from "../config/target-rules.ts";

/** Limits of each phase and of everything together, redirects included. */
export interface Timeouts {
  readonly dnsMs: number;
  /** For each of the addresses that are tried. */
  readonly connectMs: number;
  readonly tlsMs: number;
  readonly firstByteMs: number;
  readonly totalMs: number;
}

/** How long each phase took; those that were not reached, or not needed, are absent. */
export interface Timings {
  dnsMs?: number;
  connectMs?: number;
  tlsMs?: number;
  firstByteMs?: number;
}

/** What an exchange leaves behind even when it fails. */
export interface Trace {
  timings: Timings;
  certificateExpiresMs?: number;
  /** The target's own address that was connected to, whatever it redirects to; the first tried, if none took a connection. */
  partnerIp?: string;
}

/** How far an exchange came, and why no further. */
export class PhaseFailure extends Error {
  override readonly name = "PhaseFailure";

  constructor(
    readonly phase: FailurePhase,
    readonly code: string,
  ) {
    super(`${phase} ${code}`);
  }
}

/** The target may not be probed at all. The message says why, and holds nothing secret. */
export class TargetRefused extends Error {
  override readonly name = "TargetRefused";
}

/** Runs a phase. @throws PhaseFailure when it fails or outlasts its limit, with the code `TIMEOUT` */
export type RunPhase = <T>(name: FailurePhase, work: (signal: AbortSignal) => Promise<T>) => Promise<T>;

const fields = { dns: "dnsMs", connect: "connectMs", tls: "tlsMs", "first-byte": "firstByteMs" } as const;

/** Returns what runs the phases of one exchange and notes their durations. @param deadlineMs of `performance.now()` */
export function phasesOf(timeouts: Timeouts, deadlineMs: number, { timings }: Trace): RunPhase {
  return async (name, work) => {
    const startedMs = performance.now();
    const limitMs = Math.min(timeouts[fields[name]], deadlineMs - startedMs);
    const result = await limited(name, limitMs, work);
    timings[fields[name]] = Math.round(performance.now() - startedMs);
    return result;
  };
}

async function limited<T>(phase: FailurePhase, limitMs: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), Math.max(0, limitMs));
  try {
    return await work(controller.signal);
  } catch (error) {
    if (error instanceof TargetRefused) throw error;
    throw new PhaseFailure(phase, controller.signal.aborted ? "TIMEOUT" : codeOf(error));
  } finally {
    clearTimeout(timer);
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "UNKNOWN";
}
