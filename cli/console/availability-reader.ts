/** Reads the canary's rounds and keeps what they come to. */
import type { Clock } from "../../src/aws/clock.ts";
import { readTargets } from "../../src/config/probing-settings.ts";
import { readRounds } from "../support/canary-log.ts";
import { availabilityMs, availabilityOf, type Count, countRounds, minuteOf } from "./availability.ts";
import type { ConsoleClients, ConsoleDeployment } from "./deployment.ts";
import type { Availability } from "./model.ts";

/** Lines arrive late: minutes as young as this are read again. */
const lateMs = 3 * 60_000;

/** Returns what reads the partners' availability: a day at first, then the last minutes alone. */
export function createAvailabilityReader(
  { logs }: Pick<ConsoleClients, "logs">,
  clock: Clock,
  deployment: ConsoleDeployment,
): () => Promise<Availability> {
  let counts: readonly Count[] = [];
  let readFromMs = 0;
  return async () => {
    const nowMs = clock.now();
    const dayMs = nowMs - availabilityMs;
    const fromMs = minuteOf(Math.max(readFromMs, dayMs));
    const read = countRounds(await readRounds({ clients: { logs }, deployment }, fromMs));
    counts = [...counts.filter((it) => it.minuteMs >= dayMs && it.minuteMs < fromMs), ...read];
    readFromMs = nowMs - lateMs;
    return deployment.pools.map(({ name, probing }) => {
      const targets = probing ? readTargets(probing).targets : [];
      const own = counts.filter(({ pool }) => pool === name);
      return { pool: name, partners: targets.map((it) => availabilityOf(own, it.name, nowMs)) };
    });
  };
}
