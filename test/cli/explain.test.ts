import { expect, it } from "vitest";
import { storyOf } from "../../cli/explain.ts";
import type { Happening } from "../../cli/support/history.ts";

const happening = (
  minute: number,
  name: string,
  parameters: object,
  response: object = {},
  error?: string,
): Happening => ({
  name,
  error,
  atMs: Date.UTC(2026, 0, 1, 0, minute),
  who: "relocate",
  parameters: parameters as Happening["parameters"],
  response: response as Happening["response"],
});

const tags = (id: string, key: string, value?: string) => ({
  resourcesSet: { items: [{ resourceId: id }] },
  tagSet: { items: [{ key, value }] },
});

/** The latest first, as CloudTrail answers. */
const history = [
  happening(9, "DisassociateAddress", { associationId: "eipassoc-9" }),
  happening(5, "DisassociateAddress", { associationId: "eipassoc-1" }),
  happening(4, "CreateTags", tags("eipalloc-2", "holdfast:verdict", "blocked")),
  happening(3, "CreateTags", tags("eipalloc-1", "holdfast:verdict", "blocked")),
  happening(
    2,
    "AssociateAddress",
    { allocationId: "eipalloc-2", networkInterfaceId: "eni-1" },
    {},
    "Client.UnauthorizedOperation",
  ),
  happening(
    1,
    "AssociateAddress",
    { allocationId: "eipalloc-1", networkInterfaceId: "eni-1" },
    { associationId: "eipassoc-1" },
  ),
];

it("tells what happened to an address, disassociations by what they ended", () => {
  const story = storyOf({ kind: "address", ids: ["eipalloc-1", "198.51.100.7"] }, history);
  expect(story.map(({ at, what }) => `${at.slice(14, 16)} ${what}`)).toEqual([
    "05 disassociated eipalloc-1 from eni-1",
    "03 tagged holdfast:verdict=blocked",
    "01 associated eipalloc-1 with eni-1",
  ]);
});

it("tells what happened to an interface, what was refused included", () => {
  const story = storyOf({ kind: "interface", ids: ["eni-1"] }, history);
  expect(story.map(({ what }) => what)).toEqual([
    "disassociated eipalloc-1 from eni-1",
    "associated eipalloc-2 with eni-1, refused: Client.UnauthorizedOperation",
    "associated eipalloc-1 with eni-1",
  ]);
});

it("knows a function by its name or its ARN, and not by the beginning of its name", () => {
  const arn = "arn:aws:lambda:us-east-1:123456789012:function:orders";
  const calls = [
    happening(1, "UpdateFunctionConfiguration", { functionName: arn }),
    happening(2, "UpdateFunctionConfiguration", { functionName: "orders" }),
    happening(3, "UpdateFunctionConfiguration", { functionName: "orders-too" }),
  ];
  expect(storyOf({ kind: "function", ids: ["orders"] }, calls)).toHaveLength(2);
});
