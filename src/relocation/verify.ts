/** Success is observed, never assumed: describe again until AWS shows what was written. */
import type { EC2Client, Address as Ec2Address } from "@aws-sdk/client-ec2";
import { lagsMs, lookUntil } from "../actuator/verify.ts";
import type { Clock } from "../aws/clock.ts";
import { readable } from "../aws/errors.ts";
import { describePoolAddresses } from "../pool/addresses.ts";
import type { Outcome } from "./apply.ts";
import type { Address } from "./model.ts";
import { egressOf } from "./observe-network.ts";

interface Verified {
  /** Outcomes that AWS does not show although it accepted the writes. */
  readonly unverified: readonly Outcome[];
  /** The pool's addresses as they were described last; undefined when there was nothing to see, or nothing could be read. */
  readonly shown: readonly Ec2Address[] | undefined;
}

/**
 * Looks for what was written. When nothing can be read, nothing counts as unverified: what is done must be reported all the
 * same, and the next pass observes anew.
 */
export async function verify(
  ec2: EC2Client,
  clock: Clock,
  poolName: string,
  outcomes: readonly Outcome[],
): Promise<Verified> {
  let pending = outcomes.filter(({ action, result }) => result === "done" && action.kind !== "note");
  let shown: readonly Ec2Address[] | undefined;
  await lookUntil(clock, pending.length > 0 ? lagsMs : [], async () => {
    shown = await readable(() => describePoolAddresses(ec2, [poolName]));
    const addresses = shown && egressOf(shown);
    pending = addresses ? pending.filter((outcome) => !isShown(outcome, addresses)) : [];
    return pending.length === 0;
  });
  return { unverified: pending, shown };
}

function isShown({ action }: Outcome, addresses: readonly Address[]): boolean {
  const address = addresses.find((it) => it.allocationId === action.allocationId);
  if (action.kind === "disassociate") return address?.associationId !== action.associationId;
  const others = addresses.filter((it) => it !== address && it.networkInterfaceId === action.networkInterfaceId);
  return address?.networkInterfaceId === action.networkInterfaceId && others.length === 0;
}
