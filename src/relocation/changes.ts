/** What relocation's messages announce; what to do follows from observation alone. */
import * as z from "zod/mini";
import { MessageError, parseMessage, type Sweep, time } from "../actuator/message.ts";
import type { PoolSettings } from "../config/settings.ts";
import type { DomainEvent } from "../telemetry/model.ts";
import { isOtherResource, parseFunctionName } from "./function-name.ts";
import { isMember, type Membership } from "./membership.ts";

export type Change =
  | Sweep
  | FunctionChange
  /** One that came says where it is, and which unless the record was too long; one that went says only which it was. */
  | {
      readonly kind: "interface";
      readonly timeMs: number;
      readonly subnetId?: string | undefined;
      readonly networkInterfaceId?: string | undefined;
    }
  /** The canary has marked an address of the pool as blocked. */
  | { readonly kind: "block"; readonly timeMs: number; readonly allocationId: string; readonly poolName: string }
  /** A call that says nothing about interfaces, such as `AddPermission`, or `TagResource` of an event source mapping. */
  | { readonly kind: "other"; readonly timeMs: number };

export interface FunctionChange {
  readonly kind: "function";
  readonly timeMs: number;
  /** Undefined: the record does not say which function. */
  readonly functionName: string | undefined;
  /** Where the record of a call that concerns tags has it. */
  readonly functionArn?: string | undefined;
  /** What the record says of the function's tags; undefined when the call does not concern tags. */
  readonly tags?: TagChange;
}

/** `all`: a new function's, which has no others. `set` and `removed` leave the function's other tags as they are. */
type TagChange =
  | { readonly kind: "all" | "set"; readonly tags: Readonly<Record<string, string>> }
  | { readonly kind: "removed"; readonly keys: readonly string[] };

const cloudTrail = z.object({
  "detail-type": z.literal("AWS API Call via CloudTrail"),
  detail: z.object({
    eventSource: z.string(),
    eventName: z.string(),
    eventTime: time,
    errorCode: z.optional(z.string()),
    requestParameters: z.optional(z.unknown()),
    responseElements: z.optional(z.unknown()),
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
  detail: z.object({ allocationId: z.string(), pool: z.string() }),
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
    const { allocationId, pool: poolName } = message.detail;
    return { kind: "block", timeMs: Date.parse(message.time), allocationId, poolName };
  }
  const { detail } = message;
  const timeMs = Date.parse(detail.eventTime);
  if (detail.errorCode !== undefined) {
    throw new MessageError("detail.errorCode", `the call failed (${detail.errorCode}), so it changed nothing`);
  }
  const begins = (prefix: string) => detail.eventName.startsWith(prefix);
  if (detail.eventSource === "ec2.amazonaws.com") {
    if (!interfaceChanges.some(begins)) return { kind: "other", timeMs };
    const { requestParameters, responseElements } = detail;
    const made = partOf(responseElements, "networkInterface");
    const either = (name: string) => textOf(requestParameters, name) ?? textOf(made, name);
    return {
      kind: "interface",
      timeMs,
      subnetId: either("subnetId"),
      networkInterfaceId: either("networkInterfaceId"),
    };
  }
  if (detail.eventSource !== "lambda.amazonaws.com") {
    throw new MessageError("detail.eventSource", `${detail.eventSource} is neither Lambda nor EC2`);
  }
  if (!functionChanges.some(begins)) return { kind: "other", timeMs };
  const resource = textOf(detail.requestParameters, "resource");
  if (resource !== undefined && isOtherResource(resource)) return { kind: "other", timeMs };
  const named = textOf(detail.requestParameters, "functionName") ?? resource;
  const tags = tagChangeOf(detail.eventName, detail.requestParameters);
  const functionArn = textOf(detail.responseElements, "functionArn") ?? resource;
  const change = { kind: "function", timeMs, functionName: parseFunctionName(named ?? "") } as const;
  return tags ? { ...change, tags, functionArn } : change;
}

const tagging = z.object({ tags: z.record(z.string(), z.string()) });
const untagging = z.object({ tagKeys: z.array(z.string()) });
const creation = z.object({ functionName: z.string(), tags: z.optional(z.record(z.string(), z.string())) });

/** Undefined as well when the record does not have what it usually has: CloudTrail leaves out what is too long. */
function tagChangeOf(eventName: string, parameters: unknown): TagChange | undefined {
  if (eventName.startsWith("CreateFunction")) {
    const { success, data } = z.safeParse(creation, parameters);
    return success ? { kind: "all", tags: data.tags ?? {} } : undefined;
  }
  if (eventName.startsWith("TagResource")) {
    const { success, data } = z.safeParse(tagging, parameters);
    return success ? { kind: "set", tags: data.tags } : undefined;
  }
  if (!eventName.startsWith("UntagResource")) return undefined;
  const { success, data } = z.safeParse(untagging, parameters);
  return success ? { kind: "removed", keys: data.tagKeys } : undefined;
}

/** A parameter, where the record has it: CloudTrail leaves out and cuts off what is too long for its record. */
function textOf(parameters: unknown, name: string): string | undefined {
  const value = partOf(parameters, name);
  return typeof value === "string" ? value : undefined;
}

function partOf(parameters: unknown, name: string): unknown {
  return typeof parameters === "object" ? (parameters as Record<string, unknown> | null)?.[name] : undefined;
}

/**
 * Returns the ARN of a function that the change may have made a member of the pool. One of the pool's tags may be the last
 * that the function lacked: whether it has them all is asked of the function itself.
 */
export function taggedMember({ members }: PoolSettings, change: Change): string | undefined {
  if (change.kind !== "function" || change.tags === undefined || change.tags.kind === "removed") return undefined;
  const { tags } = change.tags;
  return Object.entries(members.tags).some(([key, value]) => tags[key] === value) ? change.functionArn : undefined;
}

/** What the last full observation of a pool showed. */
export interface Seen {
  /** Names of the pool's members. */
  readonly members: ReadonlySet<string>;
  /** Ids of the interfaces in its subnets. */
  readonly interfaceIds: ReadonlySet<string>;
}

/**
 * Whether the pool has to be looked at because of the change; decided without a call to AWS, since many changes in an
 * account are of functions and interfaces that are no pool's. An interface that went and is not known frees an address at
 * most, which the next sweep sees.
 *
 * @param seen undefined when this execution environment has not observed the pool
 */
export function concerns(pool: PoolSettings, change: Change, seen: Seen | undefined): boolean {
  switch (change.kind) {
    case "sweep":
      return change.everyMinutes === undefined || change.everyMinutes === pool.sweepMinutes;
    case "block":
      return change.poolName === pool.name;
    case "interface": {
      const { subnetId, networkInterfaceId } = change;
      if (subnetId !== undefined) return pool.network.subnetIds.includes(subnetId);
      return networkInterfaceId === undefined || seen?.interfaceIds.has(networkInterfaceId) === true;
    }
    case "function":
      return mayBeOf(pool.members, change, seen?.members);
    case "other":
      return false;
  }
}

/**
 * ```
 * the function's name or ARN    | tags in the record             | known        | concerns the pool
 * ----------------------------- | ------------------------------ | ------------ | -----------------
 * not in the record             | -                              | -            | yes
 * makes it a member             | -                              | -            | yes
 * does not, and no tag could    | -                              | -            | no
 * only tags could               | -                              | a member     | yes
 *                               | all of the function's          | no member    | if it has all of the pool's
 *                               | set                            | no member    | if one is the pool's
 *                               | removed, or none               | no member    | no
 *                               | removed, or none               | not observed | yes
 * ```
 * A function that became a member since the last observation was created or tagged since, which is a change of its own;
 * where that event got lost, the next full observation finds it.
 *
 * @param known names of the members; undefined when they were not observed
 */
function mayBeOf(
  members: Membership,
  { functionName, tags }: FunctionChange,
  known: ReadonlySet<string> | undefined,
): boolean {
  if (functionName === undefined) return true;
  const byName = isMember(members, functionName);
  if (byName !== "maybe") return byName;
  if (known?.has(functionName)) return true;
  const wanted = Object.entries(members.tags);
  switch (tags?.kind) {
    case "all":
      return wanted.every(([key, value]) => tags.tags[key] === value);
    case "set":
      return wanted.some(([key, value]) => tags.tags[key] === value);
    case "removed":
    case undefined:
      return known === undefined;
  }
}
