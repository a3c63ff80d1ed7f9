/**
 * Reads the messages that start a run. A message only says "look now" and at which pool (its message group);
 * what to do follows from observation alone.
 */
import * as z from "zod/mini";
import type { PoolSettings } from "../config/settings.ts";
import { parseFunctionName } from "./function-name.ts";
import { isMember } from "./membership.ts";

export type Change =
  | { readonly kind: "sweep"; readonly timeMs: number }
  | { readonly kind: "function"; readonly timeMs: number; readonly functionName: string }
  | { readonly kind: "interface"; readonly timeMs: number }
  /** A call that says nothing about interfaces, such as `AddPermission`. */
  | { readonly kind: "other"; readonly timeMs: number };

/** A message that can not be understood. Names the field; it goes to the dead-letter queue with this reason. */
export class MessageError extends Error {
  override readonly name = "MessageError";

  constructor(
    readonly field: string,
    problem: string,
  ) {
    super(`${field}: ${problem}`);
  }
}

const time = z.iso.datetime({ offset: true });
const sweep = z.object({ kind: z.literal("sweep"), scheduledTime: time });
const cloudTrail = z.object({
  "detail-type": z.literal("AWS API Call via CloudTrail"),
  detail: z.object({
    eventSource: z.string(),
    eventName: z.string(),
    eventTime: time,
    errorCode: z.optional(z.string()),
    requestParameters: z.nullish(
      z.looseObject({ functionName: z.optional(z.string()), resource: z.optional(z.string()) }),
    ),
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

/** EC2's calls by which interfaces come and go. */
export const interfaceChanges = ["CreateNetworkInterface", "DeleteNetworkInterface"] as const;

/**
 * The change that a message tells of: a CloudTrail event as EventBridge delivers it, or a sweep
 * (`{"kind":"sweep","scheduledTime":"2026-01-01T00:00:00Z"}`).
 *
 * @throws MessageError that names the field
 */
export function parseChange(body: string): Change {
  const message = parseJson(body);
  if (typeof message === "object" && message !== null && "kind" in message) {
    const { scheduledTime } = parse(sweep, message);
    return { kind: "sweep", timeMs: Date.parse(scheduledTime) };
  }
  const { detail } = parse(cloudTrail, message);
  const timeMs = Date.parse(detail.eventTime);
  if (detail.errorCode !== undefined) {
    throw new MessageError("detail.errorCode", `the call failed (${detail.errorCode}), so it changed nothing`);
  }
  const begins = (prefix: string) => detail.eventName.startsWith(prefix);
  if (detail.eventSource === "ec2.amazonaws.com") {
    return { kind: interfaceChanges.some(begins) ? "interface" : "other", timeMs };
  }
  if (detail.eventSource !== "lambda.amazonaws.com") {
    throw new MessageError("detail.eventSource", `${detail.eventSource} is neither Lambda nor EC2`);
  }
  if (!functionChanges.some(begins)) return { kind: "other", timeMs };
  const { functionName, resource } = detail.requestParameters ?? {};
  const field = functionName === undefined ? "resource" : "functionName";
  const parsed = parseFunctionName(functionName ?? resource ?? "");
  if (!parsed) {
    const problem = `${JSON.stringify(functionName ?? resource)} is neither a function's name nor its ARN`;
    throw new MessageError(`detail.requestParameters.${field}`, problem);
  }
  return { kind: "function", timeMs, functionName: parsed };
}

/** Whether the pool has to be looked at because of the change; decided without a call to AWS. */
export function concerns(pool: PoolSettings, change: Change): boolean {
  switch (change.kind) {
    case "sweep":
    case "interface":
      return true;
    case "function":
      return isMember(pool.members, change.functionName) !== false;
    case "other":
      return false;
  }
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    throw new MessageError("body", `is not valid JSON (${(error as Error).message})`);
  }
}

function parse<Schema extends z.ZodMiniType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = z.safeParse(schema, value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new MessageError(issue?.path.join(".") || "body", issue?.message ?? "is not an event that relocation knows");
}
