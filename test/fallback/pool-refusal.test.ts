import { expect, it } from "vitest";
import { refusals } from "../../testing/twin/partners.ts";
import { type DeployedScene, openScene } from "./deployed-scene.ts";

const minuteMs = 60_000;
const openedWithinMs = 60_000;
let scene: DeployedScene;

const isReported = (type: string) => () => scene.events.some((event) => event.type === type);

/** The partner's application answers all of the pool's addresses as if it did not know them. */
async function refusePool(fallback: Parameters<typeof openScene>[0]["fallback"]): Promise<void> {
  scene = await openScene({ fallback, spares: 1 });
  const { world } = scene.region;
  const egress = [...world.addresses.values()].filter(({ publicIp }) => publicIp !== scene.fallbackIp);
  scene.partner.rules.push({
    kind: "block",
    ips: egress.map(({ publicIp }) => publicIp),
    refusal: refusals.application,
  });
}

it(
  "a target that keeps out the whole pool is failed over for without the time of a swap, which cures nothing",
  async () => {
    await refusePool({ standby: "cold", swapSeconds: 1800 });
    await scene.when("refused", isReported("PoolRefused"), 30 * minuteMs);
    await scene.when("failed over", isReported("FallbackEntered"), 8 * minuteMs);
  },
  openedWithinMs,
);

it(
  "a target that keeps out the whole pool is only reported, where that is asked for",
  async () => {
    await refusePool({ standby: "cold", swapSeconds: 0, poolRefusal: "report" });
    await scene.when("refused", isReported("PoolRefused"), 30 * minuteMs);
    await scene.pass(15);
    expect(isReported("FallbackEntered")()).toBe(false);
  },
  openedWithinMs,
);
