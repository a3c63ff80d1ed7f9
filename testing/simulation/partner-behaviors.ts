/** Partners that behave as in the bench of the comparison: they treat one address worse, or differ and mean none. */

import { leakyDifferences, refusingDifferences, silentDifferences } from "../partners/differences.ts";
import { innocent } from "../partners/innocent.ts";
import { type Situation, startMinute, type VantageId } from "../partners/situation.ts";
import { type Asker, type PartnerRule, sharedPool, usualAnswer } from "../twin/partners.ts";
import type { Random } from "../twin/random.ts";
import type { SimulatedAccount } from "./account.ts";
import type { ScheduledFault } from "./fault-schedule.ts";
import { hasAddresses, type SimulatedPool } from "./settle-in.ts";

const minuteMs = 60_000;
/** The clock of a situation begins at a minute up to this one, so that those by the clock are met at any time. */
const latestMinute = 240;

const differences = [...silentDifferences, ...refusingDifferences, ...leakyDifferences];
const ofPartners = innocent.filter(({ liesIn }) => liesIn !== "network");

export function partnerBehaviors(account: SimulatedAccount, pool: SimulatedPool): ScheduledFault[] {
  const { draw, partners, region } = account;
  const rules = partners.get(pool.draw.name)?.rules ?? [];
  const fault = (text: string, perDay: number, leastMinutes: number, rule: (random: Random) => PartnerRule) => ({
    name: `${pool.draw.name} partner ${text}`,
    perDay,
    applies: () => hasAddresses(pool),
    async inject(random: Random) {
      const imposed = rule(random);
      rules.push(imposed);
      await region.clock.sleep(random.integer(leastMinutes * minuteMs, 120 * minuteMs));
      rules.splice(rules.indexOf(imposed), 1);
    },
  });
  return [
    fault("treats one address worse", draw.paces.differences, 10, (random) => {
      // The way from a zone may be what is refused, in silence.
      const inZone = random.chance(0.2);
      const situation = random.pick(inZone ? silentDifferences : differences);
      return behaviorOf(situation, inZone ? oneZone(pool, random) : oneAddress(account, pool, random), account, random);
    }),
    fault("differs and means no address", draw.paces.innocent, 2, (random) => {
      const situation = random.pick(ofPartners);
      const inZone = situation.liesIn === "zone" || random.chance(0.5);
      return behaviorOf(situation, inZone ? oneZone(pool, random) : oneAddress(account, pool, random), account, random);
    }),
  ];
}

/** Which of a situation's vantages the request is. */
type VantageOf = (asker: Asker) => VantageId;

const isShared = ({ sourceIp }: Asker) => (sharedPool as readonly string[]).includes(sourceIp);

function oneZone({ network }: SimulatedPool, random: Random): VantageOf {
  const chosen = random.pick(network.subnetIds);
  return (asker) => {
    if (isShared(asker)) return "shared";
    if (asker.subnetId === chosen) return "a";
    return asker.subnetId === network.scout.subnetId ? "scout" : "b";
  };
}

/** One address, and a second one for what concerns two: mostly of those that serve. */
function oneAddress({ region: { world } }: SimulatedAccount, pool: SimulatedPool, random: Random): VantageOf {
  const all = pool.allocationIds.flatMap((id) => world.addresses.get(id) ?? []);
  const serving = all.filter(({ networkInterfaceId }) => networkInterfaceId !== undefined);
  const some = serving.length > 0 && random.chance(0.8) ? serving : all;
  const [a, b] = [random.pick(some).publicIp, random.pick(some).publicIp];
  return (asker) => {
    if (isShared(asker)) return "shared";
    return asker.sourceIp === a ? "a" : asker.sourceIp === b ? "b" : "scout";
  };
}

function behaviorOf(
  { name, ask, worse = [] }: Situation,
  vantageOf: VantageOf,
  { region: { clock } }: SimulatedAccount,
  random: Random,
): PartnerRule {
  const sinceMs = clock.now();
  const first = random.integer(startMinute, latestMinute);
  const answers = random.fork(`answers from ${sinceMs}`);
  return {
    kind: "behavior",
    name,
    give(asker, nowMs) {
      const from = vantageOf(asker);
      const minute = first + Math.floor((nowMs - sinceMs) / minuteMs);
      const given = ask({ from, minute, chance: answers.next() });
      const all = "kind" in given ? { answer: given } : given;
      const isUsual = all.answer === usualAnswer;
      if (isUsual && !all.partnerIp && !all.host) return undefined;
      return { ...all, worse: !isUsual && worse.includes(from) };
    },
  };
}
