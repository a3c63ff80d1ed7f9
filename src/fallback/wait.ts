/** Waits within the run for a gateway that is on its way, or for a moment that is near. */
import type { EC2Client } from "@aws-sdk/client-ec2";
import type { Clock } from "../aws/clock.ts";
import type { FallbackPool } from "../config/fallback-settings.ts";
import type { Wait } from "./actions.ts";
import { listNatGateways } from "./observe.ts";

/** A gateway takes some 100 s to come (eight Terraform logs: 85 to 125 s); EC2 grants 20 filtered describes a second. */
const stepMs = 500;
/** After this long the world is looked at in full again: an override or a quiet alarm must not wait for a gateway. */
const lookMs = 15_000;

/** Answers true when it is time to look again, false when nothing is worth waiting for before the deadline. */
export async function waitForChange(
  ec2: EC2Client,
  clock: Clock,
  pool: FallbackPool,
  waits: readonly Wait[],
  deadlineMs: number,
): Promise<boolean> {
  const times = waits.flatMap((wait) => (wait.kind === "swap" || wait.kind === "backoff" ? [wait.untilMs] : []));
  const gateways = waits.filter((wait) => wait.kind === "gateway");
  const dueMs = Math.min(...times.filter((untilMs) => untilMs < deadlineMs));
  if (gateways.length === 0 && dueMs === Number.POSITIVE_INFINITY) return false;
  const untilMs = Math.min(deadlineMs, clock.now() + lookMs, dueMs);
  while (clock.now() < untilMs) {
    await clock.sleep(Math.min(stepMs, untilMs - clock.now()));
    if (gateways.length === 0) continue;
    const now = await listNatGateways(ec2, pool.name);
    const stays = gateways.every(
      ({ natGatewayId, state }) => now.find((it) => it.natGatewayId === natGatewayId)?.state === state,
    );
    if (!stays) return true;
  }
  return clock.now() < deadlineMs;
}
