/** What attaching makes of its queue, which only sweeps reach: see src/actuator/handler.ts. */
import * as z from "zod/mini";
import { createActuatorHandler, type Dependencies } from "../actuator/handler.ts";
import { parseMessage } from "../actuator/message.ts";
import type { Handler } from "../actuator/queue-handler.ts";
import type { AttachSettings } from "../config/attach-settings.ts";
import type { Clients } from "./pass.ts";
import { reconcile } from "./reconcile.ts";
import { problemsOf, report } from "./report.ts";

/** Nothing but a sweep, whose parts every queue knows, is a message here. */
const nothingElse = z.never("is no sweep");

/** Returns the handler of attaching's queue. */
export function createAttachHandler(dependencies: Dependencies<AttachSettings> & Clients): Handler {
  return createActuatorHandler(dependencies, {
    parse: (body, nowMs) => parseMessage(nothingElse, body, nowMs),
    concerns: () => true,
    reconcile: ({ pool }, deadlineMs) => reconcile(dependencies, pool, deadlineMs),
    findingsOf: (run) => (run.passes.length > 0 ? problemsOf(run) : undefined),
    report: (run, { pool }, newProblems) => report(run, pool, newProblems),
  });
}
