/** The fields of the operator's file. Their errors say what to write instead. */
import { z } from "zod";
import type { Bounds } from "./bounds.ts";

/** Returns an object that refuses unknown keys and lists the known ones. */
export function strict<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const known = Object.keys(shape).join(", ");
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code === "unrecognized_keys") {
        const keys = (issue["keys"] as string[]).map((key) => JSON.stringify(key)).join(", ");
        return `unknown key ${keys}: remove it, or use one of ${known}`;
      }
      return issue.input === undefined ? `is missing: give an object with ${known}` : `must be an object with ${known}`;
    },
  });
}

/** Returns a whole number between two bounds, both included. */
export function whole(least: number, most: number) {
  const error = `must be a whole number from ${least} to ${most}`;
  return z.number({ error }).int({ error }).min(least, { error }).max(most, { error });
}

/** Returns a whole number within its bounds, with their default. */
export function tuned({ least, most, default: usual }: Bounds) {
  return whole(least, most).default(usual);
}

export function text(pattern: RegExp, error: string) {
  return z.string({ error }).regex(pattern, { error });
}

/** Returns the id of an AWS resource, such as `vpc-0123456789abcdef0`. */
export function awsId(prefix: string) {
  return text(new RegExp(`^${prefix}-[0-9a-z]+$`), `must be an id such as ${prefix}-0123456789abcdef0`);
}

/** Returns the name of a pool or target, which is part of the names of AWS resources. */
export function awsName(what: string) {
  return text(/^[a-z][a-z0-9-]{0,30}$/, `must be a ${what}'s name: up to 31 lower-case letters, digits and dashes`);
}

export function flag() {
  return z.boolean({ error: "must be true or false" });
}

/** Returns a list without duplicates and with at least one entry. */
export function listOf<Entry extends z.ZodType<string>>(entry: Entry, what: string) {
  const error = `must list at least one ${what}, each once`;
  return z
    .array(entry, { error })
    .min(1, { error })
    .refine((entries) => new Set(entries).size === entries.length, { error });
}

/** Returns a list without duplicates. */
export function eachOnce<Entry extends z.ZodType<string>>(entry: Entry) {
  return z.array(entry).refine((entries) => new Set(entries).size === entries.length, {
    error: "must not list one twice: remove the other",
  });
}

/** Days for which CloudWatch can keep logs (CloudWatch Logs API reference, PutRetentionPolicy), up to two years. */
export const retentionDays = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731] as const;

export function retention() {
  return z.literal([...retentionDays], { error: `must be a number of days out of ${retentionDays.join(", ")}` });
}
