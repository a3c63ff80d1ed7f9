import { describe, expect, it } from "vitest";
import { type Conditions, conditionsHold } from "../../testing/twin/iam-conditions.ts";
import { allowsService, decide, type PolicyStatement, statementsOf } from "../../testing/twin/iam-policy.ts";

const SUBNET = "arn:aws:ec2:us-east-1:123456789012:subnet/subnet-1";

const context = new Map([
  ["aws:resourcetag/pool", ["payments"]],
  ["aws:tagkeys", ["use", "note"]],
  ["ec2:subnet", [SUBNET]],
  ["aws:securetransport", ["true"]],
]);

describe("condition operators", () => {
  const ALL = "ForAllValues:StringEquals";
  const ANY = "ForAnyValue:StringEquals";
  it.each<[string, Conditions, boolean]>([
    ["equal", { StringEquals: { "aws:ResourceTag/pool": "payments" } }, true],
    ["one of several", { StringEquals: { "aws:ResourceTag/pool": ["orders", "payments"] } }, true],
    ["unequal", { StringEquals: { "aws:ResourceTag/pool": "Payments" } }, false],
    ["equal but for case", { StringEqualsIgnoreCase: { "aws:ResourceTag/pool": "PAYMENTS" } }, true],
    ["key names in any case", { StringEquals: { "AWS:resourcetag/Pool": "payments" } }, true],
    ["an absent key", { StringEquals: { "aws:ResourceTag/role": "egress" } }, false],
    ["an absent key that may be", { StringEqualsIfExists: { "aws:ResourceTag/role": "egress" } }, true],
    ["a present key that may be absent", { StringEqualsIfExists: { "aws:ResourceTag/pool": "x" } }, false],
    ["wildcards", { StringLike: { "aws:ResourceTag/pool": "pay*t?" } }, true],
    ["wildcards that are none", { StringEquals: { "aws:ResourceTag/pool": "pay*" } }, false],
    ["a dot is no wildcard", { StringLike: { "aws:ResourceTag/pool": "payment." } }, false],
    ["negation", { StringNotEquals: { "aws:ResourceTag/pool": ["orders", "x"] } }, true],
    ["negation of one that holds", { StringNotEquals: { "aws:ResourceTag/pool": ["orders", "payments"] } }, false],
    ["negation of an absent key", { StringNotLike: { "aws:ResourceTag/role": "*" } }, true],
    ["an ARN", { ArnEquals: { "ec2:Subnet": SUBNET } }, true],
    ["an ARN with wildcards", { ArnLike: { "ec2:Subnet": "arn:aws:ec2:*:*:subnet/*" } }, true],
    ["a wildcard over colons", { ArnLike: { "ec2:Subnet": "arn:*:subnet/subnet-1" } }, false],
    ["another ARN", { ArnEquals: { "ec2:Subnet": `${SUBNET}2` } }, false],
    ["a boolean", { Bool: { "aws:SecureTransport": true } }, true],
    ["the other boolean", { Bool: { "aws:SecureTransport": "false" } }, false],
    ["null of a present key", { Null: { "aws:TagKeys": "true" } }, false],
    ["null of an absent key", { Null: { "aws:RequestTag/pool": "true" } }, true],
    ["not null", { Null: { "aws:TagKeys": false } }, true],
    ["several values, by an operator for one", { StringLike: { "aws:TagKeys": "*" } }, false],
    [
      "several values, none of which is named, by an operator for one",
      { StringNotEquals: { "aws:TagKeys": "x" } },
      false,
    ],
    ["all values", { [ALL]: { "aws:TagKeys": ["use", "note", "other"] } }, true],
    ["not all values", { [ALL]: { "aws:TagKeys": ["use"] } }, false],
    ["all of no values", { [ALL]: { "aws:RequestTag/x": ["use"] } }, true],
    ["any value", { [ANY]: { "aws:TagKeys": ["use"] } }, true],
    ["no value", { [ANY]: { "aws:TagKeys": ["pool"] } }, false],
    ["any of no values", { [ANY]: { "aws:RequestTag/x": ["use"] } }, false],
    [
      "two keys, one of which fails",
      { StringEquals: { "aws:ResourceTag/pool": "payments", "ec2:Subnet": "x" } },
      false,
    ],
    [
      "two operators, one of which fails",
      { StringEquals: { "aws:ResourceTag/pool": "payments" }, Bool: { "aws:SecureTransport": false } },
      false,
    ],
  ])("%s", (_name, conditions, expected) => {
    expect(conditionsHold(conditions, context)).toBe(expected);
  });

  it("are refused when unknown, rather than ignored", () => {
    expect(() => conditionsHold({ DateLessThan: { "aws:CurrentTime": "2027" } }, context)).toThrow("DateLessThan");
  });
});

describe("statements", () => {
  const ask = { action: "ec2:CreateTags", resource: "arn:aws:ec2:us-east-1:1:elastic-ip/eipalloc-1", context };
  const allow = (more: Partial<PolicyStatement>): PolicyStatement => ({
    Effect: "Allow",
    Action: "ec2:CreateTags",
    Resource: "*",
    ...more,
  });

  it.each<[string, PolicyStatement[], string]>([
    ["nothing", [], "not allowed"],
    ["the action on everything", [allow({})], "allowed"],
    ["action wildcards, in any case", [allow({ Action: ["sqs:*", "EC2:create*"] })], "allowed"],
    ["another action", [allow({ Action: "ec2:CreateTag" })], "not allowed"],
    ["all actions but others", [allow({ Action: [], NotAction: "ec2:Delete*" })], "not allowed"],
    [
      "a resource wildcard",
      [allow({ Resource: ["arn:aws:ec2:*:*:subnet/*", "arn:aws:ec2:*:*:elastic-ip/*"] })],
      "allowed",
    ],
    ["another resource", [allow({ Resource: "arn:aws:ec2:*:*:network-interface/*" })], "not allowed"],
    [
      "a condition that fails",
      [allow({ Condition: { StringEquals: { "aws:ResourceTag/pool": "x" } } })],
      "not allowed",
    ],
    ["two statements, one of which allows", [allow({ Resource: "x" }), allow({})], "allowed"],
    ["a deny beside an allow", [allow({}), allow({ Effect: "Deny" })], "denied"],
    ["a deny that does not apply", [allow({}), allow({ Effect: "Deny", Resource: "x" })], "allowed"],
    [
      "a deny with a condition",
      [allow({}), allow({ Effect: "Deny", Condition: { StringEquals: { "aws:ResourceTag/pool": "payments" } } })],
      "denied",
    ],
  ])("%s", (_name, statements, expected) => {
    expect(decide(statements, ask)).toBe(expected);
  });

  it("without an action of their own cover all but those named", () => {
    const { Action: _, ...rest } = allow({ NotAction: "ec2:Delete*" });
    expect(decide([rest], ask)).toBe("allowed");
    expect(decide([rest], { ...ask, action: "ec2:DeleteTags" })).toBe("not allowed");
    const { Resource: __, ...other } = allow({ NotResource: "arn:aws:ec2:*:*:elastic-ip/*" });
    expect(decide([other], ask)).toBe("not allowed");
  });

  it("let the service say that a resource is missing, to a caller that may do the action at all", () => {
    const narrow = allow({ Resource: "x", Condition: { StringEquals: { "aws:ResourceTag/pool": "x" } } });
    expect(decide([narrow], { ...ask, missing: true })).toBe("allowed");
    expect(decide([allow({ Action: "ec2:DeleteTags" })], { ...ask, missing: true })).toBe("not allowed");
  });

  it("are read from text, one or several", () => {
    expect(statementsOf(JSON.stringify({ Statement: allow({}) }))).toEqual([allow({})]);
    expect(statementsOf({ Statement: [allow({}), allow({})] })).toHaveLength(2);
  });
});

describe("a resource's policy", () => {
  const resource = "arn:aws:sqs:us-east-1:123456789012:q";
  const rule = "arn:aws:events:us-east-1:123456789012:rule/r";
  const request = {
    service: "events.amazonaws.com",
    action: "sqs:SendMessage",
    resource,
    sourceArn: rule,
    accountId: "123456789012",
  };
  const policy = (more: Partial<PolicyStatement>) =>
    JSON.stringify({
      Statement: [
        {
          Effect: "Allow",
          Principal: { Service: "events.amazonaws.com" },
          Action: "sqs:SendMessage",
          Resource: resource,
          Condition: { ArnEquals: { "aws:SourceArn": [rule] } },
          ...more,
        },
      ],
    });

  it.each<[string, string | undefined, boolean]>([
    ["is missing", undefined, false],
    ["names the service and the rule", policy({}), true],
    ["names another service", policy({ Principal: { Service: "sns.amazonaws.com" } }), false],
    ["names several services", policy({ Principal: { Service: ["sns.amazonaws.com", "events.amazonaws.com"] } }), true],
    ["names everybody", policy({ Principal: "*" }), true],
    ["names another rule", policy({ Condition: { ArnEquals: { "aws:SourceArn": `${rule}2` } } }), false],
    ["names the account", policy({ Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } } }), true],
    ["names another action", policy({ Action: "sqs:ReceiveMessage" }), false],
    ["names another queue", policy({ Resource: `${resource}2` }), false],
    ["denies", policy({ Effect: "Deny" }), false],
  ])("that %s", (_name, text, expected) => {
    expect(allowsService(text, request)).toBe(expected);
  });
});
