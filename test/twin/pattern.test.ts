import { describe, expect, it } from "vitest";
import { compilePattern } from "../../testing/twin/pattern.ts";
import { InvalidPattern } from "../../testing/twin/pattern-operators.ts";
import createdByUser from "../data/cloudtrail/ec2-create-network-interface-by-user.json" with { type: "json" };
import unauthorized from "../data/cloudtrail/ec2-create-route-unauthorized.json" with { type: "json" };
import updateLayers from "../data/cloudtrail/lambda-update-function-configuration-layers.json" with { type: "json" };
import otherService from "../data/eventbridge/cloudtrail-envelope-other-service.json" with { type: "json" };

const event = {
  version: "0",
  source: "aws.ec2",
  time: "2026-01-02T03:04:05Z",
  resources: ["arn:aws:ec2:us-east-1:123456789012:instance/i-1", "arn:aws:ec2:us-east-1:123456789012:vpc/vpc-1"],
  empty: "",
  none: null,
  yes: true,
  nothing: [],
  detail: {
    state: "running",
    count: 5,
    zero: 0,
    limit: 301.8,
    ip: "10.0.0.33",
    ip6: "2001:db8::7",
    file: "dir/lib/image.png",
    star: "a*b",
    nested: { deep: { leaf: "x" } },
    groups: {
      items: [
        { id: "sg-1", name: "one", owner: "a" },
        { id: "sg-2", name: "two" },
      ],
    },
  },
};

const detail = (pattern: object) => ({ detail: pattern });

const cases: readonly [name: string, pattern: object, matches: boolean][] = [
  ["exact text", { source: ["aws.ec2"] }, true],
  ["another text", { source: ["aws.s3"] }, false],
  ["one of several", { source: ["aws.s3", "aws.ec2"] }, true],
  ["a part of a text is not the text", { source: ["aws"] }, false],
  ["all fields must match", { source: ["aws.ec2"], version: ["1"] }, false],
  ["a number", detail({ count: [5] }), true],
  ["a number is not its text", detail({ count: ["5"] }), false],
  ["true", { yes: [true] }, true],
  ["null is null", { none: [null] }, true],
  ["null is not empty", { empty: [null] }, false],
  ["empty is empty", { empty: [""] }, true],
  ["an absent field is not null", { absent: [null] }, false],
  ["nested objects", detail({ nested: { deep: { leaf: ["x"] } } }), true],
  ["any element of an array", { resources: ["arn:aws:ec2:us-east-1:123456789012:vpc/vpc-1"] }, true],
  ["no element of an array", { resources: ["arn:aws:ec2:us-east-1:123456789012:vpc/vpc-2"] }, false],
  ["objects in an array", detail({ groups: { items: { id: ["sg-2"] } } }), true],
  ["fields of one element", detail({ groups: { items: { id: ["sg-1"], name: ["one"] } } }), true],
  ["fields of different elements", detail({ groups: { items: { id: ["sg-1"], name: ["two"] } } }), false],
  ["prefix", { time: [{ prefix: "2026-01" }] }, true],
  ["prefix elsewhere", { time: [{ prefix: "01-02" }] }, false],
  ["prefix of a number", detail({ count: [{ prefix: "5" }] }), false],
  ["prefix of an element", { resources: [{ prefix: "arn:aws:ec2" }] }, true],
  ["prefix ignoring case", { source: [{ prefix: { "equals-ignore-case": "AWS." } }] }, true],
  ["suffix", detail({ file: [{ suffix: ".png" }] }), true],
  ["suffix elsewhere", detail({ file: [{ suffix: ".jpg" }] }), false],
  ["suffix ignoring case", detail({ file: [{ suffix: { "equals-ignore-case": ".PNG" } }] }), true],
  ["equals-ignore-case", { source: [{ "equals-ignore-case": "AWS.EC2" }] }, true],
  ["equals-ignore-case of a part", { source: [{ "equals-ignore-case": "AWS" }] }, false],
  ["wildcard", detail({ file: [{ wildcard: "dir/*.png" }] }), true],
  ["wildcard for nothing", detail({ file: [{ wildcard: "dir/lib/image.png*" }] }), true],
  ["wildcard is anchored", detail({ file: [{ wildcard: "lib/*" }] }), false],
  ["wildcard's dot is a dot", detail({ file: [{ wildcard: "*imageXpng" }] }), false],
  ["escaped asterisk", detail({ star: [{ wildcard: "a\\*b" }] }), true],
  ["escaped asterisk is no wildcard", detail({ state: [{ wildcard: "run\\*" }] }), false],
  ["anything-but another", detail({ state: [{ "anything-but": "stopped" }] }), true],
  ["anything-but the value", detail({ state: [{ "anything-but": "running" }] }), false],
  ["anything-but a list", detail({ state: [{ "anything-but": ["stopped", "running"] }] }), false],
  ["anything-but numbers", detail({ count: [{ "anything-but": [1, 2] }] }), true],
  ["anything-but a number, zero counts", detail({ zero: [{ "anything-but": 0 }] }), false],
  ["anything-but needs the field", detail({ absent: [{ "anything-but": "x" }] }), false],
  ["anything-but accepts null", { none: [{ "anything-but": "x" }] }, true],
  [
    "anything-but of an array: one other element is enough",
    { resources: [{ "anything-but": event.resources[0] }] },
    true,
  ],
  ["anything-but of an array: all excluded", { resources: [{ "anything-but": event.resources }] }, false],
  ["anything-but prefix", detail({ state: [{ "anything-but": { prefix: "run" } }] }), false],
  ["anything-but prefixes", detail({ state: [{ "anything-but": { prefix: ["init", "stop"] } }] }), true],
  ["anything-but suffix", detail({ file: [{ "anything-but": { suffix: ".jpg" } }] }), true],
  ["anything-but wildcard", detail({ file: [{ "anything-but": { wildcard: "*/lib/*" } }] }), false],
  ["anything-but ignoring case", detail({ state: [{ "anything-but": { "equals-ignore-case": "RUNNING" } }] }), false],
  ["numeric equals", detail({ limit: [{ numeric: ["=", 3.018e2] }] }), true],
  ["numeric range", detail({ count: [{ numeric: [">", 0, "<=", 5] }] }), true],
  ["numeric beyond the range", detail({ count: [{ numeric: [">", 5, "<=", 9] }] }), false],
  ["numeric of a text", { version: [{ numeric: ["=", 0] }] }, false],
  ["exists", detail({ state: [{ exists: true }] }), true],
  ["exists with null", { none: [{ exists: true }] }, true],
  ["exists of an absent field", detail({ absent: [{ exists: true }] }), false],
  ["exists: false of an absent field", detail({ absent: [{ exists: false }] }), true],
  ["exists: false of a leaf", detail({ state: [{ exists: false }] }), false],
  ["exists: false below an absent object", { gone: { deep: [{ exists: false }] } }, true],
  ["exists: false of an object: only leaves exist", detail({ nested: [{ exists: false }] }), true],
  ["exists: true of an object: only leaves exist", detail({ nested: [{ exists: true }] }), false],
  ["exists: false below an empty array", { nothing: { deep: [{ exists: false }] } }, true],
  [
    "exists: false of what one of several objects lacks",
    detail({ groups: { items: { owner: [{ exists: false }] } } }),
    false,
  ],
  ["exists: false of what every object lacks", detail({ groups: { items: { size: [{ exists: false }] } } }), true],
  ["an empty array has no leaf", { nothing: [{ exists: true }] }, false],
  ["cidr", detail({ ip: [{ cidr: "10.0.0.0/24" }] }), true],
  ["cidr elsewhere", detail({ ip: [{ cidr: "10.0.1.0/24" }] }), false],
  ["cidr of IPv6", detail({ ip6: [{ cidr: "2001:db8::/32" }] }), true],
  ["cidr of what is no address", detail({ state: [{ cidr: "10.0.0.0/8" }] }), false],
  ["$or, first", { $or: [{ source: ["aws.ec2"] }, { version: ["1"] }] }, true],
  ["$or, neither", { $or: [{ source: ["aws.s3"] }, { version: ["1"] }] }, false],
  ["$or is one of the fields", { source: ["aws.s3"], $or: [{ version: ["0"] }, { version: ["1"] }] }, false],
  [
    "$or beside a field that a branch has too: the branch counts, since it stands last",
    { source: ["aws.s3"], $or: [{ source: ["aws.ec2"] }, { version: ["1"] }] },
    true,
  ],
  [
    "$or before a field that a branch has too: the field counts",
    { $or: [{ source: ["aws.s3"] }, { version: ["1"] }], source: ["aws.ec2"] },
    true,
  ],
  [
    "$or with an and inside",
    {
      $or: [
        { source: ["aws.ec2"], version: ["1"] },
        { yes: [true], version: ["0"] },
      ],
    },
    true,
  ],
  ["$or nested", detail({ $or: [{ state: ["stopped"] }, { $or: [{ count: [5] }, { zero: [1] }] }] }), true],
  ["$or with operators for fields is a field", { $or: [{ prefix: "a" }, { suffix: "b" }] }, false],
];

describe("a pattern matches", () => {
  it.each(cases)("%s", (_, pattern, matches) => {
    expect(compilePattern(JSON.stringify(pattern))(event)).toBe(matches);
  });
});

/** What Holdfast's kind of rule asks: write calls of Lambda and EC2 that succeeded. */
const writes = compilePattern({
  "detail-type": ["AWS API Call via CloudTrail"],
  detail: {
    eventSource: ["lambda.amazonaws.com", "ec2.amazonaws.com"],
    eventName: [{ prefix: "UpdateFunctionConfiguration" }, "CreateNetworkInterface", "CreateRoute"],
    errorCode: [{ exists: false }],
  },
});
const wrap = (record: object) => ({ "detail-type": "AWS API Call via CloudTrail", detail: record });

const recorded: readonly [name: string, event: object, matches: boolean][] = [
  ["an update of a function", wrap(updateLayers), true],
  ["a new interface", wrap(createdByUser), true],
  ["a refused call", wrap(unauthorized), false],
  ["another service", otherService, false],
];

describe("recorded events", () => {
  it.each(recorded)("%s", (_, recordedEvent, matches) => {
    expect(writes(recordedEvent)).toBe(matches);
  });

  it("miss a pattern on groups when the default group was used: groupSet is empty then", () => {
    const pattern = compilePattern(
      detail({ requestParameters: { groupSet: { items: { groupId: [{ prefix: "sg-" }] } } } }),
    );
    expect(pattern(wrap(createdByUser))).toBe(false);
  });
});

const refused: readonly [name: string, pattern: unknown][] = [
  ["no JSON", "{"],
  ["no object", "[]"],
  ["nothing", {}],
  ["a bare value", { source: "aws.ec2" }],
  ["an empty array", { source: [] }],
  ["an empty object", { detail: {} }],
  ["an array in an array", { source: [["a"]] }],
  ["an unknown operator", { source: [{ like: "a" }] }],
  ["two operators in one", { source: [{ prefix: "a", suffix: "b" }] }],
  ["a prefix that is no text", { source: [{ prefix: 1 }] }],
  ["exists that is no truth value", { source: [{ exists: "yes" }] }],
  ["anything-but of mixed kinds", { source: [{ "anything-but": ["a", 1] }] }],
  ["anything-but null", { source: [{ "anything-but": null }] }],
  ["anything-but an empty prefix", { source: [{ "anything-but": { prefix: "" } }] }],
  ["anything-but cidr", { source: [{ "anything-but": { cidr: "10.0.0.0/8" } }] }],
  ["two asterisks in a row", { source: [{ wildcard: "a**" }] }],
  ["an unknown escape", { source: [{ wildcard: "a\\b" }] }],
  ["numeric without a number", { n: [{ numeric: ["="] }] }],
  ["numeric with an unknown sign", { n: [{ numeric: ["!=", 1] }] }],
  ["numeric upside down", { n: [{ numeric: [">", 5, "<", 1] }] }],
  ["numeric with the wrong bounds", { n: [{ numeric: ["<", 1, ">", 5] }] }],
  ["numeric too large", { n: [{ numeric: ["<", 6e9] }] }],
  ["a malformed cidr", { ip: [{ cidr: "10.0.0.0/33" }] }],
  ["a cidr without mask", { ip: [{ cidr: "10.0.0.0" }] }],
];

describe("a pattern is refused", () => {
  it.each(refused)("%s", (_, pattern) => {
    const source = typeof pattern === "string" ? pattern : JSON.stringify(pattern);
    expect(() => compilePattern(source)).toThrow(InvalidPattern);
  });
});
