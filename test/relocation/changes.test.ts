import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { MessageError } from "../../src/actuator/message.ts";
import { type Change, concerns, parseChange } from "../../src/relocation/changes.ts";
import { blockPattern } from "../../src/relocation/event-pattern.ts";
import { pool } from "./build.ts";

/** When messages are read here. */
const nowMs = Date.UTC(2026, 0, 1, 0, 5);
const parsed = (body: string) => parseChange(body, nowMs);

const data = new URL("../data/", import.meta.url);
const arn = "arn:aws:lambda:us-east-1:123456789012:function:orders";

interface Event {
  readonly detail: { readonly eventTime: string };
}

function read(path: string): Event {
  return JSON.parse(readFileSync(new URL(path, data), "utf8"));
}

/** A recorded CloudTrail record in the recorded envelope, changed as the test needs it. */
function recorded(name: string, changed: object = {}): Event {
  const envelope = read("eventbridge/cloudtrail-envelope-other-service.json");
  return { ...envelope, detail: { ...JSON.parse(JSON.stringify(read(`cloudtrail/${name}.json`))), ...changed } };
}

/** A Lambda call with these parameters; the record around them is a recorded one. */
function lambdaCall(eventName: string, requestParameters: unknown): string {
  return JSON.stringify(recorded("lambda-delete-function", { eventName, requestParameters }));
}

function errorOf(body: string): MessageError {
  try {
    parsed(body);
  } catch (error) {
    if (error instanceof MessageError) return error;
  }
  throw new Error("no MessageError");
}

it.each(["AddressBlocked", "AddressDiffers"])("relocation looks at once after the canary's event %s", (type) => {
  const message = {
    "detail-type": type,
    time: "2026-01-01T00:00:00Z",
    detail: { allocationId: "eipalloc-1", pool: "payments" },
  };
  expect(parsed(JSON.stringify(message))).toMatchObject({
    kind: "block",
    allocationId: "eipalloc-1",
    poolName: "payments",
  });
  expect(blockPattern["detail-type"]).toContain(type);
});

describe("parseChange, of recorded events", () => {
  it.each([
    [
      "lambda-create-function-no-vpc",
      "function",
      {
        functionName: "stratus-red-team-backdoor-f-func",
        functionArn: "arn:aws:lambda:us-east-1:123456789012:function:stratus-red-team-backdoor-f-func",
        tags: { kind: "all", tags: { StratusRedTeam: "true" } },
      },
    ],
    ["lambda-delete-function", "function", { functionName: "stratus-red-team-backdoor-f-func" }],
    ["lambda-update-function-code-publish", "function", { functionName: "stratus-red-team-olc-func-xhfgzaowxc" }],
    [
      "lambda-update-function-configuration-layers",
      "function",
      { functionName: "stratus-red-team-lambda-layer-simpleLambda" },
    ],
    ["lambda-update-function-configuration-plain-name", "function", { functionName: "fivexl-cloudtrail-to-slack" }],
    ["lambda-add-permission", "other", {}],
    [
      "ec2-create-network-interface-by-user",
      "interface",
      { subnetId: "subnet-0ed352584ab4aa265", networkInterfaceId: "eni-076fa9fb98a2500a7" },
    ],
    ["ec2-delete-network-interface-by-user", "interface", { networkInterfaceId: "eni-06b7a305fe9519d03" }],
    ["ec2-allocate-address", "other", {}],
    ["ec2-create-nat-gateway", "other", {}],
  ])("%s is a change of kind %s", (name, kind, more) => {
    const event = recorded(name);
    const timeMs = Date.parse(event.detail.eventTime);
    const change = parsed(JSON.stringify(event));
    expect(change).toEqual({ kind, timeMs, ...more });
  });

  it.each([
    ["lambda-create-function-failed-invalid-parameter", "InvalidParameterValueException"],
    ["lambda-update-function-configuration-access-denied", "AccessDenied"],
    ["ec2-create-route-unauthorized", "Client.UnauthorizedOperation"],
    ["ec2-run-instances-dry-run", "Client.DryRunOperation"],
  ])("%s is refused: the call failed with %s", (name, code) => {
    const error = errorOf(JSON.stringify(recorded(name)));
    expect(error.message).toBe(`detail.errorCode: the call failed (${code}), so it changed nothing`);
    expect(error.field).toBe("detail.errorCode");
    expect(error.name).toBe("MessageError");
  });

  it("refuses another service's event", () => {
    const event = read("eventbridge/cloudtrail-envelope-other-service.json");
    expect(errorOf(JSON.stringify(event)).message).toBe(
      "detail.eventSource: glue.amazonaws.com is neither Lambda nor EC2",
    );
  });
});

describe("parseChange, of Lambda's calls", () => {
  it.each([
    "CreateFunction20150331",
    "DeleteFunction20150331",
    "UpdateFunctionConfiguration20150331v2",
    "UpdateFunctionCode20150331v2",
    "PublishVersion20150331",
    "CreateAlias20150331",
    "UpdateAlias20150331",
    "DeleteAlias20150331",
    "PutProvisionedConcurrencyConfig",
    "DeleteProvisionedConcurrencyConfig",
  ])("%s is a function's change", (eventName) => {
    expect(parsed(lambdaCall(eventName, { functionName: "orders" }))).toMatchObject({ kind: "function" });
  });

  it.each([
    "CreateFunctionUrlConfig",
    "DeleteFunctionConcurrency20171031",
    "UpdateFunctionCodeSigningConfig",
    "PutFunctionConcurrency20171031",
  ])("%s changes no interface", (eventName) => {
    expect(parsed(lambdaCall(eventName, { functionName: "orders" }))).toMatchObject({ kind: "other" });
  });

  it.each([
    "orders",
    "orders:live",
    "orders:$LATEST",
    "123456789012:function:orders",
    "123456789012:function:orders:7",
    arn,
    `${arn}:live`,
    "arn:aws-us-gov:lambda:us-gov-west-1:123456789012:function:orders:$LATEST",
  ])("the function is known as %s", (functionName) => {
    expect(parsed(lambdaCall("UpdateAlias20150331", { functionName }))).toMatchObject({ functionName: "orders" });
  });

  it.each(["TagResource20170331v2", "UntagResource20170331v2"])("%s names the function as resource", (eventName) => {
    expect(parsed(lambdaCall(eventName, { resource: arn, tags: { team: "a" } }))).toMatchObject({
      kind: "function",
      functionName: "orders",
    });
  });

  it.each(["event-source-mapping:91eaeb7e-c976-4939-9430-8a20f0cbc1f2", "code-signing-config:csc-0a1b", "layer:tools"])(
    "TagResource of %s says nothing about functions",
    (other) => {
      const resource = `arn:aws:lambda:us-east-1:123456789012:${other}`;
      expect(parsed(lambdaCall("TagResource20170331v2", { resource, tags: { team: "a" } })).kind).toBe("other");
    },
  );

  it.each([
    { functionName: "no function!" },
    { functionName: { omitted: true, originalSize: 400_000 } },
    { resource: "arn:aws:s3:::bucket" },
    { omitted: true, originalSize: 400_000, reason: "EVENT_TOO_LARGE" },
    "omitted",
    {},
    null,
    undefined,
  ])("a call that does not say which function concerns every pool (%j)", (parameters) => {
    const change = parsed(lambdaCall("UpdateFunctionConfiguration20150331v2", parameters));
    expect(change).toMatchObject({ kind: "function", functionName: undefined });
    expect(concerns(pool(), change, undefined)).toBe(true);
  });

  it("takes an interface's subnet from the answer where a creation's parameters are left out", () => {
    const networkInterface = { networkInterfaceId: "eni-1", subnetId: "subnet-1" };
    const changed = { requestParameters: null, responseElements: { networkInterface } };
    const event = recorded("ec2-create-network-interface-by-user", changed);
    expect(parsed(JSON.stringify(event))).toMatchObject({ kind: "interface", ...networkInterface });
  });

  it("asks for no parameters of EC2's calls, and takes null for none", () => {
    const event = recorded("ec2-delete-network-interface-by-user", { requestParameters: null });
    expect(parsed(JSON.stringify(event))).toMatchObject({ kind: "interface" });
  });
});

describe("parseChange, of sweeps and nonsense", () => {
  it("a sweep without a time is of now", () => {
    expect(parsed('{"kind":"sweep"}')).toEqual({ kind: "sweep", timeMs: nowMs });
  });

  it.each(["2026-01-01T00:01:00Z", "2026-01-01T01:01:00+01:00"])("a sweep carries its scheduled time (%s)", (time) => {
    const body = JSON.stringify({ kind: "sweep", scheduledTime: time });
    expect(parsed(body)).toEqual({ kind: "sweep", timeMs: Date.UTC(2026, 0, 1, 0, 1) });
  });

  it.each([
    ["body", "{"],
    ["body", ""],
    ["body", "null"],
    ["body", "7"],
    ["body", "[]"],
    ["detail-type", "{}"],
    ["kind", '{"kind":"poke","scheduledTime":"2026-01-01T00:00:00Z"}'],
    ["scheduledTime", '{"kind":"sweep","scheduledTime":"yesterday"}'],
    ["detail", JSON.stringify({ ...recorded("lambda-delete-function"), detail: "{}" })],
    ["detail.eventTime", JSON.stringify(recorded("lambda-delete-function", { eventTime: "today" }))],
    ["detail.eventName", JSON.stringify(recorded("lambda-delete-function", { eventName: undefined }))],
    ["detail.eventSource", JSON.stringify(recorded("lambda-delete-function", { eventSource: 1 }))],
  ])("names %s in %s", (field, body) => {
    const error = errorOf(body);
    expect(error.message.startsWith(`${error.field}: `)).toBe(true);
    expect(field === "detail-type" ? ["detail-type", "body"] : [field]).toContain(error.field);
  });

  it("says what is wrong with a body that is not JSON", () => {
    expect(errorOf("{").message).toMatch(/^body: is not valid JSON \(.+\)$/);
  });
});

describe("concerns", () => {
  const timeMs = 0;
  const change = (functionName: string) => ({ kind: "function", timeMs, functionName }) as const;
  const members = { names: ["orders", "bill*"], arns: [arn.replace("orders", "stock")], tags: {} };

  it.each([
    ["orders", true],
    ["billing", true],
    ["stock", true],
    ["others", false],
    ["overstock", false],
  ])("a change of %s: %s", (name, expected) => {
    expect(concerns(pool({ members }), change(name), undefined)).toBe(expected);
  });

  it("looks at the sweeps of its own interval, and at blocks of its own addresses", () => {
    const own = pool({ sweepMinutes: 5 });
    const isLookedAt = (it: Change) => concerns(own, it, undefined);
    expect(isLookedAt({ kind: "sweep", timeMs, everyMinutes: 5 })).toBe(true);
    expect(isLookedAt({ kind: "sweep", timeMs, everyMinutes: 1 })).toBe(false);
    expect(isLookedAt({ kind: "block", timeMs, allocationId: "eipalloc-1", poolName: own.name })).toBe(true);
    expect(isLookedAt({ kind: "block", timeMs, allocationId: "eipalloc-1", poolName: "another" })).toBe(false);
  });

  it("looks at every sweep, and at interfaces that may be in its subnets", () => {
    const [subnetId] = pool().network.subnetIds;
    const seen = { members: new Set<string>(), interfaceIds: new Set(["eni-1"]) };
    const isLookedAt = (it: Change) => concerns(pool(), it, seen);
    expect(isLookedAt({ kind: "sweep", timeMs })).toBe(true);
    expect(isLookedAt({ kind: "interface", timeMs })).toBe(true);
    expect(isLookedAt({ kind: "interface", timeMs, subnetId })).toBe(true);
    expect(isLookedAt({ kind: "interface", timeMs, subnetId: "subnet-0another" })).toBe(false);
    expect(isLookedAt({ kind: "interface", timeMs, networkInterfaceId: "eni-1" })).toBe(true);
    expect(isLookedAt({ kind: "interface", timeMs, networkInterfaceId: "eni-2" })).toBe(false);
    expect(concerns(pool(), { kind: "interface", timeMs, networkInterfaceId: "eni-1" }, undefined)).toBe(false);
    expect(isLookedAt({ kind: "other", timeMs })).toBe(false);
  });
});

describe("concerns, where tags make a function a member", () => {
  const members = { names: ["orders"], arns: [], tags: { team: "a", egress: "fixed" } };
  const seen = { members: new Set(["billing"]), interfaceIds: new Set<string>() };
  const isLookedAt = (eventName: string, parameters: object) =>
    concerns(pool({ members }), parsed(lambdaCall(eventName, parameters)), seen);

  it.each([
    [{ team: "a", egress: "fixed", more: "x" }, true],
    [{ team: "a" }, false],
    [{ team: "b", egress: "fixed" }, false],
    [{}, false],
    [undefined, false],
  ])("a new function with the tags %j: %s", (tags, expected) => {
    expect(isLookedAt("CreateFunction20150331", { functionName: "others", ...(tags && { tags }) })).toBe(expected);
  });

  it.each([
    ["TagResource20170331v2", { tags: { egress: "fixed" } }, true],
    ["TagResource20170331v2", { tags: { egress: "free" } }, false],
    ["TagResource20170331v2", { tags: { cost: "b" } }, false],
    ["UntagResource20170331v2", { tagKeys: ["cost", "egress"] }, false],
    ["UntagResource20170331v2", { tagKeys: ["cost"] }, false],
    ["TagResource20170331v2", { tags: { omitted: true, originalSize: 400_000 } }, false],
  ])("%s of %j: %s", (eventName, parameters, expected) => {
    expect(isLookedAt(eventName, { resource: arn.replace("orders", "others"), ...parameters })).toBe(expected);
  });

  it.each([
    ["TagResource20170331v2", { tags: { egress: "free" } }],
    ["UntagResource20170331v2", { tagKeys: ["egress"] }],
    ["CreateFunction20150331", { functionName: "billing" }],
  ])("%s of a member, which may be none any more", (eventName, parameters) => {
    expect(isLookedAt(eventName, { resource: arn.replace("orders", "billing"), ...parameters })).toBe(true);
  });

  it.each(["UpdateFunctionConfiguration20150331v2", "PublishVersion20150331", "DeleteFunction20150331"])(
    "%s of a function that is a member, of one that is none, and of one before any was listed",
    (eventName) => {
      expect(isLookedAt(eventName, { functionName: "billing" })).toBe(true);
      expect(isLookedAt(eventName, { functionName: "others" })).toBe(false);
      expect(isLookedAt(eventName, { functionName: "orders" })).toBe(true);
      expect(concerns(pool({ members }), parsed(lambdaCall(eventName, { functionName: "others" })), undefined)).toBe(
        true,
      );
    },
  );
});
