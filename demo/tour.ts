/** The story that the page tells by itself: from a deployment to the way back from fallback, in plain words. */
import { changing, performers } from "./actions.ts";
import type { Stage, Tell } from "./region.ts";

export const chapters = ["Deploy", "Relocate", "Block", "Swap", "Escalate", "Return"] as const;

interface Step {
  readonly chapter: (typeof chapters)[number];
  readonly caption: string;
  readonly act?: (stage: Stage, tell: Tell) => Promise<unknown> | unknown;
  readonly isDone: (stage: Stage) => boolean;
  /** The step ends after this long all the same. */
  readonly limitMs: number;
  /** Time to look at the result. */
  readonly lingerMs: number;
}

const minuteMs = 60_000;
const second = 1_000;

export const steps: readonly Step[] = [
  {
    chapter: "Deploy",
    caption:
      "Two functions are deployed. Lambda builds a network interface in each zone that they use, and Holdfast gives every interface one of the pool's addresses.",
    async act(stage, tell) {
      await stage.place(changing, () => [0, 1]);
      await stage.place("billing", () => [1]);
      const why = "The partners know the pool's addresses, and let no others in.";
      tell({ who: "operator", tone: "plain", what: "orders is created in zones a and b, billing in b", why });
    },
    isDone: (stage) => stage.isSettled(changing) && stage.isSettled("billing") && serving(stage).length === 2,
    limitMs: 8 * minuteMs,
    lingerMs: 40 * second,
  },
  {
    chapter: "Relocate",
    caption:
      "A deployment moves orders from zones a and b to b and c. Holdfast puts the spare address on the interface in zone c before any traffic goes there, unless AWS tells of the change too late. The old address drains and becomes the spare.",
    act: performers.subnets,
    isDone: (stage) => stage.isSettled(changing) && serving(stage).length === 2 && zoneOfAddresses(stage, 0) === 0,
    limitMs: 10 * minuteMs,
    lingerMs: 30 * second,
  },
  {
    chapter: "Block",
    caption:
      "The bank blocks one address. Probes in every zone ask the bank several times a minute. This address is refused where the others get through: so it is the address, not the bank and not the network.",
    act: performers.block,
    isDone: (stage) => blocked(stage).length > 0,
    limitMs: 6 * minuteMs,
    lingerMs: 0,
  },
  {
    chapter: "Swap",
    caption:
      "Confirmed. A clean spare takes the place of the blocked address, which waits as a suspect until it is accepted again.",
    isDone: (stage) => blocked(stage).every(({ networkInterfaceId }) => networkInterfaceId === undefined),
    limitMs: 4 * minuteMs,
    lingerMs: 40 * second,
  },
  {
    chapter: "Escalate",
    caption:
      "Now the bank blocks every address. No spare can cure that, so the alarm asks for a NAT gateway with the one address that was kept for this. Once it is available, the routes follow one by one.",
    act: performers["block-all"],
    isDone: (stage) => routesToNat(stage) === 3,
    limitMs: 20 * minuteMs,
    lingerMs: minuteMs,
  },
  {
    chapter: "Return",
    caption:
      "The bank forgives. Fallback keeps its minimum time, then one route table returns and has to prove itself before the next. When all are back, the gateway is deleted: it costs money.",
    act: performers.unblock,
    isDone: (stage) => routesToNat(stage) === 0 && gateways(stage) === 0,
    limitMs: 60 * minuteMs,
    lingerMs: 20 * second,
  },
];

export const ending = "All is direct again, with the same addresses as before. Now it is your turn: try to break it.";

/** Lets virtual time pass until the condition holds; answers whether it did within the limit. */
export type Pass = (isDone: () => boolean, limitMs: number) => Promise<boolean>;

/** Plays the steps; answers those that did not come to their end. */
export async function playTale(
  stage: Stage,
  { pass, tell, show }: { readonly pass: Pass; readonly tell: Tell; readonly show: (step: Step) => void },
): Promise<string[]> {
  const unfinished: string[] = [];
  for (const step of steps) {
    show(step);
    await step.act?.(stage, tell);
    if (!(await pass(() => step.isDone(stage), step.limitMs))) unfinished.push(step.chapter);
    await pass(() => false, step.lingerMs);
  }
  return unfinished;
}

const serving = (stage: Stage) => stage.egressAddresses().filter(({ networkInterfaceId }) => networkInterfaceId);

const blocked = (stage: Stage) => stage.egressAddresses().filter(({ tags }) => tags["holdfast:verdict"] === "blocked");

function zoneOfAddresses(stage: Stage, zone: number): number {
  const letter = "abc"[zone] ?? "";
  const { networkInterfaces } = stage.region.world;
  return serving(stage).filter((it) =>
    networkInterfaces.get(it.networkInterfaceId ?? "")?.availabilityZone.endsWith(letter),
  ).length;
}

function routesToNat({ region }: Stage): number {
  return [...region.world.routeTables.values()].filter(({ routes }) => routes.some(({ natGatewayId }) => natGatewayId))
    .length;
}

function gateways({ region }: Stage): number {
  return [...region.world.natGateways.values()].filter(({ state }) => state !== "deleted").length;
}
