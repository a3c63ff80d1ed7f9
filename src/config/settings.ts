/**
 * What relocation is told: `HOLDFAST_SETTINGS`, one JSON document made at deployment from the operator's file.
 * docs/configuration.md describes every field.
 */
import * as z from "zod/mini";
import { awsId, functionArn, loadAs, named, poolNetwork, resourceName } from "./load.ts";
import { queueing } from "./shared-settings.ts";

export { SettingsError } from "./load.ts";

const pattern = z
  .string()
  .check(z.regex(/^[A-Za-z0-9_*-]{1,140}$/, "must be a function's name; * stands for any characters"));

const members = z
  .strictObject({
    names: z._default(z.array(pattern), []),
    arns: z._default(z.array(functionArn), []),
    tags: z._default(z.record(z.string(), z.string()), {}),
  })
  .check(
    z.refine(
      ({ names, arns, tags }) => names.length + arns.length + Object.keys(tags).length > 0,
      "must name at least one member: give names, arns or tags",
    ),
  );

const pool = z.strictObject({
  name: resourceName,
  members,
  network: poolNetwork,
  /** Where addresses are tried out before they serve, and how many associations a month may go into that. */
  scout: z.optional(
    z.strictObject({
      subnetId: awsId("subnet"),
      securityGroupId: awsId("sg"),
      monthlyVerifications: z.number().check(z.int(), z.minimum(0), z.maximum(1000)),
    }),
  ),
  /** Seconds that an address stays on an interface which no live version uses any more. */
  drainSeconds: z._default(z.number().check(z.int(), z.minimum(0), z.maximum(3600)), 60),
  /** Minutes between two sweeps, 1 unless given. */
  sweepMinutes: z.optional(z.number().check(z.int(), z.minimum(1), z.maximum(15))),
});

const relocationSettings = z.strictObject({
  pools: named(pool),
  ...queueing,
});

export type PoolSettings = z.infer<typeof pool>;
export type RelocationSettings = z.infer<typeof relocationSettings>;

/** Reads and validates relocation's settings. */
export const loadSettings = loadAs(relocationSettings);
