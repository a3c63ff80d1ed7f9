import { describe, expect, it } from "vitest";
import { creation } from "../../src/fallback/gateways.ts";
import type { NatGateway } from "../../src/fallback/model.ts";
import { gateway, minuteMs, nowMs, world } from "./build.ts";

const episode = "standby 1970-01-01T00:00:00.000Z";

/** What tells this attempt's client token from others of the hour. */
function attemptAt(ms: number, natGateways: readonly NatGateway[]): string {
  const [action] = creation(world({ natGateways }), episode, ms).actions;
  if (action?.kind !== "create") throw new Error("nothing is created");
  return action.attempt;
}

describe("an attempt to create a gateway", () => {
  it("is the same while describe calls do not show what it made", () => {
    expect(attemptAt(nowMs + minuteMs, [])).toBe(attemptAt(nowMs, []));
  });

  it("is another one after a failure, also when an older record has gone meanwhile", () => {
    const old = gateway("1", "deleted", { episode, createdMs: nowMs - 59 * minuteMs });
    const made = gateway("2", "deleted", { episode, createdMs: nowMs });
    expect(attemptAt(nowMs + 10 * minuteMs, [made])).not.toBe(attemptAt(nowMs, [old]));
  });
});
