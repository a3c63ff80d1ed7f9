/**
 * Turns what the rounds show of addresses into tags: `holdfast:verdict`, which relocation reads, and
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
import { addressEvidence } from "./findings.ts";
import { isRefusedByOne, suspected } from "./suspicion.ts";
import { agreed, remember } from "./transitions.ts";
import { isSigned, type Step, stepFor, type Trial } from "./trial.ts";

export interface AddressHealth {
  /** Public addresses that count as blocked after this round. */
  readonly blocked: ReadonlySet<string>;
  /** These, and those whose mark could not be written. */
  readonly against: ReadonlySet<string>;
  readonly events: readonly DomainEvent[];
  readonly failures: readonly AwsCallError[];
}

/** How old the verification of an address that rests on the scout may get before it is written anew. */
const verifiedMs = 24 * 3_600_000;

/** A target that treats an address worse, and what follows from it. */
interface Difference {
  readonly target: string;
  readonly vantages: readonly string[];
  readonly step: Step;
}

/** What a round comes to for one address. */
interface State {
  readonly address: Address;
  readonly kinds: readonly string[];
  readonly was: boolean;
  readonly differences: readonly Difference[];
  /** Undefined: nothing is to be written. */
  readonly verified: Verified | undefined;
}

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
  const earlier = addresses.flatMap(trialOf).filter((it) => !memory.knows(it));
  const events: DomainEvent[] = [];
  const failures: AwsCallError[] = [];
  const blocked = new Set<string>();
  const against = new Set<string>();
  for (const address of addresses) {
    const { allocationId, publicIp } = address;
    const state = stateOf(memory, earlier, address, confirmations, timeMs);
    const detail = { pool, allocationId, publicIp };
    events.push(
      ...unmarked(memory, state, timeMs).map((because) => differs(timeMs, detail, state, confirmations, { because })),
    );
    let isBlocked = state.was;
    if (state.verified) {
      try {
        await write(ec2, address, state.verified, state.verified.blocked !== state.was);
        isBlocked = state.verified.blocked;
        noteWritten(memory, state, state.verified);
        events.push(...eventsOf(timeMs, detail, state, state.verified, confirmations));
      } catch (error) {
        if (!(error instanceof AwsCallError)) throw error;
        failures.push(error);
      }
    }
    if (isBlocked) blocked.add(publicIp);
    if (isBlocked || state.verified?.blocked) against.add(publicIp);
  }
  return { blocked, against, events, failures };
}

function stateOf(
  memory: CanaryMemory,
  earlier: readonly Trial[],
  address: Address,
  confirmations: readonly Confirmation[],
  timeMs: number,
): State {
  const { allocationId, publicIp } = address;
  const kinds = confirmations.filter((it) => it.vantage.address === publicIp).map(({ vantage }) => vantage.kind);
  const before = memory.written(allocationId, timeMs);
  const was = before?.blocked ?? address.blocked;
  const trials = [...memory.trials, ...earlier];
  const differences = suspected(memory.comparison.addresses, publicIp).flatMap((target): Difference[] => {
    const here = confirmations.filter((it) => it.confirmed && it.target === target && it.vantage.address === publicIp);
    if (here.length === 0) return [];
    const vantages = here.map(({ vantage }) => vantage.id);
    const hasSign = here.some(({ verdict }) => isSigned(verdict));
    const about = { publicIp, target, vantages, isSigned: hasSign, isSuspect: was };
    return [{ target, vantages, step: stepFor(about, trials, memory.places, timeMs) }];
  });
  const isAccepted =
    agreed(memory.addresses, publicIp) === false && !isRefusedByOne(memory.comparison.addresses, publicIp);
  const found = differences.some(isMark) ? true : isAccepted ? false : undefined;
  const isDue =
    found !== undefined && (found !== was || (kinds.includes("scout") && isTrialOver(address, before, timeMs)));
  const isTrial = !was && differences.filter(isMark).every(({ step }) => step === "trial");
  return {
    address,
    kinds,
    was,
    differences,
    verified: isDue ? verifiedNow(address, found, isTrial, timeMs) : undefined,
  };
}

const isMark = ({ step }: Difference): boolean => step === "blocked" || step === "trial";

/** A trial that an earlier execution environment began, as the address's tag tells it. */
function trialOf({ blocked, publicIp, verified }: Address): Trial[] {
  if (!blocked || !verified?.blocked || verified.tries > 0) return [];
  return [{ publicIp, target: undefined, vantages: [], atMs: verified.atMs }];
}

/** Returns whether a trial's result is to be written: its verdict, and once a day that the verdict still holds. */
function isTrialOver({ use, verified: shown }: Address, written: Verified | undefined, timeMs: number): boolean {
  const atMs = Math.max(shown?.atMs ?? 0, written?.atMs ?? 0);
  return use?.state === "scouting" && (atMs <= use.sinceMs || timeMs - atMs >= verifiedMs);
}

/** A suspect that rests on the scout is not tried again by that: only another trial makes the next wait longer. */
function verifiedNow({ use, verified: before }: Address, blocked: boolean, isTrial: boolean, atMs: number): Verified {
  if (!blocked) return { blocked, atMs, tries: 0 };
  if (!before?.blocked) return { blocked, atMs, tries: isTrial && use?.state !== "scouting" ? 0 : 1 };
  const isAnother = use?.state === "scouting" && use.sinceMs >= before.atMs;
  return { blocked, atMs, tries: before.tries + (isAnother ? 1 : 0) };
}

function write(ec2: EC2Client, { allocationId }: Address, verified: Verified, changed: boolean): Promise<unknown> {
  const verdict = { Key: tagKeys.verdict, Value: verified.blocked ? "blocked" : "clean" };
  const Tags = [{ Key: tagKeys.verified, Value: formatVerified(verified) }, ...(changed ? [verdict] : [])];
  return call("ec2:CreateTags", () => ec2.send(new CreateTagsCommand({ Resources: [allocationId], Tags })));
}

function noteWritten(memory: CanaryMemory, { address, was, differences }: State, verified: Verified): void {
  const { allocationId, publicIp } = address;
  memory.wrote(allocationId, publicIp, verified);
  if (was) {
    const targets = differences.filter(isMark).map(({ target }) => target);
    if (!verified.blocked) memory.decided(publicIp, false);
    else if (verified.tries > 0) memory.decided(publicIp, true, targets);
    return;
  }
  if (!verified.blocked) return;
  const begun = differences.filter(({ step }) => step === "trial");
  memory.began(begun.map(({ target, vantages }) => ({ publicIp, target, vantages, atMs: verified.atMs })));
}

/** Returns the steps that leave the address unmarked and were not announced yet, and notes them. */
function unmarked(memory: CanaryMemory, { address: { publicIp }, differences }: State, timeMs: number): Step[] {
  return differences
    .filter((it) => !isMark(it))
    .flatMap(({ target, vantages, step }) => {
      if (step === "same-place") memory.stayed({ target, vantages, atMs: timeMs });
      return memory.announces(`${publicIp} ${target} ${step}`, timeMs) ? [step] : [];
    });
}

type Detail = Readonly<Record<string, unknown>>;

function eventsOf(
  timeMs: number,
  detail: Detail,
  state: State,
  { blocked }: Verified,
  confirmations: readonly Confirmation[],
): DomainEvent[] {
  const { was, kinds, differences, address } = state;
  if (!blocked) return [{ type: was ? "AddressCleared" : "SpareVerified", timeMs, detail }];
  // A suspect that partners still refuse is no change.
  if (was) return [];
  const isWaiting = kinds.includes("scout") && !kinds.includes("serving");
  if (!isWaiting && differences.filter(isMark).every(({ step }) => step === "trial")) {
    return [differs(timeMs, detail, state, confirmations, { trial: true })];
  }
  const type = isWaiting ? "SpareRefused" : "AddressBlocked";
  return [{ type, timeMs, detail: { ...detail, ...blocksOf(address.publicIp, confirmations) } }];
}

function differs(
  timeMs: number,
  detail: Detail,
  { address: { publicIp } }: State,
  confirmations: readonly Confirmation[],
  outcome: { readonly trial: true } | { readonly because: Step },
): DomainEvent {
  const own = { ...detail, ...blocksOf(publicIp, confirmations) };
  return { type: "AddressDiffers", timeMs, detail: { ...own, trial: "trial" in outcome, ...outcome } };
}

function blocksOf(publicIp: string, confirmations: readonly Confirmation[]) {
  const blocks = confirmations.filter((it) => it.confirmed && it.vantage.address === publicIp);
  return {
    vantages: [...new Set(blocks.map(({ vantage }) => vantage.id))],
    blocks: blocks.map(({ target, verdict: { rule, ids } }) => ({ target, rule, ids })),
  };
}
