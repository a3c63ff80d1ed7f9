/** Faults of partners: they block one address or all, a country or an application's key; they flap, are down or slow. */
import type { PartnerRule } from "../twin/partners.ts";
import type { Random } from "../twin/random.ts";
import type { SimulatedAccount } from "./account.ts";
import type { ScheduledFault } from "./fault-schedule.ts";
import type { SimulatedPool } from "./settle-in.ts";

const minuteMs = 60_000;

export function partnerFaults(
  { draw, partners, region: { clock } }: SimulatedAccount,
  pool: SimulatedPool,
): ScheduledFault[] {
  const { name } = pool.draw;
  const { blocks, partner } = draw.paces;
  const rules = partners.get(name)?.rules ?? [];
  const fault = (
    text: string,
    perDay: number,
    most: number,
    rule: (random: Random) => PartnerRule,
  ): ScheduledFault => ({
    name: `${name} partner ${text}`,
    perDay,
    async inject(random) {
      const imposed = rule(random);
      rules.push(imposed);
      await clock.sleep(random.integer(2 * minuteMs, most * minuteMs));
      rules.splice(rules.indexOf(imposed), 1);
    },
  });
  const one = (random: Random) => [random.pick(pool.publicIps)];
  return [
    fault("blocks one address", blocks, 120, (random) => ({ kind: "block", ips: one(random) })),
    fault("blocks all addresses", blocks / 4, 60, () => ({ kind: "block", ips: [...pool.publicIps] })),
    fault("flaps", blocks / 4, 30, (random) => {
      const [onMs, offMs] = [random.integer(20_000, 300_000), random.integer(20_000, 300_000)];
      return { kind: "flap", ips: one(random), fromMs: clock.now(), onMs, offMs };
    }),
    fault("blocks the country", partner / 5, 60, () => ({ kind: "country" })),
    fault("forbids the key", partner / 5, 60, () => ({ kind: "application" })),
    ...(["refused", "silent", "error"] as const).map((how) =>
      fault(`is down: ${how}`, partner / 5, 60, () => ({ kind: "outage", how })),
    ),
    fault("is slow", partner / 5, 60, (random) => ({ kind: "slow", byMs: random.integer(500, 8_000) })),
  ];
}
