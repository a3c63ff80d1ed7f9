/** What fallback makes of its queue: see src/actuator/handler.ts. */
import { createActuatorHandler, type Dependencies, lastFindings } from "../actuator/handler.ts";
import type { Handler } from "../actuator/queue-handler.ts";
import type { FallbackSettings } from "../config/fallback-settings.ts";
import { NewFindings } from "../telemetry/new-findings.ts";
import { concerns, parseChange } from "./changes.ts";
import { activeSinceMs } from "./history.ts";
import { Memory } from "./memory.ts";
import type { Clients, Run } from "./pass.ts";
import { reconcile } from "./reconcile.ts";
import { isNoted } from "./refusals.ts";
import { report } from "./report.ts";
import { writesOf } from "./writes.ts";

const hourMs = 3_600_000;

/** Returns the handler of fallback's queue. */
export function createFallbackHandler(dependencies: Dependencies<FallbackSettings> & Clients): Handler {
  const memory = new Memory();
  const fallback = { ...dependencies, echoUrl: dependencies.settings.echoUrl, memory };
  const hours = new NewFindings();
  return createActuatorHandler(dependencies, {
    parse: parseChange,
    concerns,
    reconcile: ({ pool }, deadlineMs) => reconcile(fallback, pool, deadlineMs),
    findingsOf: (run) => lastFindings(run),
    report: (run, { pool }, newFindings) => {
      const tables = run.passes[0]?.observed.routeTables ?? [];
      // What the tags say was reported before: by another execution environment, or before the alarm was quiet for a while.
      const unreported = newFindings.filter((it) => !isNoted(it, tables));
      const open = memory.openWrites.get(run.pool) ?? [];
      memory.openWrites.set(run.pool, writesOf(run, open).open);
      return report(run, pool, unreported, isNewHour(hours, run), open);
    },
  });
}

/** Whether what this hour of fallback costs is still to be reported. */
function isNewHour(hours: NewFindings, run: Run): boolean {
  const sinceMs = activeSinceMs(run.passes.at(-1)?.observed.routeTables ?? []);
  const hour = sinceMs === undefined ? undefined : Math.floor((run.endedMs - sinceMs) / hourMs);
  return hours.newAmong(run.pool, [{ sinceMs, hour }]).length > 0;
}
