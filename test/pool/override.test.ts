import { describe, expect, it } from "vitest";
import { readOverride } from "../../src/pool/override.ts";

describe("readOverride", () => {
  it.each([
    [[], { kind: "none" }],
    [[undefined, ""], { kind: "none" }],
    [[undefined, "direct"], { kind: "direct" }],
    [["fallback", "fallback"], { kind: "fallback" }],
    [["direct", "paused"], { kind: "paused" }],
    [["drect", "paused"], { kind: "paused" }],
    [["drect"], { kind: "unknown", text: "drect" }],
    [["fallback", "direct"], { kind: "unknown", text: "direct, fallback" }],
  ] as const)("%j", (values, expected) => {
    expect(readOverride(values)).toEqual(expected);
  });
});
