/**
 * What several roles may do; what one role may do is in the file of its name. Each may make exactly the calls that its
 * function makes, and those that Lambda makes with the role. No role may allocate or release an address.
 *
 * Resource types and condition keys of EC2's actions: Service Authorization Reference, "Actions, resources, and
 * condition keys for Amazon EC2". EC2 authorizes an association on the address and on the interface.
 */
import { type Input, interpolate, type Output } from "@pulumi/pulumi";
import { interfacePermissions } from "../src/pool/permissions.ts";
import { eventBusName, eventSource } from "../src/telemetry/model.ts";
import type { Account } from "./place.ts";
import type { Statement } from "./policy.ts";

/** Returns what makes the ARN of a resource in this account. */
export function arnsOf(place: Account): (service: string, resource: Input<string>) => Output<string> {
  return (service, resource) =>
    interpolate`arn:${place.partition}:${service}:${place.region}:${place.accountId}:${resource}`;
}

/**
 * Returns what a function needs to publish Holdfast's events. A call has as many sources as entries, and without `Null` a call
 * without any would be allowed (EventBridge user guide, "Using IAM policy conditions").
 */
export function announceStatement(place: Account): Statement {
  return {
    sid: "PublishEvents",
    actions: ["events:PutEvents"],
    resources: [arnsOf(place)("events", `event-bus/${eventBusName}`)],
    conditions: allOf("events:source", [eventSource]),
  };
}

/**
 * Returns the condition that a key with several values has at least one, and no value but these. `ForAllValues` alone allows
 * a request without the key: `DeleteTags` without tags, say, which deletes all of them.
 */
export function allOf(key: string, values: readonly Input<string>[]): NonNullable<Statement["conditions"]> {
  return { "ForAllValues:StringEquals": { [key]: values }, Null: { [key]: ["false"] } };
}

/** Returns the condition that a key with several values has at least one. `Null` would tell an empty list from an absent key. */
export function anyOf(key: string): NonNullable<Statement["conditions"]> {
  return { "ForAnyValue:StringLike": { [key]: ["*"] } };
}

/** Returns that a role makes no change of a function's configuration where the conditions hold, whatever else allows it. */
export function noUpdateStatement(sid: string, conditions: NonNullable<Statement["conditions"]>): Statement {
  return { sid, effect: "Deny", actions: ["lambda:UpdateFunctionConfiguration"], resources: ["*"], conditions };
}

/** Returns what reads the settings. @param parameter as DeployedSettings has it */
export function settingsStatements(place: Account, parameter: string | undefined): Statement[] {
  if (parameter === undefined) return [];
  const resources = [arnsOf(place)("ssm", `parameter${parameter}`)];
  return [{ sid: "ReadSettings", actions: ["ssm:GetParameter"], resources }];
}

/** Returns what Lambda requires of a caller that changes a function's network (Lambda developer guide, "Giving functions access to a VPC"). */
export function networkChangeStatement(): Statement {
  const actions = ["ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs"];
  return { sid: "ChangeNetworks", actions, resources: ["*"] };
}

/** Returns what Lambda calls with the role of a function in a VPC, and that the function's own code calls none of it. */
export function interfaceStatements(
  place: Account,
  { functionName, subnetArns }: { readonly functionName: string; readonly subnetArns: readonly Input<string>[] },
): Statement[] {
  const arn = arnsOf(place);
  return interfacePermissions<Input<string>>({
    functionArns: [arn("lambda", `function:${functionName}`)],
    subnetArns,
    interfaces: arn("ec2", "network-interface/*"),
    groups: interpolate`arn:${place.partition}:ec2:${place.region}:*:security-group/*`,
    everything: arn("ec2", "*"),
  });
}

/**
 * Returns what an actuator does with its queue: Lambda reads it with the function's role (Lambda developer guide, "Using
 * Lambda with SQS"), the function sets aside a message that it cannot understand or handle, with its reason, and passes on
 * what is for several pools.
 */
export function queueStatements(queue: Input<string>, deadLetters: Input<string>, poolCount: number): Statement[] {
  const consume = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];
  return [
    { sid: "SetAside", actions: ["sqs:SendMessage"], resources: [deadLetters] },
    { sid: "ConsumeQueue", actions: consume, resources: [queue] },
    ...(poolCount > 1 ? [{ sid: "PassOn", actions: ["sqs:SendMessage"], resources: [queue] }] : []),
  ];
}

/** Returns what Lambda calls with the role of every function. The log group exists already. */
export function logStatement(logGroupArn: Input<string>): Statement {
  const actions = ["logs:CreateLogStream", "logs:PutLogEvents"];
  return { sid: "WriteLogs", actions, resources: [interpolate`${logGroupArn}:*`] };
}
