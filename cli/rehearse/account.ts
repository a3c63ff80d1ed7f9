/** The user's account, as a rehearsal calls it: every call is in the policy, and none is made after Ctrl-C, or another signal to end. */
import type { EC2Client } from "@aws-sdk/client-ec2";
import type { Clock } from "../../src/aws/clock.ts";
import { AwsCallError, call } from "../../src/aws/errors.ts";
import type { RehearsalClients, RoleCredentials } from "./clients.ts";
import type { Action, Place } from "./policy.ts";

/** Thrown instead of going on after Ctrl-C. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

export interface Account {
  readonly clients: RehearsalClients;
  readonly clock: Clock;
  readonly place: Place;
  /** ARN of the caller. */
  readonly caller: string;
  /** Whether Ctrl-C or another signal has asked the run to end. */
  readonly interrupted: () => boolean;
  /** EC2 for a role's session. */
  ec2Of(credentials: RoleCredentials): EC2Client;
  /** One line about what is being done or waited for, and why. */
  say(line: string): void;
}

/** How long AWS may take until what was just made is known everywhere. IAM and EC2 document no bound; assumed. */
const settleMs = 90_000;
const settleStepMs = 5_000;

/** Codes of calls that name what was made a moment ago (EC2 developer guide, "Eventual consistency"). */
export const notYetThere = (error: AwsCallError): boolean =>
  /NotFound$|^NoSuchEntity(?:Exception)?$|^ResourceNotFoundException$/.test(error.code);

/**
 * Makes one call.
 *
 * @param again tells errors that pass: the call is repeated for a minute and a half
 * @throws AwsCallError, Interrupted
 */
export async function ask<Output>(
  account: Account,
  action: Action,
  send: () => Promise<Output>,
  again: (error: AwsCallError) => boolean = () => false,
): Promise<Output> {
  const untilMs = account.clock.now() + settleMs;
  for (;;) {
    if (account.interrupted()) throw new Interrupted();
    try {
      return await call(action, send);
    } catch (error) {
      const passes = error instanceof AwsCallError && again(error) && account.clock.now() < untilMs;
      if (!passes) throw error;
      await pause(account, settleStepMs);
    }
  }
}

const napMs = 1_000;

/** Sleeps, in small steps so that Ctrl-C ends it. @throws Interrupted */
export async function pause(account: Account, ms: number): Promise<void> {
  const untilMs = account.clock.now() + ms;
  for (;;) {
    if (account.interrupted()) throw new Interrupted();
    const leftMs = untilMs - account.clock.now();
    if (leftMs <= 0) return;
    await account.clock.sleep(Math.min(leftMs, napMs));
  }
}

/** Looks every few seconds until something is found. Returns undefined when the time is up. @throws Interrupted */
export async function until<Found>(
  account: Account,
  { stepMs, limitMs }: { readonly stepMs: number; readonly limitMs: number },
  look: () => Promise<Found | undefined>,
): Promise<Found | undefined> {
  const untilMs = account.clock.now() + limitMs;
  for (;;) {
    const found = await look();
    if (found !== undefined || account.clock.now() >= untilMs) return found;
    await pause(account, stepMs);
  }
}

/** Returns the code of the error in which a call ended, or undefined. @throws what is no answer of AWS */
export async function refusalOf(work: Promise<unknown>): Promise<string | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    if (error instanceof AwsCallError) return error.code;
    throw error;
  }
}
