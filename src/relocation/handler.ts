/** What relocation makes of its queue: see src/actuator/handler.ts. */
import { createActuatorHandler, type Dependencies, lastFindings } from "../actuator/handler.ts";
import type { Handler } from "../actuator/queue-handler.ts";
import { createPace, slower } from "../aws/call-budget.ts";
import { unhurriedCallsPerSecond } from "../config/full-observations.ts";
import type { RelocationSettings } from "../config/settings.ts";
import { concerns, parseChange, type Seen } from "./changes.ts";
import { looksAfter } from "./egress-gap.ts";
import { Memory } from "./memory.ts";
import { MemberMemory } from "./observe-members.ts";
import { FunctionTags } from "./observe-tags.ts";
import type { Clients } from "./pass.ts";
import { relocate } from "./relocate.ts";
import { report } from "./report.ts";
import { sweepPools } from "./sweep.ts";
import { writesOf } from "./writes.ts";

/** Returns the handler of relocation's queue. */
export function createRelocationHandler(dependencies: Dependencies<RelocationSettings> & Clients): Handler {
  const { settings } = dependencies;
  const memory = new Memory();
  const memberMemory = new MemberMemory();
  const unhurriedLambda = slower(dependencies.lambda, createPace(dependencies.clock, unhurriedCallsPerSecond));
  const relocation = { ...dependencies, memory, memberMemory, unhurriedLambda };
  const functionTags = new FunctionTags(dependencies.lambda, dependencies.clock, settings.pools);
  const seenOf = (poolName: string): Seen | undefined => {
    const members = memberMemory.namesOf(poolName);
    return members && { members, interfaceIds: memory.interfaceIds.get(poolName) ?? new Set() };
  };
  return createActuatorHandler(dependencies, {
    parse: parseChange,
    complete: (change, queueArn) => functionTags.complete(change, queueArn),
    concerns: (pool, change) => concerns(pool, change, seenOf(pool.name)),
    reconcile: (job, deadlineMs) => relocate(relocation, settings, job, deadlineMs),
    forAll: async (pools, change, passOn) => {
      if (change.kind === "sweep") {
        return sweepPools(relocation, { pools, poolCount: settings.pools.length, timeMs: change.timeMs, passOn });
      }
      await passOn(pools);
      return [];
    },
    findingsOf: (run) => lastFindings(run),
    report: (run, { changes }, newFindings) => {
      const looks = memory.looks(run.pool);
      if (run.network) memory.rememberInterfaces(run.pool, run.network);
      memory.rememberLooks(run.pool, looksAfter(run, looks));
      const open = memory.openWrites.get(run.pool) ?? [];
      memory.openWrites.set(run.pool, writesOf(run, open).open);
      return report(run, changes, newFindings, looks, open);
    },
  });
}
