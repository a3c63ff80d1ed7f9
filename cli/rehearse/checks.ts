/** The checks, in the order in which they run: what costs nothing first, what changes the function last. */

import type { Check } from "./check.ts";
import { accountCheck } from "./check-account.ts";
import { associationCheck } from "./check-association.ts";
import { deletionCheck } from "./check-deletion.ts";
import { egressCheck } from "./check-egress.ts";
import { eventsCheck } from "./check-events.ts";
import { guardCheck } from "./check-guard.ts";
import { interfaceCheck } from "./check-interface.ts";
import { natCheck } from "./check-nat.ts";
import { roleCheck } from "./check-role.ts";
import { sharedCheck } from "./check-shared.ts";
import { swapCheck } from "./check-swap.ts";
import { tagsCheck } from "./check-tags.ts";
import { updateCheck } from "./check-update.ts";
import type { Choices } from "./choices.ts";

export const checks: readonly Check[] = [
  accountCheck,
  roleCheck,
  interfaceCheck,
  associationCheck,
  egressCheck,
  swapCheck,
  sharedCheck,
  tagsCheck,
  eventsCheck,
  guardCheck,
  natCheck,
  updateCheck,
  deletionCheck,
];

/** What the checks share. */
export const networkMakes =
  "a VPC (two subnets, an internet gateway, a route table, two security groups, an interface)";

/** How long the end takes, once the interfaces are deleted. Without the last check it takes as long as that. */
export const cleanSeconds = 120;

/**
 * The most that a run costs, in US dollars: two Elastic IPs for three hours at $0.005 an hour (docs/cost.md), and function time,
 * 128 MB for ten minutes at most, which rounds to nothing. A NAT gateway with its address takes $0.05 an hour more.
 */
export function mostUsd({ nat }: Choices): number {
  return nat ? 0.18 : 0.03;
}
