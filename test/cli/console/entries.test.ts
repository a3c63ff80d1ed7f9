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
    ["a bound", { gapSeconds: 4.5071 }, "198.51.100.7 → eni-…def0 in s. At most 4.5 s without egress"],
    ["no bound", {}, "198.51.100.7 → eni-…def0 in s. Time without egress unknown"],
    ["a swap", { replaces: "x" }, "198.51.100.7 → eni-…def0 in s, replacing x"],
  ])("says how long egress was lost, with %s", (_, more, what) => {
    const detail = { pool: "p", publicIp: "198.51.100.7", networkInterfaceId: "eni-0123456789abcdef0", subnetId: "s" };
    const event = { type: "AddressRelocated", timeMs: 1, detail: { ...detail, row: 2, ...more } } as const;
    expect(entryOf(event, () => undefined).what).toBe(what);
  });

  it.each([["RelocationFailed"], ["FallbackFailed"], ["AttachFailed"]] as const)(
    "%s: a write that is accepted and not seen yet is no failure",
    (type) => {
      const message = "AWS accepted disassociate of eipalloc-0123456789abcdef0 but does not show it";
      const event = { type, timeMs: 1, detail: { pool: "p", permission: "none", code: "Unverified", message } };
      const { what, why, tone } = entryOf(event, () => "198.51.100.7");
      expect(tone).toBe("warning");
      expect(what).toContain("waits to see a change: AWS accepted disassociate of 198.51.100.7");
      expect(`${what} ${why}`).not.toContain("Unverified");
      const denied = { ...event, detail: { ...event.detail, code: "UnauthorizedOperation" } };
      expect(entryOf(denied, () => undefined)).toMatchObject({
        tone: "bad",
        why: expect.stringContaining(message.slice(0, 20)),
      });
    },
  );

  it("says of the scout that no function is cut off", () => {
    const lost = (vantage: string) =>
      entryOf({ type: "EgressLost", timeMs: 1, detail: { pool: "p", vantage } }, () => undefined);
    expect(lost("scout").why).toContain("No function is cut off");
    expect(lost("zone-1").why).not.toContain("No function is cut off");
  });

  it("shortens ids, and leaves the name of an ARN", () => {
    expect(shortName("arn:aws:lambda:us-east-1:123456789012:function:orders")).toBe("orders");
    expect(shortName("eipalloc-0123456789abcdef0")).toBe("eipalloc-…def0");
    expect(shortName("198.51.100.7")).toBe("198.51.100.7");
  });
});
