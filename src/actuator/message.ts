/** Reads the messages that start a run. A message only says "look now" and at which pool (its message group). */
import * as z from "zod/mini";

/** A message that can not be understood. Names the field; it goes to the dead-letter queue with this reason. */
export class MessageError extends Error {
  override readonly name = "MessageError";

  constructor(
    readonly field: string,
    problem: string,
  ) {
    super(`${field}: ${problem}`);
  }
}

/** A point in time as AWS writes it. */
export const time = z.iso.datetime({ offset: true });
const sweep = z.object({
  kind: z.literal("sweep"),
  scheduledTime: z.optional(time),
  everyMinutes: z.optional(z.number()),
  inFull: z.optional(z.boolean()),
});

/** A look that the schedule asks for, of whatever actuator. */
export interface Sweep {
  readonly kind: "sweep";
  readonly timeMs: number;
  /** It is of the pools that are swept this often; undefined: of all that it reaches. */
  readonly everyMinutes?: number;
  /** A look at the network alone is not enough: what there is to do may not show there. */
  readonly inFull?: true;
}

/**
 * A message's body: a sweep (`{"kind":"sweep","scheduledTime":"2026-01-01T00:00:00Z","everyMinutes":1}`; without a time it
 * is of now), or what the schema describes.
 *
 * @param nowMs when the message is read, in milliseconds since the epoch
 * @throws MessageError that names the field
 */
export function parseMessage<Schema extends z.ZodMiniType>(
  schema: Schema,
  body: string,
  nowMs: number,
): Sweep | z.output<Schema> {
  const message = parseJson(body);
  if (typeof message !== "object" || message === null || !("kind" in message)) return parse(schema, message);
  const { kind, scheduledTime, everyMinutes, inFull } = parse(sweep, message);
  const timeMs = scheduledTime === undefined ? nowMs : Date.parse(scheduledTime);
  return { kind, timeMs, ...(everyMinutes !== undefined && { everyMinutes }), ...(inFull && { inFull }) };
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    throw new MessageError("body", `is not valid JSON (${(error as Error).message})`);
  }
}

function parse<Schema extends z.ZodMiniType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = z.safeParse(schema, value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new MessageError(issue?.path.join(".") || "body", issue?.message ?? "is not a message that Holdfast knows");
}
