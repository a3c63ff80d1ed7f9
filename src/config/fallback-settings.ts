/**
 * The settings of fallback: `HOLDFAST_SETTINGS`, one JSON document that the deployment makes from the operator's file.
 * docs/configuration.md describes every field.
 */
import * as z from "zod/mini";
import { boundFields, fallbackBounds, poolRefusals } from "./bounds.ts";
import { awsId, bounded, functionArn, loadAs, named, queueUrl, resourceName } from "./load.ts";

const probe = z.strictObject({
  functionArn,
  /** As the canary's metrics name it. */
  vantage: z.string(),
  subnetId: awsId("subnet"),
});

const pool = z.strictObject({
  name: resourceName,
  vpcId: awsId("vpc"),
  /** Subnets of the members: a route table that any other subnet uses is not replaced. */
  subnetIds: z.array(awsId("subnet")),
  /** While this alarm is raised, the pool fails over. */
  alarmName: z.string().check(z.minLength(1)),
  nat: z.discriminatedUnion("mode", [
    z.strictObject({ mode: z.literal("zonal"), subnetId: awsId("subnet") }),
    /** `zone`: where a regional gateway has the fallback address; members in other zones use it from there. */
    z.strictObject({ mode: z.literal("regional"), zone: z.string().check(z.regex(/^[a-z0-9-]+[a-z]$/)) }),
  ]),
  standby: z.enum(["cold", "warm"]),
  /** What follows when a target keeps out all of the pool's addresses. */
  poolRefusal: z.enum(poolRefusals),
  /** One per subnet of the members. They show whether a returned subnet is clean, and which address it sends from. */
  probes: z.array(probe),
  ...boundFields(fallbackBounds, bounded),
});

const fallbackSettings = z.strictObject({
  pools: named(pool),
  deadLetterQueueUrl: queueUrl,
  /** A page that answers with the caller's address as plain text. */
  echoUrl: z.url(),
});

export type FallbackPool = z.infer<typeof pool>;
export type FallbackSettings = z.infer<typeof fallbackSettings>;

/** Reads and validates fallback's settings. */
export const loadFallbackSettings = loadAs(fallbackSettings);
