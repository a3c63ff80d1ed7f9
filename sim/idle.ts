/**
 * Sweeps over a world at rest, left out. A run that observes what the runs before it observed, with no timer due, plans
 * what they planned: nothing. So after several runs over an unchanged world that wrote nothing, further sweeps are only
 * answered. `verify` runs them all the same and objects to any that writes (docs/simulation.md).
 */
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import type { Handler } from "../twin/lambda-invocation.ts";
import type { Region } from "../twin/region.ts";
import type { World } from "../twin/world.ts";
import { isRead, type Report } from "./checker.ts";

/** Longer than any description lags, and than two full observations are apart. */
const restMs = 6 * 60_000;

export interface IdleOptions {
  readonly principal: string;
  /** Runs what could be left out, and reports what it writes. */
  readonly verify: boolean;
  readonly report: Report;
}

export interface Idle {
  readonly around: (handler: Handler) => Handler;
  /** From now on every sweep runs. */
  stop(): void;
  readonly skipped: number;
}

export function leaveOutIdleSweeps(region: Region, { principal, verify, report }: IdleOptions): Idle {
  let seen = "";
  let sinceMs = 0;
  let skipped = 0;
  let stopped = false;
  let writes = 0;
  region.calls.onCall((call) => {
    const own = call.principal === principal && !isRead(call) && call.service === "ec2";
    if (!own) return;
    writes++;
    sinceMs = region.clock.now();
  });
  const isIdle = (event: SQSEvent): boolean => {
    const now = fingerprint(region.world);
    if (now !== seen) sinceMs = region.clock.now();
    seen = now;
    const sweeps = event.Records.every(({ body }) => body.startsWith('{"kind":"sweep"'));
    return !stopped && sweeps && region.clock.now() - sinceMs > restMs && !now.includes("draining ");
  };
  const around =
    (handler: Handler): Handler =>
    async (event, context) => {
      const idle = isIdle(event as SQSEvent);
      if (idle) skipped++;
      if (idle && !verify) return { batchItemFailures: [] } satisfies SQSBatchResponse;
      const before = writes;
      const answer = await handler(event, context);
      if (idle && writes > before)
        report("idle sweeps", `a sweep that could be left out wrote ${writes - before} times`);
      return answer;
    };
  return {
    around,
    stop() {
      stopped = true;
    },
    get skipped() {
      return skipped;
    },
  };
}

/** Everything that an observation depends on. */
function fingerprint({ addresses, networkInterfaces, functions }: World): string {
  const parts: unknown[] = [];
  for (const it of addresses.values()) parts.push(it.allocationId, it.associationId, it.networkInterfaceId, it.tags);
  for (const it of networkInterfaces.values()) parts.push(it.networkInterfaceId, it.status, it.securityGroupIds);
  for (const fn of functions.values()) {
    parts.push(fn.functionName, fn.tags, [...fn.aliases.values()], [...fn.provisionedConcurrency.keys()]);
    for (const it of fn.versions.values())
      parts.push(it.version, it.state, it.lastUpdateStatus, it.vpcConfig, it.servedBy);
  }
  return JSON.stringify(parts);
}
