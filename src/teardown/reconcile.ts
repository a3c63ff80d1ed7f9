/** One teardown: observe, plan, apply, until nothing is left to do and nothing runs any more that could undo it. */
import { meaningOf } from "../actuator/outcome.ts";
import type { Clock } from "../aws/clock.ts";
import { AwsCallError } from "../aws/errors.ts";
import type { Log } from "../telemetry/log.ts";
import type { Plan } from "./actions.ts";
import { apply } from "./apply.ts";
import type { Work } from "./model.ts";
import { attachmentKey, observeAddresses, observeFallback, observeSubnet, type Source } from "./observe.ts";
import { planAddresses, planFallback, planRoutes, planSubnet, type Times } from "./plan.ts";
import { actionText, blockerText, findingText, leftText, placeOf } from "./report.ts";

export interface Teardown extends Source {
  readonly clock: Clock;
  readonly log: Log;
}

/** Plain JSON: what the deployment's state keeps of it. */
export interface Summary {
  readonly kind: Work["kind"];
  readonly pool: string;
  /** The subnet, or the VPC. */
  readonly place: string;
  readonly did: readonly string[];
  readonly left: readonly string[];
  readonly seconds: number;
}

/** The removal stops here; the message says what to do. */
export class TeardownError extends Error {
  override readonly name = "TeardownError";
}

/** Between looks. Lambda's control plane grants an account 15 requests a second, and a pool's places are torn down at once. */
const pauseMs = 10_000;

/**
 * @param deadlineMs when to give up
 * @throws TeardownError when members are there, or time is over; AwsCallError when AWS refuses
 */
export async function reconcile(teardown: Teardown, request: Work, deadlineMs: number): Promise<Summary> {
  const { clock, log } = teardown;
  const startedMs = clock.now();
  const seconds = () => Math.round((clock.now() - startedMs) / 1000);
  const did: string[] = [];
  let planned: Plan | undefined;
  // Functions are looked for until there are none, and once more at the end: attaching may have been under way.
  let looksForMembers = true;
  while (clock.now() < deadlineMs) {
    try {
      planned = await look(teardown, request, looksForMembers, { startedMs, nowMs: clock.now() });
      const { actions, waits, findings, blocker } = planned;
      for (const action of actions) {
        if (!(await apply(teardown, request, action))) continue;
        did.push(actionText(action));
        log.info("teardown acted", { ...describe(request), action: actionText(action) });
      }
      if (actions.length === 0 && blocker) throw new TeardownError(blockerText(request, blocker));
      if (actions.length === 0 && waits.length === 0) {
        const left = findings.map(findingText);
        if (looksForMembers) return { ...describe(request), did, left, seconds: seconds() };
        looksForMembers = true;
        continue;
      }
      looksForMembers = waits.some(({ kind }) => kind === "members");
    } catch (error) {
      // After the SDK's own attempts; the deadline bounds how often.
      if (!(error instanceof AwsCallError) || meaningOf(error) !== "retry") throw error;
      log.error("call failed, tried again", { ...describe(request), reason: error.message });
    }
    await clock.sleep(pauseMs);
  }
  throw new TeardownError(leftText(request, planned, seconds()));
}

async function look(source: Source, request: Work, looksForMembers: boolean, times: Times): Promise<Plan> {
  if (request.kind === "addresses") return planAddresses(await observeAddresses(source, request), times);
  if (request.kind !== "subnet") {
    const observed = await observeFallback(source, request);
    return request.kind === "routes" ? planRoutes(observed, times) : planFallback(observed, times);
  }
  const { deletesSubnet } = request;
  const observed = await observeSubnet(source, request, looksForMembers);
  return planSubnet(observed, { deletesSubnet, attachment: attachmentKey(request) }, times);
}

function describe(request: Work): Pick<Summary, "kind" | "pool" | "place"> {
  return { kind: request.kind, pool: request.pool, place: placeOf(request) };
}
