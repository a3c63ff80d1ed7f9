/**
 * What several roles may do; what one role may do is in the file of its name. Each may make exactly the calls that its
 * function makes, and those that Lambda makes with the role. No role may allocate or release an address.
 *
 * Resource types and condition keys of EC2's actions: Service Authorization Reference, "Actions, resources, and
 * condition keys for Amazon EC2". EC2 authorizes an association on the address and on the interface.
 */
import { type Input, interpolate, type Output } from "@pulumi/pulumi";
import { eventBusName, eventSource } from "../src/telemetry/model.ts";
import type { Account } from "./place.ts";
import type { Statement } from "./policy.ts";

/** Returns what makes the ARN of a resource in this account. */
export function arnsOf(place: Account): (service: string, resource: Input<string>) => Output<string> {
  return (service, resource) =>
    interpolate`arn:${place.partition}:${service}:${place.region}:${place.accountId}:${resource}`;
}

/** Returns what a function needs to publish Holdfast's events. */
export function announceStatement(place: Account): Statement {
  return {
    sid: "PublishEvents",
    actions: ["events:PutEvents"],
    resources: [arnsOf(place)("events", `event-bus/${eventBusName}`)],
    conditions: { StringEquals: { "events:source": [eventSource] } },
  };
}

/** Returns what reads the settings, if they are in a parameter. */
export function settingsStatements(parameterArn: Input<string> | undefined): Statement[] {
  return parameterArn ? [{ sid: "ReadSettings", actions: ["ssm:GetParameter"], resources: [parameterArn] }] : [];
}

/** Returns what Lambda requires of a caller that changes a function's network (Lambda developer guide, "Giving functions access to a VPC"). */
export function networkChangeStatement(): Statement {
  const actions = ["ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs"];
  return { sid: "ChangeNetworks", actions, resources: ["*"] };
}

/** Returns what Lambda calls with the role of a function in a VPC (same guide); none of it can be limited to resources. */
export function interfaceStatement(): Statement {
  const actions = [
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
  ];
  return { sid: "KeepInterfaces", actions, resources: ["*"] };
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
