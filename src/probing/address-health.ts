/**
 * Turns the rounds' findings on addresses into tags: `holdfast:verdict`, which relocation reads, and
 * `holdfast:verified`, by which it knows when to try an address out again.
 */
import { CreateTagsCommand, type EC2Client } from "@aws-sdk/client-ec2";
import { AwsCallError, call } from "../aws/errors.ts";
import { tagKeys } from "../pool/tags.ts";
import type { Address } from "../relocation/model.ts";
import { formatVerified, type Verified } from "../relocation/scout-verification.ts";
import type { DomainEvent } from "../telemetry/model.ts";
import type { CanaryMemory } from "./canary-memory.ts";
import type { Confirmation } from "./confirm.ts";
import { addressEvidence, blockEvidence, blockKey, isBlocked } from "./findings.ts";
import { agreed, remember } from "./transitions.ts";

export interface AddressHealth {
  /** Public addresses that count as blocked after this round. */
  readonly blocked: ReadonlySet<string>;
  readonly events: readonly DomainEvent[];
  readonly failures: readonly AwsCallError[];
}

/** How old the verification of an address that rests on the scout may get before it is written anew. */
const verifiedMs = 24 * 3_600_000;

/**
 * Notes one round, and writes the tags of each address of the pool that has changed for certain, or that the scout has
 * tried out. An event follows only on a tag that was written; one that was not is tried again in the next round.
 */
export async function noteAddresses(
  ec2: EC2Client,
  memory: CanaryMemory,
  pool: string,
  addresses: readonly Address[],
  confirmations: readonly Confirmation[],
  timeMs: number,
): Promise<AddressHealth> {
  memory.addresses = remember(memory.addresses, addressEvidence(confirmations));
  memory.blocks = remember(memory.blocks, blockEvidence(confirmations));
  const kindsOf = (publicIp: string) =>
    confirmations.filter(({ vantage }) => vantage.address === publicIp).map(({ vantage }) => vantage.kind);
  const events: DomainEvent[] = [];
  const failures: AwsCallError[] = [];
  const blocked = new Set<string>();
  for (const address of addresses) {
    const { allocationId, publicIp } = address;
    const kinds = kindsOf(publicIp);
    const onScout = kinds.includes("scout");
    const before = memory.written(allocationId, timeMs);
    const was = before?.blocked ?? address.blocked;
    if (was) blocked.add(publicIp);
    const found = foundBlocked(memory, publicIp);
    if (found === undefined || (found === was && !(onScout && isDue(address, before, timeMs)))) continue;
    const verified = verifiedNow(address, found, timeMs);
    try {
      await write(ec2, address, verified, found !== was);
      memory.wrote(allocationId, verified);
      blocked.delete(publicIp);
      if (found) blocked.add(publicIp);
      const type = eventOf(found, was, onScout && !kinds.includes("serving"));
      const detail = { pool, allocationId, publicIp, ...(found ? blocksOf(publicIp, confirmations) : {}) };
      if (type) events.push({ type, timeMs, detail });
    } catch (error) {
      if (!(error instanceof AwsCallError)) throw error;
      failures.push(error);
    }
  }
  return { blocked, events, failures };
}

/**
 * Returns whether the address is blocked, or undefined until enough rounds agree. One target has to refuse in enough
 * rounds: refusals of several targets do not add up. All targets together clear an address.
 */
function foundBlocked({ addresses, blocks }: CanaryMemory, publicIp: string) {
  const own = [...blocks.keys()].filter((key) => key.startsWith(blockKey(publicIp)));
  if (own.some((key) => agreed(blocks, key) === true)) return true;
  return agreed(addresses, publicIp) === false ? false : undefined;
}

/** Returns whether a trial's result is to be written: its verdict, and once a day that the verdict still holds. */
function isDue({ use, verified: shown }: Address, written: Verified | undefined, timeMs: number): boolean {
  const atMs = Math.max(shown?.atMs ?? 0, written?.atMs ?? 0);
  return use?.state === "scouting" && (atMs <= use.sinceMs || timeMs - atMs >= verifiedMs);
}

/** A suspect that rests on the scout is not tried again by that: only another trial makes the next wait longer. */
function verifiedNow({ use, verified: before }: Address, blocked: boolean, atMs: number): Verified {
  if (!blocked) return { blocked, atMs, tries: 0 };
  if (!before?.blocked) return { blocked, atMs, tries: 1 };
  const isAnother = use?.state === "scouting" && use.sinceMs >= before.atMs;
  return { blocked, atMs, tries: before.tries + (isAnother ? 1 : 0) };
}

function write(ec2: EC2Client, { allocationId }: Address, verified: Verified, changed: boolean): Promise<unknown> {
  const verdict = { Key: tagKeys.verdict, Value: verified.blocked ? "blocked" : "clean" };
  const Tags = [{ Key: tagKeys.verified, Value: formatVerified(verified) }, ...(changed ? [verdict] : [])];
  return call("ec2:CreateTags", () => ec2.send(new CreateTagsCommand({ Resources: [allocationId], Tags })));
}

/** Returns the event of a change, or undefined for a suspect that partners still refuse. */
function eventOf(blocked: boolean, was: boolean, waits: boolean): DomainEvent["type"] | undefined {
  if (blocked) return was ? undefined : waits ? "SpareRefused" : "AddressBlocked";
  return was ? "AddressCleared" : "SpareVerified";
}

function blocksOf(publicIp: string, confirmations: readonly Confirmation[]) {
  const blocks = confirmations.filter((it) => it.confirmed && it.vantage.address === publicIp && isBlocked(it));
  return {
    vantages: [...new Set(blocks.map(({ vantage }) => vantage.id))],
    blocks: blocks.map(({ target, verdict: { rule, ids } }) => ({ target, rule, ids })),
  };
}
