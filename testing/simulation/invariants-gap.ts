/** What an event claims of the time without egress is at least the real time. */
import { currentInvocation, type Invocation } from "../twin/lambda-invocation.ts";
import { recordUnaddressed } from "../twin/unaddressed.ts";
import { type Checking, poolOfAddress, watchWrites } from "./invariant.ts";
import { liveMembers } from "./truth.ts";

interface Heal {
  readonly invocation: Invocation | undefined;
  readonly allocationId: string;
  readonly networkInterfaceId: string;
  /** How long the interface had been needed and without address when it got one. */
  readonly withoutMs: number;
}

interface Claim {
  readonly DetailType: string;
  readonly Detail: string;
}

/** Compares each `AddressRelocated` with what really happened, whatever the functions' clocks are ahead or behind. */
export function checkGaps(checking: Checking): void {
  const { account, isOurs, report } = checking;
  const { region, path, pools } = account;
  const times = pools.map((pool) => recordUnaddressed(region, path.egress, () => liveMembers(account, pool)));
  let heals: Heal[] = [];
  watchWrites(checking, ({ call, invocation }) => {
    if (call.operation !== "AssociateAddress") return;
    const { AllocationId = "", NetworkInterfaceId = "" } = call.input as {
      AllocationId?: string;
      NetworkInterfaceId?: string;
    };
    const pool = poolOfAddress(account, AllocationId);
    const { ended } = times[pool ? pools.indexOf(pool) : -1] ?? { ended: [] };
    const time = ended.findLast((it) => it.networkInterfaceId === NetworkInterfaceId && it.toMs === region.clock.now());
    // A claim allows for 45 s of lag (src/relocation/egress-gap.ts). Nothing shows that describe calls lag by minutes.
    const isHidden = time && region.ec2.viewsStalledUntilMs > time.fromMs;
    const withoutMs = time && !isHidden ? time.toMs - time.fromMs : 0;
    heals = heals.filter((it) => it.invocation === invocation || it.invocation?.dead === false).slice(-200);
    heals.push({ invocation, allocationId: AllocationId, networkInterfaceId: NetworkInterfaceId, withoutMs });
  });
  region.calls.onCall((call) => {
    if (call.operation !== "PutEvents" || !isOurs(call)) return;
    const invocation = currentInvocation();
    for (const { DetailType, Detail } of (call.input as { Entries: readonly Claim[] }).Entries) {
      if (DetailType !== "AddressRelocated") continue;
      const { allocationId, networkInterfaceId, gapSeconds } = JSON.parse(Detail) as Record<string, unknown>;
      if (typeof gapSeconds !== "number") continue;
      const heal = heals.findLast(
        (it) =>
          it.invocation === invocation &&
          it.allocationId === allocationId &&
          it.networkInterfaceId === networkInterfaceId,
      );
      // Claims have whole milliseconds, as the clock of a function does.
      if (!heal || heal.withoutMs <= gapSeconds * 1000 + 1) continue;
      const claim = `${networkInterfaceId} was without address for at most ${gapSeconds} s`;
      report("claimed gap", `${claim}, says the event; it was for ${heal.withoutMs / 1000} s`);
    }
  });
}
