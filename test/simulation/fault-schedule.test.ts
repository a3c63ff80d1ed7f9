import { expect, it } from "vitest";
import { startFaultSchedule } from "../../testing/simulation/fault-schedule.ts";
import { VirtualClock } from "../../testing/twin/clock.ts";
import { createRandom } from "../../testing/twin/random.ts";

it("a fault that has nothing to strike does not strike", async () => {
  const clock = new VirtualClock();
  const struck: string[] = [];
  const fault = (name: string, applies?: () => boolean) => ({
    name,
    perDay: 20,
    ...(applies && { applies }),
    inject: () => struck.push(name),
  });
  const faultWindows = { perDay: 3, minutes: 60 };
  startFaultSchedule({ clock, random: createRandom(1), faultWindows, onFault: () => {} }, [
    fault("always"),
    fault("never", () => false),
  ]);
  await clock.advance(24 * 3_600_000);
  expect(struck.length).toBeGreaterThan(0);
  expect(new Set(struck)).toEqual(new Set(["always"]));
});

it("an error of a fault ends the run", async () => {
  const clock = new VirtualClock();
  const inject = async () => {
    await clock.sleep(1000);
    throw new Error("nothing to strike");
  };
  const faultWindows = { perDay: 3, minutes: 60 };
  startFaultSchedule({ clock, random: createRandom(1), faultWindows, onFault: () => {} }, [
    { name: "erring", perDay: 20, inject },
  ]);
  await expect(clock.advance(24 * 3_600_000)).rejects.toThrow("nothing to strike");
});
