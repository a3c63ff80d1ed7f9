import { describe, expect, it } from "vitest";
import { invocationDurations } from "../invocation-durations.ts";
import { minuteMs, onNat, openScene, raised } from "./deployed-scene.ts";

const functionName = "holdfast-production-fallback";

/** A pool with a fallback, and how long each invocation of fallback takes from now on. */
async function open() {
  const { around, endedAfterMs } = invocationDurations(functionName);
  const scene = await openScene({ fallback: { standby: "cold" }, around });
  await scene.pass(2);
  endedAfterMs.length = 0;
  return { scene, endedAfterMs };
}

describe("a call that AWS never answers", () => {
  it.each(["Invoke", "DescribeRouteTables", "DescribeNatGateways", "CreateNatGateway", "ReplaceRoute", "CreateTags"])(
    "%s: no run of fallback takes longer than its function may, and the next goes on",
    async (operation) => {
      const { scene, endedAfterMs } = await open();
      scene.blockAll();
      await raised(scene);
      const withdraw = scene.region.faults.inject({
        principal: scene.fallbackRole,
        operation,
        when: "before",
        times: Number.POSITIVE_INFINITY,
        error: "timeout",
      });
      await scene.pass(15);
      withdraw();
      await scene.when("all leave by the fallback address", () => onNat(scene), 20 * minuteMs);
      await scene.pass(5);
      expect(Math.max(...endedAfterMs)).toBeLessThan(85_000);
      expect(scene.events.filter(({ type }) => type === "FallbackEntered")).toHaveLength(1);
    },
    120_000,
  );
});

describe("writes whose answers get lost", () => {
  it.each([
    ["in one run", 3],
    ["until the run's deadline", 6],
  ])(
    "%s are reported once",
    async (_, times) => {
      const { scene } = await open();
      for (const operation of ["CreateNatGateway", "ReplaceRoute", "DeleteNatGateway"]) {
        scene.region.faults.inject({
          principal: scene.fallbackRole,
          operation,
          when: "after",
          times,
          error: "timeout",
        });
      }
      await scene.override("fallback");
      await scene.when("all leave by the fallback address", () => onNat(scene));
      await scene.pass(3);
      await scene.override("direct");
      await scene.pass(90);
      const said = (type: string) => scene.events.filter((it) => it.type === type).length;
      const passages = ["NatGatewayCreated", "FallbackEntered", "FallbackLeft", "NatGatewayDeleted"];
      expect(passages.map(said)).toEqual([1, 1, 1, 1]);
      expect(said("RouteReplaced")).toBe(4);
    },
    120_000,
  );
});
