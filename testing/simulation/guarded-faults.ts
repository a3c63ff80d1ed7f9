/** Events of guarded functions: environments start, partners refuse the shared addresses, owners deploy. */

import { wearGuard } from "../deployment/guarded-function.ts";
import { type PartnerRule, sharedPool } from "../twin/partners.ts";
import type { Random } from "../twin/random.ts";
import { createFunction, type SimulatedAccount, tryCall, vpcConfigOf } from "./account.ts";
import type { ScheduledFault } from "./fault-schedule.ts";
import type { SimulatedPool } from "./settle-in.ts";

const minuteMs = 60_000;
/** Environments that start in a minute at most: five tests in five minutes are a rate, fewer are none (src/attach/refusals.ts). */
const mostStarts = 4;
const nowhere = { subnetIds: [], securityGroupIds: [] };

/** Creates a function outside every network, whose code runs under the guard. */
export async function createGuarded(account: SimulatedAccount, pool: SimulatedPool, name: string): Promise<void> {
  const { region, path, partners } = account;
  const partner = partners.get(pool.draw.name);
  if (!partner) throw new Error(`${pool.draw.name} has no partner`);
  await createFunction(account, pool, name, nowhere);
  wearGuard(region, path, name, partner);
}

export function guardedFaults(account: SimulatedAccount, pool: SimulatedPool): ScheduledFault[] {
  const { draw, operator, partners, region } = account;
  const { blocks, deploys } = draw.paces;
  const { name } = pool.draw;
  const rules = partners.get(name)?.rules ?? [];
  /** Cold starts for some minutes, more in one than in another. */
  const start = async (FunctionName: string, random: Random, minutes: number) => {
    for (let minute = 0; minute < minutes; minute++) {
      for (let left = random.integer(0, mostStarts); left > 0; left--) {
        await tryCall(operator, "lambda", "Invoke", { FunctionName, InvocationType: "Event" });
      }
      await region.clock.sleep(minuteMs);
    }
  };
  return pool.draw.guardedNames.flatMap((FunctionName): ScheduledFault[] => [
    {
      name: `${FunctionName} starts`,
      perDay: 2,
      inject: (random) => start(FunctionName, random, random.integer(1, 15)),
    },
    {
      name: `${name} partner refuses shared addresses`,
      perDay: blocks / 2,
      async inject(random) {
        const ips = sharedPool.filter(() => random.chance(0.7));
        const imposed: PartnerRule = { kind: "block", ips };
        rules.push(imposed);
        await start(FunctionName, random, random.integer(10, 60));
        rules.splice(rules.indexOf(imposed), 1);
      },
    },
    {
      name: `${FunctionName} detached`,
      perDay: deploys / 8,
      inject: () =>
        tryCall(operator, "lambda", "UpdateFunctionConfiguration", { FunctionName, VpcConfig: vpcConfigOf(nowhere) }),
    },
    {
      name: `${FunctionName} code`,
      perDay: deploys / 8,
      inject: (random) =>
        tryCall(operator, "lambda", "UpdateFunctionCode", {
          FunctionName,
          ZipFile: Buffer.from(String(random.next())),
        }),
    },
  ]);
}
