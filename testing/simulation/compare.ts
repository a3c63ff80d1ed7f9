/** All baselines under the same fault schedule: `npm run sim -- --compare`. */
import { writeFileSync } from "node:fs";
import { buildAccount, createFunction, type SimulatedAccount } from "./account.ts";
import { type NatFailures, openBaselineScene, sharedPool, standbyIps } from "./baseline-scene.ts";
import { type Baseline, baselines } from "./baselines.ts";
import { chart } from "./chart.ts";
import type { Row, Score } from "./comparison-model.ts";
import { comparisonPage } from "./comparison-page.ts";
import { type ScheduledFault, startFaultSchedule } from "./fault-schedule.ts";
import { lambdaFaults } from "./lambda-faults.ts";
import { deployments } from "./member-deployments.ts";
import { startMeter, waysNow } from "./meter.ts";
import type { PoolDraw } from "./pool-draw.ts";
import { countRunning, leapOverRest } from "./rest.ts";
import type { SimulatedPool } from "./settle-in.ts";
import { drawWorld, type WorldDraw } from "./world-draw.ts";

const minuteMs = 60_000;
const dayMs = 86_400_000;
const warmUpMs = 15 * minuteMs;
/** A NAT gateway or instance of a zone fails as often, and for as long, in every baseline. Assumed; AWS publishes no rate. */
const natFailuresPerDay = 0.1;
const natFailureMinutes = [3, 30] as const;
/** A partner blocks an address that it sees so often, for so long. Assumed. */
const blocksPerDay = 1;
const blockMinutes = [10, 120] as const;

/** Two zones, one member, five Elastic IPs as a new account may have: the same for each baseline. */
function drawComparison(seed: number, { spares }: Baseline): WorldDraw {
  const draw = drawWorld(seed, []);
  const fallback = { standby: "cold", holdMinutes: 30, cleanRounds: 5, graceMinutes: 60 } as const;
  const pool: PoolDraw = {
    name: "pool0",
    zones: 2,
    network: "created",
    memberNames: ["pool0-member-0"],
    membersBy: "names",
    guardedNames: [],
    spares,
    addresses: 2 + spares,
    drainSeconds: 60,
    roundsPerMinute: 1,
    fallback,
  };
  return {
    ...draw,
    pools: [pool],
    aliases: false,
    provisioned: false,
    strangers: 0,
    natGatewayQuota: 5,
    paces: { ...draw.paces, deploys: 4, churn: 2 },
    interfaceCreationMs: [60_000, 120_000],
    faultWindows: { perDay: 6, minutes: 120 },
  };
}

const unchecked = { verify: false, report: () => {}, surroundings: () => undefined };

export async function score(baseline: Baseline, seed: number, days: number): Promise<Score> {
  const running = countRunning();
  const account = await buildAccount(drawComparison(seed, baseline), {
    direct: true,
    holdfast: baseline.holdfast,
    onLine: () => {},
    log: { info: () => {}, error: () => {} },
    around: (_name, handler) => running.around(handler),
  });
  const { region, path } = account;
  const { clock, random } = region;
  const [pool] = account.pools;
  if (!pool) throw new Error("the world has no pool");
  const { subnetIds, securityGroupIds } = pool.network;
  for (const name of pool.draw.memberNames) {
    await createFunction(account, pool, name, { subnetIds, securityGroupIds: securityGroupIds.slice(0, 1) });
  }
  const failures = natFailures(pool);
  const ways = await baseline.start(openBaselineScene(account, pool, failures, sharedPool));
  const scheduledFaults = [
    ...deployments(account, pool),
    ...lambdaFaults(account, pool),
    blocking(account, pool, () => [...waysNow({ account, pool, ways }).values()].flat()),
    ...failures.scheduledFaults,
  ];
  await clock.advance(warmUpMs);
  startFaultSchedule({ clock, random, faultWindows: account.draw.faultWindows, onFault: () => {} }, scheduledFaults);
  const roles = new Set(account.roles.values());
  const isOurs = ({ principal }: { readonly principal?: string | undefined }) => roles.has(principal ?? "");
  let calls = 0;
  region.calls.onCall((call) => {
    if (isOurs(call)) calls++;
  });
  const declared = new Set([...pool.publicIps, ...standbyIps]);
  const rules = account.partners.get(pool.draw.name)?.rules ?? [];
  const measure = startMeter({ account, pool, ways, declared, rules, alwaysRefused: sharedPool.alwaysRefused });
  const pass = () => clock.advance(days * dayMs);
  if (baseline.holdfast) await leapOverRest(account, running, { ...unchecked, isOurs }).during(days * dayMs, pass);
  else await pass();
  const alarms = path.cloudWatch.operations["DescribeAlarms"]?.({}, { service: "monitoring" } as never) as {
    MetricAlarms: unknown[];
  };
  const metrics = path.cloudWatch.metrics.ids.filter(({ namespace }) => namespace === "Holdfast").length;
  return { ...measure(), calls, alarms: alarms.MetricAlarms.length, metrics };
}

/** The partner blocks one of the addresses that it sees at the moment, for whatever reason. */
function blocking(
  { partners, region: { clock } }: SimulatedAccount,
  pool: SimulatedPool,
  seen: () => readonly string[],
): ScheduledFault {
  const rules = partners.get(pool.draw.name)?.rules ?? [];
  return {
    name: "partner blocks an address",
    perDay: blocksPerDay,
    async inject(random) {
      const forMs = random.integer(...blockMinutes) * minuteMs;
      const ips = seen();
      if (ips.length === 0) return;
      const rule = { kind: "block", ips: [random.pick(ips)] } as const;
      rules.push(rule);
      await clock.sleep(forMs);
      rules.splice(rules.indexOf(rule), 1);
    },
  };
}

function natFailures(pool: SimulatedPool): NatFailures & { readonly scheduledFaults: readonly ScheduledFault[] } {
  const listeners: ((zone: number, ms: number) => void)[] = [];
  return {
    onFailure: (listener) => listeners.push(listener),
    scheduledFaults: pool.network.subnetIds.map((_, zone) => ({
      name: `NAT of zone ${zone} fails`,
      perDay: natFailuresPerDay,
      inject(random) {
        const ms = random.integer(...natFailureMinutes) * minuteMs;
        for (const listener of listeners) listener(zone, ms);
      },
    })),
  };
}

/** Runs every baseline on every seed, and writes docs/comparison.md, the chart beside it, and the chart as a page. */
export async function compare(seeds: readonly number[], days: number): Promise<void> {
  const rows: Row[] = [];
  for (const baseline of baselines) {
    const scores: Score[] = [];
    for (const seed of seeds) scores.push(await score(baseline, seed, days));
    rows.push({ baseline, scores });
    process.stderr.write(`${baseline.name} done\n`);
  }
  const svg = chart(rows, seeds.length * days);
  writeFileSync("docs/comparison.svg", svg);
  writeFileSync("docs/comparison.html", `<!doctype html><meta charset="utf-8"><title>Comparison</title>\n${svg}`);
  const rates = { natFailuresPerDay, natFailureMinutes, blocksPerDay, blockMinutes };
  writeFileSync("docs/comparison.md", comparisonPage(rows, seeds, days, rates));
}
