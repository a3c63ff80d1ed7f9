/**
 * The settings of relocation: `HOLDFAST_SETTINGS`, one JSON document that the deployment makes from the operator's
 * file. docs/configuration.md describes every field.
 */
import * as z from "zod/mini";
import { drainBounds, scheduleBounds, verificationBounds } from "./bounds.ts";
import { awsId, bounded, functionArn, loadAs, named, poolNetwork, queueUrl, resourceName } from "./load.ts";

export { SettingsError } from "./load.ts";

const pattern = z
  .string()
  .check(z.regex(/^[A-Za-z0-9_*-]{1,140}$/, "must be a function's name; * stands for any characters"));

const members = z
  .strictObject({
    names: z.array(pattern),
    arns: z.array(functionArn),
    tags: z.record(z.string(), z.string()),
  })
  .check(
    z.refine(
      ({ names, arns, tags }) => names.length + arns.length + Object.keys(tags).length > 0,
      "must name at least one member: give names, arns or tags",
    ),
  );

const ownAddresses = z.record(awsId("eipalloc"), z.ipv4("must be a public IPv4 address"));

const pool = z.strictObject({
  name: resourceName,
  members,
  /** Members under guard, by name: they are in no VPC until they are attached. */
  guarded: z.array(pattern),
  network: poolNetwork,
  /** What the deployment has allocated or adopted for the pool: allocation id → public address. */
  addresses: z.strictObject({ egress: ownAddresses, fallback: ownAddresses }),
  /** Where addresses are tried out before they serve, and how many associations a month may go into that. */
  scout: z.optional(
    z.strictObject({
      subnetId: awsId("subnet"),
      securityGroupId: awsId("sg"),
      monthlyVerifications: bounded(verificationBounds),
    }),
  ),
  drainSeconds: z.union(
    [bounded(drainBounds), z.literal("longest call")],
    'must be a whole number of seconds, or "longest call"',
  ),
  sweepMinutes: bounded(scheduleBounds.sweepMinutes),
});

const relocationSettings = z.strictObject({
  pools: named(pool),
  deadLetterQueueUrl: queueUrl,
});

export type PoolSettings = z.infer<typeof pool>;
export type RelocationSettings = z.infer<typeof relocationSettings>;

/** Reads and validates relocation's settings. */
export const loadSettings = loadAs(relocationSettings);
