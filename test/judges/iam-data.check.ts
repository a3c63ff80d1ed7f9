import { describe, expect, it } from "vitest";
import type { PolicyStatement } from "../../testing/twin/iam-policy.ts";
import { deployments, recordsOf } from "./deployments.ts";
import { problemsOf } from "./iam-data.ts";
import { deployedStatements } from "./policies.ts";

describe("AWS's own data on actions, resources and condition keys", () => {
  it.each(deployments.map(({ name }) => name))("has nothing against a statement of: %s", async (name) => {
    const statements = deployedStatements(await recordsOf(name));
    const found = statements.map(async ({ owner, kind, statement }) =>
      (await problemsOf(statement, kind)).map((problem) => `${owner}: ${statement.Sid ?? kind}: ${problem}`),
    );
    expect(statements.length).toBeGreaterThan(20);
    expect((await Promise.all(found)).flat()).toEqual([]);
  });
});

const table = "arn:aws:ec2:us-east-1:123456789012:route-table/rtb-0a";
const address = "arn:aws:ec2:us-east-1:123456789012:elastic-ip/*";
const bus = "arn:aws:events:us-east-1:123456789012:event-bus/default";

describe("a mistake in a statement is found", () => {
  it.each<[string, Partial<PolicyStatement>, string]>([
    ["an action that does not exist", { Action: "ec2:MoveAddress", Resource: "*" }, "there is no action"],
    ["a write on everything", { Action: "ec2:ReplaceRoute", Resource: "*" }, "is allowed on *, and takes route-table"],
    ["a resource of another type", { Action: "ec2:ReplaceRoute", Resource: address }, "takes route-table, and no arn"],
    ["a resource where none is taken", { Action: "ec2:DescribeAddresses", Resource: address }, "takes no resource"],
    [
      "a condition key that does not exist",
      { Action: "ec2:ReplaceRoute", Resource: table, Condition: { StringEquals: { "ec2:RouteTarget": "igw-0a" } } },
      "there is no condition key ec2:RouteTarget",
    ],
    [
      "a condition key that the action does not have",
      {
        Action: "ec2:ReplaceRoute",
        Resource: table,
        Condition: { ArnEquals: { "ec2:Subnet": "arn:aws:ec2:::subnet/x" } },
      },
      "ec2:ReplaceRoute has no ec2:Subnet for route-table",
    ],
    [
      "an operator for one value on a key with several",
      { Action: "events:PutEvents", Resource: bus, Condition: { StringEquals: { "events:source": "holdfast" } } },
      "events:source has several values, so StringEquals needs ForAllValues",
    ],
    [
      "an operator for several values on a key with one",
      {
        Action: "ec2:ReplaceRoute",
        Resource: table,
        Condition: { "ForAnyValue:StringEquals": { "aws:ResourceTag/a": "b" } },
      },
      "has one value",
    ],
    [
      "an operator for another type",
      { Action: "ec2:ReplaceRoute", Resource: table, Condition: { Bool: { "aws:ResourceTag/a": "true" } } },
      "which Bool does not compare",
    ],
    [
      "a set that a request without the key passes",
      {
        Action: "ec2:DeleteTags",
        Resource: address,
        Condition: { "ForAllValues:StringEquals": { "aws:TagKeys": "holdfast:pool" } },
      },
      "also allows a request without aws:TagKeys",
    ],
  ])("%s", async (_name, mistaken, problem) => {
    expect((await problemsOf({ Effect: "Allow", ...mistaken })).join()).toContain(problem);
  });
});
