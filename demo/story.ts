/** Runs the tour at full speed, with Holdfast and without it, and measures how long a function could not reach the bank. */
import { functionNameOf } from "../src/config/names.ts";
import { egressOf } from "../testing/twin/egress.ts";
import { blocking, changing, refusedIps } from "./actions.ts";
import { type DemoRegion, type Log, openDemoRegion, stageName } from "./region.ts";
import { leastBetweenReadsMs, runTour, steps } from "./tour.ts";

/** A line of the story: what happened, and why. */
export interface Moment {
  /** Since the deployment. */
  readonly atMs: number;
  readonly step: number;
  readonly who: "holdfast" | "lambda" | "partner" | "operator";
  readonly what: string;
  readonly why: string;
  /** The row of the decision table that it results from. */
  readonly row: string | undefined;
}

export interface StepResult {
  readonly title: string;
  readonly durationMs: number;
  /** How long at least one zone of the function could not reach the bank. */
  readonly cutOffMs: number;
  /** The same where each address was associated once and never moved. */
  readonly cutOffWithoutMs: number;
}

export interface Story {
  readonly seed: number;
  readonly moments: readonly Moment[];
  readonly steps: readonly StepResult[];
  /** The pool's addresses before and after, sorted, and those that the function's traffic came from. */
  readonly addressesBefore: readonly string[];
  readonly addressesAfter: readonly string[];
  readonly addressesSeen: readonly string[];
  /** Every step was done, the function reaches the bank, and only ever did so from addresses that the pool still has. */
  readonly restored: boolean;
}

interface Played {
  readonly durationMs: number;
  readonly cutOffMs: number;
}

/** How often the world is looked at. */
const tickMs = 1_000;

/** Runs the whole story. Deterministic: a seed draws all delays. */
export async function runStory(seed: number): Promise<Story> {
  const demo = await openDemoRegion(seed);
  const { clock } = demo.region;
  const startMs = clock.now();
  const addressesBefore = poolAddresses(demo);
  const moments: Moment[] = [];
  const played: Played[] = [];
  let readAtMs = Number.NEGATIVE_INFINITY;
  const log: Log = (draft) => {
    const { who, what, why } = draft;
    moments.push({ atMs: clock.now() - startMs, step: played.length - 1, who, what, why, row: undefined });
  };
  const unfinished = await runTour(demo, {
    log,
    onStep: () => played.push({ durationMs: 0, cutOffMs: 0 }),
    async pass(isDone, limitMs) {
      const step = played.length - 1;
      const { durationMs, cutOffMs } = await passTime(demo, isDone, limitMs);
      const before = played[step] ?? { durationMs: 0, cutOffMs: 0 };
      played[step] = { durationMs: before.durationMs + durationMs, cutOffMs: before.cutOffMs + cutOffMs };
      if (clock.now() - readAtMs >= leastBetweenReadsMs) {
        readAtMs = clock.now();
        const { entries } = await demo.source.read();
        for (const { atMs, who, what, why, row } of entries) {
          moments.push({ atMs: atMs - startMs, step, who, what, why, row });
        }
      }
      return isDone();
    },
  });
  const without = await playWithout(seed, played);
  const addressesAfter = poolAddresses(demo);
  const addressesSeen = [...(demo.path.egress.addresses.get(changing) ?? [])].sort();
  return {
    seed,
    moments: moments.sort((a, b) => a.step - b.step || a.atMs - b.atMs),
    steps: steps.map(({ title }, index) => ({
      title,
      durationMs: played[index]?.durationMs ?? 0,
      cutOffMs: played[index]?.cutOffMs ?? 0,
      cutOffWithoutMs: without[index]?.cutOffMs ?? 0,
    })),
    addressesBefore,
    addressesAfter,
    addressesSeen,
    restored:
      unfinished.length === 0 &&
      !isCutOff(demo) &&
      addressesAfter.join() === addressesBefore.join() &&
      addressesSeen.every((ip) => addressesAfter.includes(ip)),
  };
}

/** Runs the same steps for the same times in a region where each address is associated once and never moved. */
async function playWithout(seed: number, times: readonly Played[]): Promise<Played[]> {
  const demo = await openDemoRegion(seed);
  for (const part of ["relocate", "fallback"]) {
    const FunctionName = functionNameOf(stageName, part);
    await demo.operator("lambda", "PutFunctionConcurrency", { FunctionName, ReservedConcurrentExecutions: 0 });
  }
  const played: Played[] = [];
  for (const [index, step] of steps.entries()) {
    await step.run?.(demo, () => {});
    const isDeployed = () => demo.isSettled(changing) && demo.isSettled("billing");
    const deployed = index === 0 ? await passTime(demo, isDeployed, step.limitMs) : { durationMs: 0, cutOffMs: 0 };
    if (index === 0) await associateOnce(demo);
    const rest = await passTime(demo, () => false, (times[index]?.durationMs ?? 0) - deployed.durationMs);
    played.push({ durationMs: rest.durationMs, cutOffMs: index === 0 ? 0 : rest.cutOffMs });
  }
  return played;
}

/** Associates an address with each interface of a member that carries traffic, as an operator would do by hand. */
async function associateOnce(demo: DemoRegion): Promise<void> {
  const { functions, networkInterfaces } = demo.region.world;
  const used = [changing, "billing"].flatMap((name) => functions.get(name)?.versions.get("$LATEST")?.servedBy ?? []);
  const interfaces = [...networkInterfaces.values()].filter(({ subnetId, securityGroupIds, status }) => {
    const isUsed = used.some(
      (it) => it.subnetIds.includes(subnetId) && it.securityGroupIds.join() === securityGroupIds.join(),
    );
    return isUsed && status === "in-use";
  });
  const held = new Set(demo.egressAddresses().flatMap((it) => it.networkInterfaceId ?? []));
  const open = interfaces.filter((it) => !held.has(it.networkInterfaceId));
  const free = demo.egressAddresses().filter((it) => it.networkInterfaceId === undefined);
  for (const [index, { networkInterfaceId: NetworkInterfaceId }] of open.entries()) {
    const AllocationId = free[index]?.allocationId;
    await demo.operator("ec2", "AssociateAddress", { AllocationId, NetworkInterfaceId, AllowReassociation: false });
  }
}

async function passTime(demo: DemoRegion, isDone: () => boolean, limitMs: number): Promise<Played> {
  const { clock } = demo.region;
  const startMs = clock.now();
  let cutOffMs = 0;
  while (clock.now() - startMs < limitMs && !isDone()) {
    if (isCutOff(demo)) cutOffMs += tickMs;
    await clock.advance(tickMs);
  }
  return { durationMs: clock.now() - startMs, cutOffMs };
}

/** Whether some of the function's packets cannot reach the bank: no address to leave from, or one that the bank refuses. */
function isCutOff(demo: DemoRegion): boolean {
  const { world } = demo.region;
  const version = world.functions.get(changing)?.versions.get("$LATEST");
  const refused = refusedIps(demo).get(blocking) ?? [];
  const ways = version ? egressOf(world, version) : [];
  return ways.some(({ open, publicIps }) => !open || publicIps.some((ip) => refused.includes(ip)));
}

function poolAddresses({ region }: DemoRegion): string[] {
  const own = [...region.world.addresses.values()].filter(({ tags }) => tags["holdfast:pool"] !== undefined);
  return own.map(({ publicIp }) => publicIp).sort();
}
