/** What relocation's messages announce; what to do follows from observation alone. */
import * as z from "zod/mini";
import { MessageError, parseMessage, type Sweep, time } from "../actuator/message.ts";
import type { PoolSettings } from "../config/settings.ts";
import type { DomainEvent } from "../telemetry/model.ts";
import { parseFunctionName } from "./function-name.ts";
import { isMember } from "./membership.ts";

export type Change =
  | Sweep
  /** Undefined: the record does not say which function. */
  | { readonly kind: "function"; readonly timeMs: number; readonly functionName: string | undefined }
  | { readonly kind: "interface"; readonly timeMs: number; readonly subnetId?: string | undefined }
  /** The canary has marked an address as blocked. */
  | { readonly kind: "block"; readonly timeMs: number; readonly allocationId: string }
  /** A call that says nothing about interfaces, such as `AddPermission`. */
  | { readonly kind: "other"; readonly timeMs: number };

const cloudTrail = z.object({
  "detail-type": z.literal("AWS API Call via CloudTrail"),
  detail: z.object({
    eventSource: z.string(),
    eventName: z.string(),
    eventTime: time,
    errorCode: z.optional(z.string()),
    requestParameters: z.optional(z.unknown()),
  }),
});

/**
 * Lambda's write calls that can change which interfaces a function uses, by the beginning of their names: CloudTrail
 * appends an API version to most (`UpdateFunctionConfiguration20150331v2`; Lambda developer guide, "Logging with
 * CloudTrail").
 */
export const functionChanges = [
  "CreateFunction2",
  "DeleteFunction2",
  "UpdateFunctionConfiguration",
  "UpdateFunctionCode2",
  "PublishVersion",
  "CreateAlias",
  "UpdateAlias",
  "DeleteAlias",
  "PutProvisionedConcurrencyConfig",
  "DeleteProvisionedConcurrencyConfig",
  "TagResource",
  "UntagResource",
] as const;

/** The canary's events on an address that it may have marked. */
export const addressMarked = ["AddressBlocked", "AddressDiffers"] as const satisfies readonly DomainEvent["type"][];

const block = z.object({
  "detail-type": z.enum(addressMarked),
  time,
  detail: z.object({ allocationId: z.string() }),
});

/** EC2's calls by which interfaces come and go. */
export const interfaceChanges = ["CreateNetworkInterface", "DeleteNetworkInterface"] as const;

/**
 * Returns the change that a message announces: a CloudTrail event or a block as EventBridge delivers them, or a sweep
 * (`{"kind":"sweep","scheduledTime":"2026-01-01T00:00:00Z"}`).
 *
 * @throws MessageError that names the field
 */
export function parseChange(body: string, nowMs: number): Change {
  const message = parseMessage(z.discriminatedUnion("detail-type", [cloudTrail, block]), body, nowMs);
  if ("kind" in message) return message;
  if ("time" in message) {
    return { kind: "block", timeMs: Date.parse(message.time), allocationId: message.detail.allocationId };
  }
  const { detail } = message;
  const timeMs = Date.parse(detail.eventTime);
  if (detail.errorCode !== undefined) {
    throw new MessageError("detail.errorCode", `the call failed (${detail.errorCode}), so it changed nothing`);
  }
  const begins = (prefix: string) => detail.eventName.startsWith(prefix);
  if (detail.eventSource === "ec2.amazonaws.com") {
    return interfaceChanges.some(begins)
      ? { kind: "interface", timeMs, subnetId: textOf(detail.requestParameters, "subnetId") }
      : { kind: "other", timeMs };
  }
  if (detail.eventSource !== "lambda.amazonaws.com") {
    throw new MessageError("detail.eventSource", `${detail.eventSource} is neither Lambda nor EC2`);
  }
  if (!functionChanges.some(begins)) return { kind: "other", timeMs };
  const named = textOf(detail.requestParameters, "functionName") ?? textOf(detail.requestParameters, "resource");
  return { kind: "function", timeMs, functionName: parseFunctionName(named ?? "") };
}

/** A parameter, where the record has it: CloudTrail leaves out and cuts off what is too long for its record. */
function textOf(parameters: unknown, name: string): string | undefined {
  const value = typeof parameters === "object" ? (parameters as Record<string, unknown> | null)?.[name] : undefined;
  return typeof value === "string" ? value : undefined;
}

/** Whether the pool has to be looked at because of the change; decided without a call to AWS. */
export function concerns(pool: PoolSettings, change: Change): boolean {
  switch (change.kind) {
    case "sweep":
    case "block":
      return true;
    case "interface":
      return change.subnetId === undefined || pool.network.subnetIds.includes(change.subnetId);
    case "function":
      return change.functionName === undefined || isMember(pool.members, change.functionName) !== false;
    case "other":
      return false;
  }
}
