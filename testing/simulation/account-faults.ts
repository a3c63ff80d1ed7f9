/** Faults of what a pool shares with the whole account: the index of tags, VPC Block Public Access, describe calls. */
import { type SimulatedAccount, tryCall } from "./account.ts";
import type { ScheduledFault } from "./fault-schedule.ts";
import type { SimulatedPool } from "./settle-in.ts";

const minuteMs = 60_000;
/** How long describe calls may show nothing new: no longer than one of them may lag anyway (./invariant.ts). */
export const longestStallMs = 3 * minuteMs;

export function accountFaults(
  { draw, path, region, operator }: SimulatedAccount,
  pool: SimulatedPool,
): ScheduledFault[] {
  const { name, memberNames } = pool.draw;
  const { tagIndex, publicAccess, stalls } = draw.paces;
  const { clock } = region;
  const setMode = (InternetGatewayBlockMode: string) =>
    tryCall(operator, "ec2", "ModifyVpcBlockPublicAccessOptions", { InternetGatewayBlockMode });
  return [
    {
      name: `${name} index of tags stands still`,
      perDay: tagIndex / 3,
      inject: (random) => path.tagIndex.stall(random.integer(minuteMs, 20 * minuteMs)),
    },
    {
      name: `${name} index of tags leaves a member out`,
      perDay: tagIndex / 3,
      inject: (random) => path.tagIndex.leaveOut(random.pick(memberNames), random.integer(minuteMs, 20 * minuteMs)),
    },
    {
      name: `${name} index of tags repeats`,
      perDay: tagIndex / 3,
      inject: (random) => path.tagIndex.repeat(random.integer(minuteMs, 10 * minuteMs)),
    },
    {
      name: `${name} public access blocked`,
      perDay: publicAccess,
      async inject(random) {
        await setMode(random.pick(["block-ingress", "block-bidirectional"]));
        await clock.sleep(random.integer(2 * minuteMs, 40 * minuteMs));
        await setMode("off");
      },
    },
    {
      name: `${name} describe calls stand still`,
      perDay: stalls,
      inject: (random) => region.ec2.stallViews(random.integer(10_000, longestStallMs)),
    },
  ];
}
