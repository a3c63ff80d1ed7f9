/** What partners do: block one address or all, a country or an application's key; come and go; be down or slow. */
import type { PartnerRule } from "../twin/partners.ts";
import type { Random } from "../twin/random.ts";
import type { Stage } from "./account.ts";
import type { Happening } from "./fault-schedule.ts";
import type { PoolStage } from "./settle-in.ts";

const minuteMs = 60_000;

export function partnerMoods({ draw, partners, region: { clock } }: Stage, pool: PoolStage): Happening[] {
  const { name } = pool.draw;
  const { blocks, partner } = draw.paces;
  const rules = partners.get(name)?.rules ?? [];
  const mood = (text: string, perDay: number, most: number, rule: (random: Random) => PartnerRule): Happening => ({
    name: `${name} partner ${text}`,
    perDay,
    async happen(random) {
      const imposed = rule(random);
      rules.push(imposed);
      await clock.sleep(random.integer(2 * minuteMs, most * minuteMs));
      rules.splice(rules.indexOf(imposed), 1);
    },
  });
  const one = (random: Random) => [random.pick(pool.publicIps)];
  return [
    mood("blocks one address", blocks, 120, (random) => ({ kind: "block", ips: one(random) })),
    mood("blocks all addresses", blocks / 4, 60, () => ({ kind: "block", ips: [...pool.publicIps] })),
    mood("flaps", blocks / 4, 30, (random) => {
      const [onMs, offMs] = [random.integer(20_000, 300_000), random.integer(20_000, 300_000)];
      return { kind: "flap", ips: one(random), fromMs: clock.now(), onMs, offMs };
    }),
    mood("blocks the country", partner / 5, 60, () => ({ kind: "country" })),
    mood("forbids the key", partner / 5, 60, () => ({ kind: "application" })),
    ...(["refused", "silent", "error"] as const).map((how) =>
      mood(`is down: ${how}`, partner / 5, 60, () => ({ kind: "outage", how })),
    ),
    mood("is slow", partner / 5, 60, (random) => ({ kind: "slow", byMs: random.integer(500, 8_000) })),
  ];
}
