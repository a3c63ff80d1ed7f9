/** Turns what rounds say about addresses into their `holdfast:verdict` tag, which relocation acts on. */
import { CreateTagsCommand, type EC2Client } from "@aws-sdk/client-ec2";
import { AwsCallError, call } from "../aws/errors.ts";
import { tagKeys } from "../config/tags.ts";
import type { Address } from "../relocation/model.ts";
import type { DomainEvent } from "../telemetry/model.ts";
import type { Confirmation } from "./confirm.ts";
import { addressEvidence, blockEvidence, blockKey, isBlocked } from "./findings.ts";
import type { SentinelMemory } from "./sentinel-memory.ts";
import { isBad, remember, type Threshold } from "./transitions.ts";

export interface AddressHealth {
  readonly events: readonly DomainEvent[];
  readonly failures: readonly AwsCallError[];
}

/**
 * Notes one round, and writes the tag of each address of the pool that has changed for certain. An event follows only
 * on a tag that was written; one that was not is tried again in the next round.
 */
export async function noteAddresses(
  ec2: EC2Client,
  memory: SentinelMemory,
  pool: string,
  addresses: readonly Address[],
  confirmations: readonly Confirmation[],
  threshold: Threshold,
  timeMs: number,
): Promise<AddressHealth> {
  memory.addresses = remember(memory.addresses, addressEvidence(confirmations), threshold.of);
  memory.blocks = remember(memory.blocks, blockEvidence(confirmations), threshold.of);
  const events: DomainEvent[] = [];
  const failures: AwsCallError[] = [];
  for (const { allocationId, publicIp, blocked: shown } of addresses) {
    const was = memory.writtenVerdict(allocationId, timeMs) ?? shown;
    const blocked = isBlockedNow(memory, publicIp, was, threshold);
    if (blocked === was) continue;
    try {
      const Tags = [{ Key: tagKeys.verdict, Value: blocked ? "blocked" : "clean" }];
      const command = new CreateTagsCommand({ Resources: [allocationId], Tags });
      await call("ec2:CreateTags", () => ec2.send(command));
      memory.wroteVerdict(allocationId, blocked, timeMs);
      const detail = { pool, allocationId, publicIp, ...(blocked ? blocksOf(publicIp, confirmations) : {}) };
      events.push({ type: blocked ? "AddressBlocked" : "AddressCleared", timeMs, detail });
    } catch (error) {
      if (!(error instanceof AwsCallError)) throw error;
      failures.push(error);
    }
  }
  return { events, failures };
}

/** One target has to refuse in enough rounds: slips of several do not add up. What clears an address is all of them. */
function isBlockedNow({ addresses, blocks }: SentinelMemory, publicIp: string, was: boolean, threshold: Threshold) {
  const own = [...blocks.keys()].filter((key) => key.startsWith(blockKey(publicIp)));
  return (
    own.some((key) => isBad(blocks, key, false, threshold)) || (was && isBad(addresses, publicIp, true, threshold))
  );
}

function blocksOf(publicIp: string, confirmations: readonly Confirmation[]) {
  const blocks = confirmations.filter((it) => it.confirmed && it.vantage.address === publicIp && isBlocked(it));
  return {
    vantages: [...new Set(blocks.map(({ vantage }) => vantage.id))],
    blocks: blocks.map(({ target, verdict: { rule, ids } }) => ({ target, rule, ids })),
  };
}
