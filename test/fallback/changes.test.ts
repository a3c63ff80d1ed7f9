import { describe, expect, it } from "vitest";
import type { FallbackPool } from "../../src/config/fallback-settings.ts";
import { concerns, parseChange } from "../../src/fallback/changes.ts";

/** When messages are read here. */
const nowMs = Date.UTC(2026, 0, 1, 0, 5);
const read = (body: string) => parseChange(body, nowMs);

const pool = { alarmName: "blocked" } as FallbackPool;
const alarm = (changed: object = {}) =>
  JSON.stringify({
    source: "aws.cloudwatch",
    "detail-type": "CloudWatch Alarm State Change",
    time: "2026-01-01T00:00:00Z",
    detail: { alarmName: "blocked", state: { value: "ALARM" } },
    ...changed,
  });

describe("parseChange", () => {
  it("reads sweeps and alarms", () => {
    const timeMs = Date.UTC(2026, 0, 1);
    expect(read('{"kind":"sweep","scheduledTime":"2026-01-01T00:00:00Z"}')).toEqual({ kind: "sweep", timeMs });
    const inFull = '{"kind":"sweep","scheduledTime":"2026-01-01T00:00:00Z","inFull":true}';
    expect(read(inFull)).toEqual({ kind: "sweep", timeMs, inFull: true });
    expect(read(alarm())).toEqual({ kind: "alarm", timeMs, alarmName: "blocked" });
  });

  it.each([
    ["{", "body"],
    ["{}", "detail-type"],
    [alarm({ time: "now" }), "time"],
    [alarm({ detail: {} }), "detail.alarmName"],
    ['{"kind":"sweep","scheduledTime":"soon"}', "scheduledTime"],
  ])("names the field that is wrong: %s", (body, field) => {
    expect(() => read(body)).toThrow(expect.objectContaining({ name: "MessageError", field }));
  });
});

describe("concerns", () => {
  it("looks at a pool for sweeps and its own alarm", () => {
    expect(concerns(pool, { kind: "sweep", timeMs: 0 })).toBe(true);
    expect(concerns(pool, { kind: "alarm", timeMs: 0, alarmName: "blocked" })).toBe(true);
    expect(concerns(pool, { kind: "alarm", timeMs: 0, alarmName: "other" })).toBe(false);
  });
});
