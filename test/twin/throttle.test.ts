import { describe, expect, it } from "vitest";
import type { Call } from "../../testing/twin/service.ts";
import { createThrottle } from "../../testing/twin/throttle.ts";

function call(service: string, operation: string, input: Record<string, unknown> = {}): Call {
  return { service, operation, input, principal: undefined };
}

/** How many calls in a row are admitted at an instant, up to 1000. */
function burst(throttle: ReturnType<typeof createThrottle>, one: Call, nowMs = 0): number {
  let admitted = 0;
  while (admitted < 1000 && throttle.admit(one, nowMs) === undefined) admitted++;
  return admitted;
}

const FILTERED = { Filters: [{ Name: "vpc-id", Values: ["vpc-1"] }] };

describe("token buckets", () => {
  it.each([
    ["a filtered describe", call("ec2", "DescribeNetworkInterfaces", FILTERED), 100, 20],
    ["a paginated describe", call("ec2", "DescribeNetworkInterfaces", { MaxResults: 100 }), 100, 20],
    ["a describe of everything", call("ec2", "DescribeNetworkInterfaces", { IncludeManagedResources: true }), 50, 10],
    ["a write", call("ec2", "AssociateAddress"), 50, 5],
    ["making an interface", call("ec2", "CreateNetworkInterface"), 100, 5],
    ["making a NAT gateway", call("ec2", "CreateNatGateway"), 10, 1],
    ["tagging", call("ec2", "CreateTags"), 100, 10],
    ["Lambda's control plane", call("lambda", "UpdateFunctionConfiguration"), 15, 15],
    ["GetFunction", call("lambda", "GetFunction"), 100, 100],
    ["putting an alarm", call("monitoring", "PutMetricAlarm"), 3, 3],
    ["a function's invocation", call("lambda", "Invoke"), 1000, 1000],
  ])("%s: %i at once, then %i a second", (_name, one, capacity, perSecond) => {
    const throttle = createThrottle();
    expect(burst(throttle, one)).toBe(capacity);
    expect(burst(throttle, one, 1_000)).toBe(perSecond);
    expect(burst(throttle, one, 3_600_000)).toBe(capacity);
  });

  it("are separate for EC2 actions and shared by Lambda's", () => {
    const throttle = createThrottle();
    burst(throttle, call("ec2", "AssociateAddress"));
    expect(throttle.admit(call("ec2", "DisassociateAddress"), 0)).toBeUndefined();
    burst(throttle, call("lambda", "ListAliases"));
    expect(throttle.admit(call("lambda", "GetFunctionConfiguration"), 0)).toMatchObject({
      code: "TooManyRequestsException",
    });
  });

  it.each([
    ["ec2", "ReleaseAddress", "RequestLimitExceeded", 503],
    ["lambda", "CreateFunction", "TooManyRequestsException", 429],
    ["monitoring", "PutDashboard", "Throttling", 400],
  ])("refuse as %s does", (service, operation, code, status) => {
    const throttle = createThrottle();
    burst(throttle, call(service, operation));
    expect(throttle.admit(call(service, operation), 0)).toMatchObject({ code, status });
  });
});
