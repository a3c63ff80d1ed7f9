/** Success is observed, never assumed: describe again until AWS shows what was written. */
import type { EC2Client } from "@aws-sdk/client-ec2";
import { lagsMs, lookUntil } from "../actuator/verify.ts";
import type { Clock } from "../aws/clock.ts";
import { readable } from "../aws/errors.ts";
import type { Outcome } from "./apply.ts";
import type { Address } from "./model.ts";
import { listAddresses } from "./observe-network.ts";

/**
 * Outcomes that AWS does not show although it accepted the writes; empty when all is as it should be, or when nothing can
 * be read: what is done must be reported all the same, and the next pass observes anew.
 */
export async function verify(
  ec2: EC2Client,
  clock: Clock,
  poolName: string,
  outcomes: readonly Outcome[],
): Promise<Outcome[]> {
  let pending = outcomes.filter(({ action, result }) => result === "done" && action.kind !== "note");
  await lookUntil(clock, pending.length > 0 ? lagsMs : [], async () => {
    const addresses = await readable(() => listAddresses(ec2, poolName));
    pending = addresses ? pending.filter((outcome) => !isShown(outcome, addresses)) : [];
    return pending.length === 0;
  });
  return pending;
}

function isShown({ action }: Outcome, addresses: readonly Address[]): boolean {
  const address = addresses.find((it) => it.allocationId === action.allocationId);
  if (action.kind === "disassociate") return address?.associationId !== action.associationId;
  const others = addresses.filter((it) => it !== address && it.networkInterfaceId === action.networkInterfaceId);
  return address?.networkInterfaceId === action.networkInterfaceId && others.length === 0;
}
