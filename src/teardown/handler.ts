/** The teardown as a Lambda function: a deployment's `lambda.Invocation` calls it at creation, update and deletion. */
import { parseTeardown } from "../config/teardown-request.ts";
import { workOf } from "./plan.ts";
import { reconcile, type Summary, type Teardown } from "./reconcile.ts";
import { placeOf } from "./report.ts";

/** What the function takes at most. Its timeout is a minute more (stacks/teardown.ts): it says what is left before that. */
const limitMs = 840_000;
/** Kept for the last look, when less time than that is left. */
const reserveMs = 30_000;

interface Context {
  getRemainingTimeInMillis(): number;
}

/**
 * Returns the function's handler. It checks its input at each call, and tears down what `workOf` says. Concurrent and repeated invocations do no harm (hashicorp/terraform-provider-aws#45773: the provider repeats long ones).
 */
export function createTeardownHandler(teardown: Teardown): (event: unknown, context: Context) => Promise<Summary> {
  const { clock, log } = teardown;
  return async (event, context) => {
    const invocation = parseTeardown(event);
    const { request } = invocation;
    const { kind, pool } = request;
    const work = workOf(invocation);
    if (!work) return { kind, pool, place: placeOf(request), did: [], left: [], seconds: 0 };
    const deadlineMs = clock.now() + Math.min(limitMs, context.getRemainingTimeInMillis() - reserveMs);
    try {
      const summary = await reconcile(teardown, work, deadlineMs);
      log.info("teardown", { summary });
      return summary;
    } catch (error) {
      log.error("teardown failed", { request, reason: String(error) });
      throw error;
    }
  };
}
