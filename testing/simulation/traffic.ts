/** Invocations of members that take minutes and stay where they began, and versions that are called by their number. */
import { type SimulatedAccount, tryCall } from "./account.ts";
import type { ScheduledFault } from "./fault-schedule.ts";
import type { SimulatedPool } from "./settle-in.ts";

/** The longest that a function may take (Lambda quotas): 15 minutes. */
const longestSeconds = 840;
/** Published versions beyond this are deleted, the oldest first. */
const mostVersions = 4;

/** Gives members code that takes as long as it is asked to. */
export function giveCode({ path, region }: SimulatedAccount, { draw: { memberNames } }: SimulatedPool): void {
  for (const name of memberNames) {
    path.registerHandler(name, (event) =>
      region.clock.sleep(Number((event as { seconds?: number }).seconds ?? 0) * 1000),
    );
  }
}

export function traffic(account: SimulatedAccount, pool: SimulatedPool): ScheduledFault[] {
  const { draw, operator, region } = account;
  const { name, memberNames } = pool.draw;
  const call = (operation: string, input: object) => tryCall(operator, "lambda", operation, input);
  const numbersOf = (functionName: string) =>
    [...(region.world.functions.get(functionName)?.versions.keys() ?? [])].filter((it) => it !== "$LATEST");
  return [
    {
      name: `${name} long invocation`,
      perDay: draw.paces.longInvocations,
      async inject(random) {
        const FunctionName = random.pick(memberNames);
        const Qualifier = random.pick(["$LATEST", ...numbersOf(FunctionName)]);
        const Payload = Buffer.from(JSON.stringify({ seconds: random.integer(5, longestSeconds) }));
        await call("Invoke", { FunctionName, Qualifier, InvocationType: "Event", Payload });
      },
    },
    {
      name: `${name} version published`,
      perDay: draw.paces.numberedVersions,
      async inject(random) {
        const FunctionName = random.pick(memberNames);
        await call("PublishVersion", { FunctionName });
        const numbers = numbersOf(FunctionName);
        const Qualifier = numbers[0];
        if (numbers.length > mostVersions) await call("DeleteFunction", { FunctionName, Qualifier });
      },
    },
  ];
}
