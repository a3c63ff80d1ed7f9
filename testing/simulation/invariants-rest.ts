/** What must be true when nothing goes wrong any more. */
import { tagKeys } from "../../src/pool/tags.ts";
import { prefix, type Stage, tryCall } from "./account.ts";
import type { Checking } from "./invariant.ts";
import type { PoolStage } from "./settle-in.ts";
import { claimedInterfaces, isScout, neededInterfaces } from "./truth.ts";

/**
 * Every interface that live traffic needs has one of the pool's addresses, as long as there are any. One on an interface
 * that an idle version still claims is not free: Lambda takes the interface away within 20 minutes, and its address then.
 */
export function checkConverged({ stage, report }: Checking): void {
  for (const pool of stage.pools) {
    const needed = neededInterfaces(stage, pool);
    const holders = holdersOf(stage, pool);
    const unmet = [...needed].filter((id) => !holders.has(id));
    const claimed = claimedInterfaces(stage, pool);
    const free = pool.allocationIds.length - [...claimed].filter((id) => holders.has(id)).length;
    if (unmet.length > 0 && free > 0) {
      report("converged", `${unmet.join()} of ${pool.draw.name} have no address, though ${free} serve nobody`);
    }
  }
}

/** Whether all traffic of all pools goes its direct way again. */
export function isDirect({ region: { world }, pools }: Stage): boolean {
  return pools
    .flatMap(({ network }) => network.routeTableIds)
    .every((id) =>
      world.routeTables
        .get(id)
        ?.routes.some((it) => it.destinationCidrBlock === "0.0.0.0/0" && it.gatewayId !== undefined),
    );
}

/** Routes are direct; a cold pool has no NAT gateway, a warm one has one that is available. */
export function checkGateways({ stage, report }: Checking): void {
  if (!isDirect(stage)) report("back to direct", "a route still leads elsewhere than to the internet gateway");
  const all = [...stage.region.world.natGateways.values()].filter(
    ({ state }) => state === "pending" || state === "available",
  );
  for (const { draw } of stage.pools) {
    const living = all.filter(({ tags }) => tags[tagKeys.pool] === draw.name);
    const expected = draw.fallback.standby === "warm" ? 1 : 0;
    if (living.length !== expected) {
      report("no leaked gateway", `${draw.name} (${draw.fallback.standby}) has ${living.length} gateways`);
    }
  }
}

/** Addresses that nobody uses are spare again. */
export function checkSpares({ stage, report }: Checking): void {
  for (const pool of stage.pools) {
    const claimed = claimedInterfaces(stage, pool);
    for (const [networkInterfaceId, allocationId] of holdersOf(stage, pool)) {
      if (!claimed.has(networkInterfaceId) && !isScout(stage.region.world, pool, networkInterfaceId)) {
        report("spares restored", `${allocationId} of ${pool.draw.name} is still on ${networkInterfaceId}`);
      }
    }
  }
}

/** Packets of members left by the pool's own addresses, or by one that somebody else put there by hand. */
export function checkEgress({ stage, report }: Checking): void {
  const { path, region, pools } = stage;
  const foreign = new Set(stage.foreign.allocationIds.map((id) => region.world.addresses.get(id)?.publicIp));
  for (const pool of pools) {
    const declared = new Set(pool.publicIps);
    for (const name of pool.draw.memberNames) {
      for (const ip of path.egress.addresses.get(name) ?? []) {
        if (!declared.has(ip) && !foreign.has(ip)) report("declared egress", `${name} left by ${ip}`);
      }
    }
  }
}

interface DeadLetters {
  readonly Messages?: readonly {
    readonly MessageId: string;
    readonly ReceiptHandle: string;
    readonly Body: string;
    readonly MessageAttributes?: Record<string, unknown>;
  }[];
}

/**
 * A dead letter is a message that nobody can understand, or one whose handler died three times. Of the former it bears
 * the reason, or, where AWS refused three times to take it so, the log tells it.
 *
 * @param notUnderstood ids of the messages of which the log tells the reason
 */
export async function checkDeadLetters(
  { stage, report }: Checking,
  deaths: number,
  notUnderstood: ReadonlySet<string>,
): Promise<void> {
  const { operator } = stage;
  const redriven: string[] = [];
  for (const part of ["relocation", "fallback", "attach"]) {
    const queue = await tryCall<{ QueueUrl: string }>(operator, "sqs", "GetQueueUrl", {
      QueueName: `${prefix}-${part}-dead-letters.fifo`,
    });
    if (!queue) continue;
    const { QueueUrl } = queue;
    for (;;) {
      const input = { QueueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ["All"] };
      const { Messages = [] } = (await tryCall<DeadLetters>(operator, "sqs", "ReceiveMessage", input)) ?? {};
      if (Messages.length === 0) break;
      for (const { MessageId, ReceiptHandle, Body, MessageAttributes } of Messages) {
        const explained = MessageAttributes?.["reason"] !== undefined || notUnderstood.has(MessageId);
        if (!explained) redriven.push(Body);
        if (explained && stage.draw.paces.poison === 0) report("dead letters", `set aside without need: ${Body}`);
        await operator("sqs", "DeleteMessage", { QueueUrl, ReceiptHandle });
      }
    }
  }
  // A death takes back up to 10 messages; three of them set these aside.
  if (redriven.length > (deaths / 3) * 10) {
    report("dead letters", `${redriven.length} messages were given up after ${deaths} deaths: ${redriven.join(", ")}`);
  }
}

function holdersOf({ region }: Stage, pool: PoolStage): Map<string, string> {
  const holders = new Map<string, string>();
  for (const id of pool.allocationIds) {
    const on = region.world.addresses.get(id)?.networkInterfaceId;
    if (on !== undefined) holders.set(on, id);
  }
  return holders;
}
