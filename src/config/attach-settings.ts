/**
 * The settings of attaching: `HOLDFAST_SETTINGS`, one JSON document that the deployment makes from the operator's file.
 * docs/configuration.md describes every field.
 */
import * as z from "zod/mini";
import { awsId, loadAs, named, queueUrl, resourceName } from "./load.ts";

const pool = z.strictObject({
  name: resourceName,
  /** Where a function is attached: the members' subnets and security groups, all of them. */
  subnetIds: z.array(awsId("subnet")).check(z.minLength(1, "must name at least one subnet")),
  securityGroupIds: z.array(awsId("sg")).check(z.minLength(1, "must name at least one security group")),
  /** Names of the guarded functions. */
  functions: z
    .array(z.string().check(z.regex(/^[A-Za-z0-9_-]{1,64}$/, "must be a function's name")))
    .check(z.minLength(1, "must name at least one function")),
});

const attachSettings = z.strictObject({
  pools: named(pool),
  deadLetterQueueUrl: queueUrl,
});

export type AttachPool = z.infer<typeof pool>;
export type AttachSettings = z.infer<typeof attachSettings>;

/** Reads and validates the settings of attaching. */
export const loadAttachSettings = loadAs(attachSettings);
