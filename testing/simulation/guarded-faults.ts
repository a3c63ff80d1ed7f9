/** What happens to functions that wear the guard: environments start, partners refuse the shared addresses, owners deploy. */

import { wearGuard } from "../deployment/guarded-function.ts";
import { type PartnerRule, sharedPool } from "../twin/partners.ts";
import type { Random } from "../twin/random.ts";
import { createFunction, type Stage, tryCall, vpcConfigOf } from "./account.ts";
import type { Happening } from "./fault-schedule.ts";
import type { PoolStage } from "./settle-in.ts";

const minuteMs = 60_000;
/** Environments that start in a minute at most: five tests in five minutes are a rate, fewer are none (src/attach/evidence.ts). */
const mostStarts = 4;
const nowhere = { subnetIds: [], securityGroupIds: [] };

/** Makes a function outside every network, and gives it code under guard. */
export async function createGuarded(stage: Stage, pool: PoolStage, name: string): Promise<void> {
  const { region, path, partners } = stage;
  const partner = partners.get(pool.draw.name);
  if (!partner) throw new Error(`${pool.draw.name} has no partner`);
  await createFunction(stage, pool, name, nowhere);
  wearGuard(region, path, name, partner);
}

export function guardedMoods(stage: Stage, pool: PoolStage): Happening[] {
  const { draw, operator, partners, region } = stage;
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
  return pool.draw.guardedNames.flatMap((FunctionName): Happening[] => [
    {
      name: `${FunctionName} starts`,
      perDay: 2,
      happen: (random) => start(FunctionName, random, random.integer(1, 15)),
    },
    {
      name: `${name} partner refuses shared addresses`,
      perDay: blocks / 2,
      async happen(random) {
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
      happen: () =>
        tryCall(operator, "lambda", "UpdateFunctionConfiguration", { FunctionName, VpcConfig: vpcConfigOf(nowhere) }),
    },
    {
      name: `${FunctionName} code`,
      perDay: deploys / 8,
      happen: (random) =>
        tryCall(operator, "lambda", "UpdateFunctionCode", {
          FunctionName,
          ZipFile: Buffer.from(String(random.next())),
        }),
    },
  ]);
}
