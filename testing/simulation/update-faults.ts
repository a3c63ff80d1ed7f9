/** Updates that hang for hours, that fail for reasons of code, image or key, and idle functions that cannot be restored. */
import type { CodeFailure, Upset } from "../twin/lambda-lifecycle.ts";
import type { Random } from "../twin/random.ts";
import { type SimulatedAccount, tryCall } from "./account.ts";
import type { ScheduledFault } from "./fault-schedule.ts";
import type { SimulatedPool } from "./settle-in.ts";

const minuteMs = 60_000;
const failures: readonly CodeFailure[] = [
  "ImageDeleted",
  "KMSKeyAccessDenied",
  "InvalidRuntime",
  "InvalidZipFileException",
];
/** Longer than an update is waited for (10 minutes), and no longer than the simulation waits for its faults to end. */
const hungMs = [15 * minuteMs, 150 * minuteMs] as const;

export function updateFaults(account: SimulatedAccount, pool: SimulatedPool): ScheduledFault[] {
  const { draw, operator, path, region } = account;
  const { name, memberNames } = pool.draw;
  const { clock, world } = region;
  const { lambda } = path;
  const deploy = async (FunctionName: string, random: Random, upset: Upset) => {
    const withdraw = lambda.upsetNext(FunctionName, upset);
    const ZipFile = Buffer.from(String(random.next()));
    const accepted = await tryCall(operator, "lambda", "UpdateFunctionCode", { FunctionName, ZipFile });
    if (!accepted) withdraw();
    return accepted;
  };
  return [
    {
      name: `${name} update hangs`,
      perDay: draw.paces.hungUpdates,
      async inject(random) {
        const FunctionName = random.pick(memberNames);
        const delayMs = random.integer(...hungMs);
        if (await deploy(FunctionName, random, { delayMs })) await clock.sleep(delayMs + 10 * minuteMs);
      },
    },
    {
      name: `${name} code update fails`,
      perDay: draw.paces.codeFailures,
      async inject(random) {
        const FunctionName = random.pick(memberNames);
        await deploy(FunctionName, random, { failure: random.pick(failures) });
        await clock.sleep(random.integer(10 * minuteMs, 120 * minuteMs));
        await deploy(FunctionName, random, {});
      },
    },
    {
      name: `${name} idle function not restored`,
      perDay: draw.idleHours === undefined ? 0 : draw.paces.codeFailures * 2,
      async inject(random) {
        const idle = memberNames.filter((it) => world.functions.get(it)?.versions.get("$LATEST")?.state === "Inactive");
        if (idle.length === 0) return;
        const FunctionName = random.pick(idle);
        lambda.upsetNext(FunctionName, { failure: "SubnetOutOfIPAddresses" });
        await tryCall(operator, "lambda", "Invoke", { FunctionName, InvocationType: "Event" });
      },
    },
  ];
}
