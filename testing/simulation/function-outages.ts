/** Functions of Holdfast that do not run for a while: a silent canary, and probes that die or hang. */
import { currentInvocation, type Handler } from "../twin/lambda-invocation.ts";
import { prefix, type SimulatedAccount } from "./account.ts";
import type { ScheduledFault } from "./fault-schedule.ts";
import type { SimulatedPool } from "./settle-in.ts";

const minuteMs = 60_000;

type Outage = "silent" | "dies" | "hangs";

export interface Outages {
  /** By function name. */
  readonly current: Map<string, Outage>;
  readonly around: (functionName: string, handler: Handler) => Handler;
}

export function createOutages(): Outages {
  const current = new Map<string, Outage>();
  return {
    current,
    around: (functionName, handler) => async (event, context) => {
      switch (current.get(functionName)) {
        case "silent":
          return undefined;
        case "dies":
          currentInvocation()?.kill();
          return undefined;
        case "hangs":
          return new Promise(() => {});
        case undefined:
          return handler(event, context);
      }
    },
  };
}

export function outagesOf(
  { draw, region: { clock } }: SimulatedAccount,
  pool: SimulatedPool,
  { current }: Outages,
): ScheduledFault[] {
  const { name, zones } = pool.draw;
  return [
    {
      name: `${name} canary silent`,
      perDay: draw.paces.canary,
      async inject(random) {
        current.set(`${prefix}-canary`, "silent");
        await clock.sleep(random.integer(2 * minuteMs, 30 * minuteMs));
        current.delete(`${prefix}-canary`);
      },
    },
    {
      name: `${name} probe dead`,
      perDay: draw.paces.probes,
      async inject(random) {
        const probe = `${prefix}-${name}-zone-${random.integer(1, zones)}`;
        current.set(probe, random.pick(["dies", "hangs"]));
        await clock.sleep(random.integer(2 * minuteMs, 30 * minuteMs));
        current.delete(probe);
      },
    },
  ];
}
