/**
 * What a deployed function is told: `HOLDFAST_SETTINGS`, one JSON document made at deployment from the operator's
 * file, or `ssm:<parameter name>` where it would pass Lambda's limit of 4 KB for environment variables.
 * docs/configuration.md describes every field.
 */

import * as z from "zod/mini";
import en from "zod/v4/locales/en.js";

z.config(en());

const name = z.string().check(z.regex(/^[a-z][a-z0-9-]{0,62}$/, "must be lower-case letters, digits and dashes"));
const awsId = (prefix: string) =>
  z.string().check(z.regex(new RegExp(`^${prefix}-[0-9a-z]+$`), `must be an id such as ${prefix}-0123456789abcdef0`));
const functionArn = z
  .string()
  .check(
    z.regex(
      /^arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:[A-Za-z0-9_-]+$/,
      "must be a function's ARN without qualifier, such as arn:aws:lambda:us-east-1:123456789012:function:orders",
    ),
  );
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
  name,
  members,
  network: z.strictObject({
    vpcId: awsId("vpc"),
    subnetIds: z.array(awsId("subnet")).check(z.minLength(1, "must name at least one subnet")),
  }),
  /** Seconds that an address stays on an interface which no live version uses any more. */
  drainSeconds: z._default(z.number().check(z.int(), z.minimum(0), z.maximum(3600)), 60),
});

const relocationSettings = z.strictObject({
  pools: z.array(pool).check(
    z.minLength(1, "must hold at least one pool"),
    z.refine((pools) => new Set(pools.map((it) => it.name)).size === pools.length, "pool names must be unique"),
  ),
  /** Where a message that can not be understood goes, with its reason. */
  deadLetterQueueUrl: z.url("must be the URL of an SQS queue"),
  eventBusName: z._default(z.string(), "default"),
  metricsNamespace: z._default(z.string(), "Holdfast"),
});

export type PoolSettings = z.infer<typeof pool>;
export type RelocationSettings = z.infer<typeof relocationSettings>;

/** Settings that are missing or wrong. The message names each field and what it must be. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
}

/**
 * Reads and validates relocation's settings.
 *
 * @param text the value of `HOLDFAST_SETTINGS`
 * @param readParameter reads an SSM parameter, for the `ssm:` form
 * @throws SettingsError that names the field and the remedy
 */
export async function loadSettings(
  text: string | undefined,
  readParameter: (name: string) => Promise<string | undefined>,
): Promise<RelocationSettings> {
  if (!text) throw new SettingsError("HOLDFAST_SETTINGS is not set: deploy again, or set it to the settings' JSON");
  const parameter = text.startsWith("ssm:") ? text.slice("ssm:".length) : undefined;
  const json = parameter === undefined ? text : await readParameter(parameter);
  if (json === undefined) throw new SettingsError(`HOLDFAST_SETTINGS: SSM parameter ${parameter} does not exist`);
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new SettingsError(`HOLDFAST_SETTINGS is not valid JSON: ${(error as Error).message}`);
  }
  const parsed = z.safeParse(relocationSettings, value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join(".") || "(root)"}: ${issue.message}`);
  throw new SettingsError(`HOLDFAST_SETTINGS is not valid: ${problems.join("; ")}`);
}
