/** What must be true once faults are off. */
import { tagKeys } from "../../src/pool/tags.ts";
import { prefix, type SimulatedAccount, tryCall } from "./account.ts";
import type { Checking } from "./invariant.ts";
import type { SimulatedPool } from "./settle-in.ts";
import { claimedInterfaces, isScout, neededInterfaces, publishedInterfaces } from "./truth.ts";

/**
 * Every interface that live traffic needs has one of the pool's addresses, as long as there are any. One on an interface
 * that an idle version still claims is not free: Lambda takes the interface away within 20 minutes, and its address then.
 */
export function checkConverged({ account, report }: Checking): void {
  for (const pool of account.pools) {
    const needed = neededInterfaces(account, pool);
    const holders = holdersOf(account, pool);
    const unmet = [...needed].filter((id) => !holders.has(id));
    const claimed = claimedInterfaces(account, pool);
    const free = pool.allocationIds.length - [...claimed].filter((id) => holders.has(id)).length;
    if (unmet.length > 0 && free > 0) {
      report("converged", `${unmet.join()} of ${pool.draw.name} have no address, though ${free} serve no interface`);
    }
  }
}

/** Returns whether every route of every pool is direct again. */
export function isDirect({ region: { world }, pools }: SimulatedAccount): boolean {
  return pools
    .flatMap(({ network }) => network.routeTableIds)
    .every((id) =>
      world.routeTables
        .get(id)
        ?.routes.some((it) => it.destinationCidrBlock === "0.0.0.0/0" && it.gatewayId !== undefined),
    );
}

/** Routes are direct; a cold pool has no NAT gateway, a warm one has one that is available. */
export function checkGateways({ account, report }: Checking): void {
  if (!isDirect(account)) report("back to direct", "a default route still does not go to the internet gateway");
  const all = [...account.region.world.natGateways.values()].filter(
    ({ state }) => state === "pending" || state === "available",
  );
  for (const { draw } of account.pools) {
    const living = all.filter(({ tags }) => tags[tagKeys.pool] === draw.name);
    const expected = draw.fallback.standby === "warm" ? 1 : 0;
    if (living.length !== expected) {
      report("no leaked gateway", `${draw.name} (${draw.fallback.standby}) has ${living.length} gateways`);
    }
  }
}

/** Unused addresses are spares again. */
export function checkSpares({ account, report }: Checking): void {
  for (const pool of account.pools) {
    const used = new Set([...claimedInterfaces(account, pool), ...publishedInterfaces(account, pool)]);
    for (const [networkInterfaceId, allocationId] of holdersOf(account, pool)) {
      if (!used.has(networkInterfaceId) && !isScout(account.region.world, pool, networkInterfaceId)) {
        report("spares restored", `${allocationId} of ${pool.draw.name} is still on ${networkInterfaceId}`);
      }
    }
  }
}

/** Packets of members left by the pool's own addresses, or by a foreign one that was put there manually. */
export function checkEgress({ account, report }: Checking): void {
  const { path, region, pools } = account;
  const foreign = new Set(account.foreign.allocationIds.map((id) => region.world.addresses.get(id)?.publicIp));
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
    readonly ReceiptHandle: string;
    readonly Body: string;
    readonly MessageAttributes?: Record<string, unknown>;
  }[];
}

/** A dead letter says why it is one: the function could not understand it. No death of the function makes one. */
export async function checkDeadLetters({ account, report }: Checking): Promise<void> {
  const { operator } = account;
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
      for (const { ReceiptHandle, Body, MessageAttributes } of Messages) {
        const explained = MessageAttributes?.["reason"] !== undefined;
        if (!explained) report("dead letters", `set aside without a reason: ${Body}`);
        if (explained && account.draw.paces.poison === 0) report("dead letters", `set aside without need: ${Body}`);
        await operator("sqs", "DeleteMessage", { QueueUrl, ReceiptHandle });
      }
    }
  }
}

function holdersOf({ region }: SimulatedAccount, pool: SimulatedPool): Map<string, string> {
  const holders = new Map<string, string>();
  for (const id of pool.allocationIds) {
    const on = region.world.addresses.get(id)?.networkInterfaceId;
    if (on !== undefined) holders.set(on, id);
  }
  return holders;
}
