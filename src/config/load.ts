/** Reads `HOLDFAST_SETTINGS`: JSON, or where it would pass Lambda's limit of 4 KB, the names of parameters that hold it. */
import * as z from "zod/mini";
import en from "zod/v4/locales/en.js";
import type { Bounds } from "./bounds.ts";

z.config(en());

export const resourceName = z
  .string()
  .check(z.regex(/^[a-z][a-z0-9-]{0,62}$/, "must be lower-case letters, digits and dashes"));
export const awsId = (prefix: string) =>
  z.string().check(z.regex(new RegExp(`^${prefix}-[0-9a-z]+$`), `must be an id such as ${prefix}-0123456789abcdef0`));
export const functionArn = z
  .string()
  .check(
    z.regex(
      /^arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:[A-Za-z0-9_-]+$/,
      "must be a function's ARN without qualifier, such as arn:aws:lambda:us-east-1:123456789012:function:orders",
    ),
  );
export const poolNetwork = z.strictObject({
  vpcId: awsId("vpc"),
  subnetIds: z.array(awsId("subnet")).check(z.minLength(1, "must name at least one subnet")),
});
/** Of a dead-letter queue: messages that cannot be parsed go there, with the reason. */
export const queueUrl = z.url("must be the URL of an SQS queue");
/** A whole number within its bounds. The deployment writes every setting, so there is no default here. */
export const bounded = ({ least, most }: Pick<Bounds, "least" | "most">) =>
  z.number().check(z.int(), z.minimum(least), z.maximum(most));
/** At least one, with names that differ. */
export const named = <Item extends z.ZodMiniType<{ name: string }>>(item: Item) =>
  z.array(item).check(
    z.minLength(1, "must hold at least one pool"),
    z.refine((list) => new Set(list.map((it) => it.name)).size === list.length, "pool names must be unique"),
  );

/** Settings that are missing or wrong. The message names each field and what it must be. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
}

/** Returns what is wrong with a value, one line per field: its path and what it must be. */
export function problemsOf(error: z.core.$ZodError): string[] {
  return error.issues.map((issue) => `${issue.path.join(".") || "(root)"}: ${issue.message}`);
}

/**
 * Reads and validates a function's settings.
 *
 * @param text the value of `HOLDFAST_SETTINGS`
 * @param readParameter reads an SSM parameter, for the `ssm:` form
 * @throws SettingsError that names the field and the remediation
 */
export type LoadSettings<Settings> = (
  text: string | undefined,
  readParameter: (name: string) => Promise<string | undefined>,
) => Promise<Settings>;

/** Returns what reads the settings that the schema describes. */
export function loadAs<Schema extends z.ZodMiniType>(schema: Schema): LoadSettings<z.output<Schema>> {
  return (text, readParameter) => load(schema, text, readParameter);
}

async function load<Schema extends z.ZodMiniType>(
  schema: Schema,
  text: string | undefined,
  readParameter: (name: string) => Promise<string | undefined>,
): Promise<z.output<Schema>> {
  if (!text)
    throw new SettingsError(
      "HOLDFAST_SETTINGS is not set: run npx sst refresh and then npx sst deploy, or set it to the settings' JSON",
    );
  const { names, poolCount } = parametersIn(text);
  const texts = await Promise.all(names.map((name) => readExisting(name, readParameter)));
  const parsed = z.safeParse(schema, merged((names.length > 0 ? texts : [text]).map(parseJson), poolCount));
  if (parsed.success) return parsed.data;
  throw new SettingsError(`HOLDFAST_SETTINGS is not valid: ${problemsOf(parsed.error).join("; ")}`);
}

/**
 * Returns the parameters that hold the settings, and of how many pools: `ssm:/name`, or `ssm:/name/1-3:100` for `/name/1` to
 * `/name/3` with a hundred pools.
 */
function parametersIn(text: string): { names: string[]; poolCount?: number } {
  if (!text.startsWith("ssm:")) return { names: [] };
  const name = text.slice("ssm:".length);
  const [, base, count, poolCount] = /^(.*)\/1-(\d+):(\d+)$/.exec(name) ?? [];
  if (base === undefined) return { names: [name] };
  return {
    names: Array.from({ length: Number(count) }, (_, index) => `${base}/${index + 1}`),
    poolCount: Number(poolCount),
  };
}

async function readExisting(name: string, readParameter: Parameters<LoadSettings<unknown>>[1]): Promise<string> {
  const json = await readParameter(name);
  if (json === undefined) throw new SettingsError(`HOLDFAST_SETTINGS: SSM parameter ${name} does not exist`);
  return json;
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new SettingsError(`HOLDFAST_SETTINGS is not valid JSON: ${(error as Error).message}`);
  }
}

/**
 * Returns the parts as one document: each has some of the pools, and all that is not a pool's.
 *
 * @throws SettingsError where pools are missing, as while a deployment moves one from part to part: a function that started
 * so would not know the pool until its environment ends
 */
function merged(parts: readonly unknown[], poolCount: number | undefined): unknown {
  const [first] = parts;
  if (poolCount === undefined) return first;
  const pools = parts.flatMap((part) => (part as { readonly pools?: readonly unknown[] } | null)?.pools ?? []);
  if (pools.length < poolCount) {
    throw new SettingsError(
      `HOLDFAST_SETTINGS: its parameters hold ${pools.length} of ${poolCount} pools. A deployment that is under way ends that; otherwise run npx sst refresh and then npx sst deploy`,
    );
  }
  return { ...(first as object), pools };
}
