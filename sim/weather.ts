/** What happens to an account without Holdfast's doing: deployments, Lambda's own changes, traffic, other hands. */
import type { Random } from "../twin/random.ts";
import { deployments } from "./deployments.ts";
import { hands } from "./hands.ts";
import { lambdaMoods } from "./lambda-moods.ts";
import { createFunction, type PoolStage, type Stage } from "./stage.ts";

const dayMs = 86_400_000;

/** Something that happens now and then: `perDay` times on average, at moments drawn from a stream of its own. */
export interface Happening {
  readonly name: string;
  readonly perDay: number;
  happen(random: Random): unknown;
}

export interface Weather {
  /** From now on nothing new happens. */
  stop(): void;
  /** Things that have begun and are not over. */
  readonly pending: number;
}

/** Makes the pools' functions and starts the weather. `tell` hears of everything that happens. */
export async function startWeather(stage: Stage, tell: (text: string) => void): Promise<Weather> {
  for (const pool of stage.pools) await populate(stage, pool);
  let stopped = false;
  let pending = 0;
  const start = ({ name, perDay, happen }: Happening) => {
    if (perDay <= 0) return;
    const random = stage.region.random.fork(`weather ${name}`);
    const next = () => {
      stage.region.clock.after((-Math.log(1 - random.next()) / perDay) * dayMs, () => {
        if (stopped) return;
        tell(name);
        pending++;
        void Promise.resolve(happen(random)).then(() => pending--);
        next();
      });
    };
    next();
  };
  for (const pool of stage.pools) {
    for (const it of [...deployments(stage, pool), ...lambdaMoods(stage, pool), ...hands(stage, pool)]) start(it);
  }
  return {
    stop() {
      stopped = true;
    },
    get pending() {
      return pending;
    },
  };
}

async function populate(stage: Stage, pool: PoolStage): Promise<void> {
  const { subnetIds, securityGroupIds } = pool.network;
  for (const name of pool.memberNames) {
    await createFunction(stage, pool, name, { subnetIds, securityGroupIds: securityGroupIds.slice(0, 1) });
  }
  for (const name of pool.strangerNames) {
    await createFunction(stage, pool, name, { subnetIds, securityGroupIds: [pool.strangerGroupId] });
  }
}
