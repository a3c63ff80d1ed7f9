import { expect, it } from "vitest";
import { historyOf } from "../../cli/explain.ts";
import type { Call } from "../../cli/support/history.ts";

const callOf = (minute: number, name: string, parameters: object, response: object = {}, error?: string): Call => ({
  name,
  error,
  atMs: Date.UTC(2026, 0, 1, 0, minute),
  who: "relocate",
  parameters: parameters as Call["parameters"],
  response: response as Call["response"],
});

const tags = (id: string, key: string, value?: string) => ({
  resourcesSet: { items: [{ resourceId: id }] },
  tagSet: { items: [{ key, value }] },
});

/** The latest first, as CloudTrail answers. */
const history = [
  callOf(9, "DisassociateAddress", { associationId: "eipassoc-9" }),
  callOf(5, "DisassociateAddress", { associationId: "eipassoc-1" }),
  callOf(4, "CreateTags", tags("eipalloc-2", "holdfast:verdict", "blocked")),
  callOf(3, "CreateTags", tags("eipalloc-1", "holdfast:verdict", "blocked")),
  callOf(
    2,
    "AssociateAddress",
    { allocationId: "eipalloc-2", networkInterfaceId: "eni-1" },
    {},
    "Client.UnauthorizedOperation",
  ),
  callOf(
    1,
    "AssociateAddress",
    { allocationId: "eipalloc-1", networkInterfaceId: "eni-1" },
    { associationId: "eipassoc-1" },
  ),
];

it("shows what happened to an address, disassociations by what they ended", () => {
  const lines = historyOf({ kind: "address", ids: ["eipalloc-1", "198.51.100.7"] }, history);
  expect(lines.map(({ at, what }) => `${at.slice(14, 16)} ${what}`)).toEqual([
    "05 disassociated eipalloc-1 from eni-1",
    "03 tagged holdfast:verdict=blocked",
    "01 associated eipalloc-1 with eni-1",
  ]);
});

it("shows what happened to an interface, what was refused included", () => {
  const lines = historyOf({ kind: "interface", ids: ["eni-1"] }, history);
  expect(lines.map(({ what }) => what)).toEqual([
    "disassociated eipalloc-1 from eni-1",
    "associated eipalloc-2 with eni-1, refused: Client.UnauthorizedOperation",
    "associated eipalloc-1 with eni-1",
  ]);
});

it("knows a function by its name or its ARN, and not by the beginning of its name", () => {
  const arn = "arn:aws:lambda:us-east-1:123456789012:function:orders";
  const calls = [
    callOf(1, "UpdateFunctionConfiguration", { functionName: arn }),
    callOf(2, "UpdateFunctionConfiguration", { functionName: "orders" }),
    callOf(3, "UpdateFunctionConfiguration", { functionName: "orders-too" }),
  ];
  expect(historyOf({ kind: "function", ids: ["orders"] }, calls)).toHaveLength(2);
});

it("leaves out what only asked whether it would be allowed, as doctor does", () => {
  const tagged = tags("eipalloc-1", "holdfast:override", "");
  const calls = [
    callOf(3, "CreateTags", tagged, {}, "Client.DryRunOperation"),
    callOf(2, "CreateTags", tagged, {}, "Client.UnauthorizedOperation"),
    callOf(1, "CreateTags", tagged),
  ];
  const lines = historyOf({ kind: "address", ids: ["eipalloc-1"] }, calls);
  expect(lines.map(({ at }) => at.slice(14, 16))).toEqual(["02", "01"]);
});
