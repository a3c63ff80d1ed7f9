/** The tour that the page runs by itself: from a deployment to failback. */
import { changing, regionActions } from "./actions.ts";
import type { DemoRegion, Log } from "./region.ts";

export interface TourStep {
  readonly title: string;
  readonly caption: string;
  readonly run?: (demo: DemoRegion, log: Log) => Promise<unknown> | unknown;
  readonly isDone: (demo: DemoRegion) => boolean;
  /** After this long the step ends even if it is not done. */
  readonly limitMs: number;
  /** Time to look at the result. */
  readonly pauseMs: number;
}

/** The least virtual time between two reads of the pools: the region throttles calls as AWS does. */
export const leastBetweenReadsMs = 2_000;

const minuteMs = 60_000;
const secondMs = 1_000;

export const steps: readonly TourStep[] = [
  {
    title: "Deploy",
    caption:
      "Two functions are deployed. Lambda builds a network interface in each zone that they use, and Holdfast gives every interface one of the pool's addresses.",
    async run(demo, log) {
      await demo.place(changing, () => [0, 1]);
      await demo.place("billing", () => [1]);
      const why = "The partners allow-list the pool's addresses and refuse all others.";
      log({ who: "operator", tone: "plain", what: "orders is created in zones a and b, billing in b", why });
    },
    isDone: (demo) => demo.isSettled(changing) && demo.isSettled("billing") && noted(demo, "serving").length === 2,
    limitMs: 8 * minuteMs,
    pauseMs: 40 * secondMs,
  },
  {
    title: "Relocate",
    caption:
      "A deployment moves orders from zones a and b to b and c. Holdfast puts the spare address on the interface in zone c before any traffic goes there, unless the event of the change arrives too late. The old address drains and becomes the spare.",
    run: regionActions.subnets,
    isDone: (demo) =>
      demo.isSettled(changing) && noted(demo, "serving").length === 2 && noted(demo, "draining").length === 0,
    limitMs: 10 * minuteMs,
    pauseMs: 30 * secondMs,
  },
  {
    title: "Block",
    caption:
      "The bank blocks one address. Probes in every zone ask the bank several times a minute. It refuses this address and accepts the others at the same time: so the address is blocked, and neither the bank nor the network is down.",
    run: regionActions.block,
    isDone: (demo) => blocked(demo).length > 0,
    limitMs: 6 * minuteMs,
    pauseMs: 0,
  },
  {
    title: "Swap",
    caption: "Confirmed. A clean spare replaces the blocked address, which is suspect until the bank accepts it again.",
    isDone: (demo) => blocked(demo).every(({ networkInterfaceId }) => networkInterfaceId === undefined),
    limitMs: 4 * minuteMs,
    pauseMs: 40 * secondMs,
  },
  {
    title: "Fail over",
    caption:
      "Now the bank blocks every address. No spare can cure that, so the alarm triggers a failover: Holdfast creates a NAT gateway with the address reserved for it. Once it is available, the route tables switch to it one by one.",
    run: regionActions["block-all"],
    isDone: (demo) => routesToNat(demo) === 3,
    limitMs: 20 * minuteMs,
    pauseMs: minuteMs,
  },
  {
    title: "Fail back",
    caption:
      "The bank unblocks the addresses. Fallback lasts its minimum time; then one route table returns to direct egress and must pass clean rounds before the next follows. When all have returned, Holdfast deletes the gateway, because it costs money.",
    run: regionActions.unblock,
    isDone: (demo) => routesToNat(demo) === 0 && gateways(demo) === 0,
    limitMs: 60 * minuteMs,
    pauseMs: 20 * secondMs,
  },
];

export const ending =
  "All egress is direct again, with the same addresses as before. The one that was blocked first is not used until the scout has verified it again, within the hour. Now it is your turn: inject faults.";

/** Lets virtual time pass until the condition holds; returns whether it did within the limit. */
export type Pass = (isDone: () => boolean, limitMs: number) => Promise<boolean>;

/** Runs the steps; returns the titles of those that were not done within their limits. */
export async function runTour(
  demo: DemoRegion,
  { pass, log, onStep }: { readonly pass: Pass; readonly log: Log; readonly onStep: (step: TourStep) => void },
): Promise<string[]> {
  const unfinished: string[] = [];
  for (const step of steps) {
    onStep(step);
    await step.run?.(demo, log);
    if (!(await pass(() => step.isDone(demo), step.limitMs))) unfinished.push(step.title);
    await pass(() => false, step.pauseMs);
  }
  return unfinished;
}

/** Returns the addresses that relocation has noted as serving, or as draining, on the interfaces that they are on. */
const noted = (demo: DemoRegion, state: "serving" | "draining") =>
  demo.egressAddresses().filter((it) => it.networkInterfaceId && it.tags["holdfast:use"]?.startsWith(state));

const blocked = (demo: DemoRegion) =>
  demo.egressAddresses().filter(({ tags }) => tags["holdfast:verdict"] === "blocked");

function routesToNat({ region }: DemoRegion): number {
  return [...region.world.routeTables.values()].filter(({ routes }) => routes.some(({ natGatewayId }) => natGatewayId))
    .length;
}

function gateways({ region }: DemoRegion): number {
  return [...region.world.natGateways.values()].filter(({ state }) => state !== "deleted").length;
}
