/** The teardown as a Lambda function: a deployment's `lambda.Invocation` calls it at creation, update and deletion. */
import { parseTeardown } from "../config/teardown-request.ts";
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
 * Does nothing but check its input when the resource is made or changed: what there is to tear down shows at the end.
 * Concurrent and repeated invocations do no harm (hashicorp/terraform-provider-aws#45773: the provider repeats long ones).
 */
export function createTeardownHandler(teardown: Teardown): (event: unknown, context: Context) => Promise<Summary> {
  const { clock, log } = teardown;
  return async (event, context) => {
    const { action, request } = parseTeardown(event);
    const { kind, pool } = request;
    if (action !== "delete") return { kind, pool, place: placeOf(request), did: [], left: [], seconds: 0 };
    const deadlineMs = clock.now() + Math.min(limitMs, context.getRemainingTimeInMillis() - reserveMs);
    try {
      const summary = await reconcile(teardown, request, deadlineMs);
      log.info("teardown", { summary });
      return summary;
    } catch (error) {
      log.error("teardown failed", { request, reason: String(error) });
      throw error;
    }
  };
}
