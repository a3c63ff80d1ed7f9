/** Reads the times that a rehearsal has measured in an account (docs/cli.md), to run the twin with them. */
import { readFileSync } from "node:fs";
import { z } from "zod";
import { type Delays, defaultDelays } from "./delays.ts";

const ms = z.number().nonnegative();
const span = z.discriminatedUnion("kind", [
  z
    .strictObject({ kind: z.literal("uniform"), minMs: ms, maxMs: ms })
    .refine(({ minMs, maxMs }) => minMs <= maxMs, { path: ["minMs"], error: "must not be greater than maxMs" }),
  z.strictObject({ kind: z.literal("lognormal"), medianMs: ms.positive(), sigma: z.number().nonnegative(), maxMs: ms }),
]);

/** In the form of the defaults. */
const delays = z.strictObject(
  Object.fromEntries(Object.entries(defaultDelays).map(([name, known]) => [name, formOf(name, known).optional()])),
);

function formOf(name: string, known: unknown) {
  if (Array.isArray(known)) return z.array(ms);
  if (typeof known === "object") return span;
  return name.endsWith("Rate") ? z.number().min(0).max(1) : z.number().nonnegative();
}

/** Returns the delays of a file that `holdfast rehearse --fixtures` wrote. @throws Error which says what is wrong, and what to do */
export function readMeasured(path: string): Partial<Delays> {
  const remedy = "take a file that `npx holdfast rehearse --fixtures FILE` wrote";
  const content = parsed(path, remedy);
  if (typeof content !== "object" || content === null || !("delays" in content)) {
    throw new Error(`${path} has no field 'delays': ${remedy}`);
  }
  const checked = delays.safeParse(content.delays);
  if (checked.success) return checked.data as Partial<Delays>;
  const problems = checked.error.issues.map((it) => `  ${["delays", ...it.path].join(".")}: ${it.message}`);
  throw new Error(
    [
      `${path} has delays that the twin cannot take:`,
      ...problems,
      `Correct them (testing/twin/delays.ts has all names, and the defaults of what a file leaves out), or ${remedy}.`,
    ].join("\n"),
  );
}

function parsed(path: string, remedy: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new Error(`${path} cannot be read (${(error as Error).message}): ${remedy}`);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${path} is not JSON (${(error as Error).message}): ${remedy}`);
  }
}
