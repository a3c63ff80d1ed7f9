/** Reads what an earlier rehearsal wrote. */
import { readFileSync } from "node:fs";
import * as z from "zod/mini";
import { UsageError } from "../support/usage-error.ts";
import type { Fixtures } from "./fixtures.ts";

const verdict = z.looseObject({
  outcome: z.enum(["pass", "fail", "differs", "skipped"]),
  found: z.string(),
  seconds: z.optional(z.record(z.string(), z.number())),
});

const report = z.looseObject({
  holdfast: z.string(),
  region: z.string(),
  startedAt: z.iso.datetime(),
  checks: z.array(z.looseObject({ id: z.string(), verdict })),
});

const fixtures = z.extend(report, {
  delays: z.record(z.string(), z.unknown()),
  answers: z.array(z.looseObject({ call: z.string() })),
  records: z.array(z.looseObject({ eventName: z.string() })),
});

/** What a report in JSON and fixtures have in common. */
export type PastRehearsal = z.infer<typeof report>;

/** Reads a report in JSON, or fixtures. @throws UsageError */
export function readRehearsal(path: string): PastRehearsal {
  return read(path, report, "take a file that `holdfast rehearse` wrote with --fixtures, or with --out as .json");
}

/** @throws UsageError */
export function readFixtures(path: string): Fixtures {
  return read(path, fixtures, "take a file that `holdfast rehearse` wrote with --fixtures") as unknown as Fixtures;
}

function read<Schema extends z.core.$ZodType>(path: string, schema: Schema, remediation: string): z.infer<Schema> {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new UsageError(`${path} cannot be read (${error instanceof Error ? error.message : error})`, remediation);
  }
  const checked = z.safeParse(schema, content);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  const field = issue?.path.join(".") || "(root)";
  throw new UsageError(`${path} is not a rehearsal's: ${field}: ${issue?.message}`, remediation);
}
