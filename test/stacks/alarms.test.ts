import { describe, expect, it } from "vitest";
import { scheduleBounds } from "../../src/config/bounds.ts";
import type { HoldfastInput } from "../../src/config/holdfast.ts";
import { type Course, type Schedule, type Watched, watchAlarms } from "./alarm-courses.ts";
import { targets } from "./deployment.ts";

type Monitoring = NonNullable<HoldfastInput["monitoring"]>;

/** A pool with every kind of alarm that there is. */
const fileOf =
  (monitoring: Monitoring) =>
  (schedule: Schedule): HoldfastInput => ({
    monitoring,
    pools: {
      orders: {
        network: { create: { zones: 2 } },
        targets,
        schedule,
        fallback: { standby: "warm" },
        guarded: { functions: ["a", "b", "c", "d", "e"], policy: "attach" },
      },
    },
  });

const { sweepMinutes, roundsPerMinute } = scheduleBounds;
const sweeps = [sweepMinutes.least, 2, 3, 4, 5, 7, 10, sweepMinutes.most];
const schedules = sweeps.map((minutes, index) => ({
  sweepMinutes: minutes,
  roundsPerMinute: index % 2 === 0 ? roundsPerMinute.least : roundsPerMinute.most,
}));

/** By when a fault is noticed: after as long as the alarm looks back, and the minute in which it is evaluated. */
const noticedWithin = ({ rangeMinutes }: Watched) => rangeMinutes + 2;

/** Returns the alarms whose states were others, in other courses, or late. */
function otherThan(alarms: readonly Watched[], expected: (alarm: Watched) => readonly string[]): string[] {
  const wrong = alarms.filter((alarm) => {
    const went = alarm.transitions.map(({ to, course }) => `${to} while ${course}`);
    const late = alarm.transitions.some(({ minutes }) => minutes > noticedWithin(alarm));
    return late || went.join() !== expected(alarm).join();
  });
  const textOf = ({ to, course, minutes }: Watched["transitions"][number]) => `${to} in minute ${minutes} ${course}`;
  return wrong.map(({ name, transitions }) => `${name}: ${transitions.map(textOf).join(", ")}`);
}

const never = ["OK while healthy"];
const once = (course: Course) => ["OK while healthy", `ALARM while ${course}`, "OK while healthy"];

const settings = schedules.flatMap((schedule) =>
  (["lean", "full"] as const).map((monitoring) => ({ ...schedule, monitoring })),
);
const title = "$monitoring, with a sweep each $sweepMinutes minutes and $roundsPerMinute rounds a minute";

describe.each(settings)(title, ({ monitoring, ...schedule }) => {
  const file = fileOf(monitoring);
  it("a fault raises its alarm once and for as long as it lasts; all being well raises none", async () => {
    const alarms = await watchAlarms(file, schedule, "faulty");
    expect(otherThan(alarms, ({ silenceOnly }) => (silenceOnly ? never : once("faulty")))).toEqual([]);
  });

  it("silence raises once and for as long as it lasts the alarms that are about it, and no other", async () => {
    const alarms = await watchAlarms(file, schedule, "silent");
    expect(otherThan(alarms, ({ heartbeat }) => (heartbeat ? once("silent") : never))).toEqual([]);
  });
});

it.each<[Monitoring, number]>([
  ["lean", 2],
  ["full", 6],
])(
  "messages set aside keep their alarm raised when AWS publishes nothing of their queue any more: %s",
  async (monitoring, count) => {
    const alarms = await watchAlarms(fileOf(monitoring), { sweepMinutes: 1, roundsPerMinute: 1 }, "faulty", "unused");
    const kept = alarms.filter(({ name }) => /dead-letters|undelivered/.test(name));
    expect(kept).toHaveLength(count);
    expect(otherThan(kept, () => once("faulty"))).toEqual([]);
  },
);
