import { describe, expect, it } from "vitest";
import { parseFunctionName } from "../../src/relocation/function-name.ts";

const arn = "arn:aws:lambda:us-east-1:123456789012:function:orders";

describe("parseFunctionName", () => {
  it.each([
    ["orders", "orders"],
    ["Orders_2-b", "Orders_2-b"],
    ["orders:7", "orders"],
    ["orders:$LATEST", "orders"],
    ["function:orders", "orders"],
    ["123456789012:function:orders", "orders"],
    ["123456789012:function:orders:live", "orders"],
    [arn, "orders"],
    [`${arn}:live`, "orders"],
    [`${arn}:$LATEST`, "orders"],
    ["arn:aws-cn:lambda:cn-north-1:123456789012:function:orders", "orders"],
    ["a".repeat(140), "a".repeat(140)],
  ])("%s", (text, name) => {
    expect(parseFunctionName(text)).toBe(name);
  });

  it.each([
    "",
    " orders",
    "orders ",
    "orders:",
    "orders:$OLDEST",
    "orders:7:8",
    "or ders",
    "órders",
    "a".repeat(141),
    "arn:aws:s3:::bucket",
    "arn:aws:lambda:us-east-1:123456789012:layer:tools:3",
    "arn:aws:lambda:us-east-1:123456789012:layer:tools",
    "arn:aws:lambda:us-east-1:123456789012:event-source-mapping:91eaeb7e-c976-4939-9430-8a20f0cbc1f2",
    "arn:aws:lambda:us-east-1:123456789012:orders",
    `${arn}:7:8`,
    `see ${arn}`,
  ])("%j is no function's name", (text) => {
    expect(parseFunctionName(text)).toBeUndefined();
  });
});
