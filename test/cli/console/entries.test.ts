import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { entryOf, shortName } from "../../../cli/console/entries.ts";
import type { DomainEvent } from "../../../src/telemetry/model.ts";

/** Every event as docs/events.md shows it. */
function documented(): DomainEvent[] {
  const sections = readFileSync("docs/events.md", "utf8").split(/^### /m).slice(1);
  return sections.map((section) => {
    const type = section.split("\n")[0] as DomainEvent["type"];
    const [, json = "{}"] = /```json\n([\s\S]*?)```/.exec(section) ?? [];
    return { type, timeMs: 0, detail: JSON.parse(json) };
  });
}

describe("a line of the time line", () => {
  it.each(documented().map((event) => [event.type, event] as const))("says what %s means", (_, event) => {
    const { what, why, pool } = entryOf(event, () => undefined);
    expect(pool).toBe(event.detail["pool"]);
    expect(what.length).toBeGreaterThan(10);
    expect(`${what} ${why}`).not.toMatch(/undefined|null|NaN|\[object/);
  });

  it("names the row of the table that it follows from, and why that row acts", () => {
    const detail = { pool: "p", publicIp: "198.51.100.7", networkInterfaceId: "eni-0123456789abcdef0", row: 7 };
    const event = { type: "AddressRelocated", timeMs: 1, detail: { ...detail, subnetId: "s", gapSeconds: 0 } } as const;
    expect(entryOf(event, (id) => (id === "s" ? "us-east-1a" : undefined))).toMatchObject({
      what: "198.51.100.7 → eni-…def0 in us-east-1a. No time without egress",
      why: expect.stringContaining("make before break"),
      row: "relocation row 7",
      tone: "good",
    });
  });

  it.each([
    ["a bound", { gapSeconds: 4.5 }, "198.51.100.7 → eni-…def0 in s. At most 4.5 s without egress"],
    ["no bound", {}, "198.51.100.7 → eni-…def0 in s. Time without egress unknown"],
    ["a swap", { replaces: "x" }, "198.51.100.7 → eni-…def0 in s, replacing x"],
  ])("says how long egress was lost, with %s", (_, more, what) => {
    const detail = { pool: "p", publicIp: "198.51.100.7", networkInterfaceId: "eni-0123456789abcdef0", subnetId: "s" };
    const event = { type: "AddressRelocated", timeMs: 1, detail: { ...detail, row: 2, ...more } } as const;
    expect(entryOf(event, () => undefined).what).toBe(what);
  });

  it("shortens ids, and leaves the name of an ARN", () => {
    expect(shortName("arn:aws:lambda:us-east-1:123456789012:function:orders")).toBe("orders");
    expect(shortName("eipalloc-0123456789abcdef0")).toBe("eipalloc-…def0");
    expect(shortName("198.51.100.7")).toBe("198.51.100.7");
  });
});
