import type { NormalizedSchema } from "@smithy/core/schema";

/** Smithy's numbers for timestamp schemas: unspecified, date-time, http-date, epoch-seconds. */
const DATE_TIME = 5;
const HTTP_DATE = 6;
const EPOCH_SECONDS = 7;
type TimestampFormat = typeof DATE_TIME | typeof HTTP_DATE | typeof EPOCH_SECONDS;

/** How a protocol writes a timestamp that does not say its format itself. */
export const DEFAULT_TIMESTAMP = { xml: DATE_TIME, query: DATE_TIME, json: EPOCH_SECONDS, header: HTTP_DATE } as const;

function formatOf(schema: NormalizedSchema, otherwise: TimestampFormat): TimestampFormat {
  const own = schema.getSchema();
  return own === DATE_TIME || own === HTTP_DATE || own === EPOCH_SECONDS ? own : otherwise;
}

export function writeTimestamp(schema: NormalizedSchema, value: Date, otherwise: TimestampFormat): string | number {
  const format = formatOf(schema, otherwise);
  if (format === EPOCH_SECONDS) return value.getTime() / 1000;
  return format === HTTP_DATE ? value.toUTCString() : value.toISOString();
}

export function readTimestamp(schema: NormalizedSchema, value: string | number, otherwise: TimestampFormat): Date {
  return formatOf(schema, otherwise) === EPOCH_SECONDS ? new Date(Number(value) * 1000) : new Date(value);
}

/** Returns a scalar from text: a form field, a header, a query parameter, a path label. */
export function readText(schema: NormalizedSchema, text: string, timestamp: TimestampFormat): unknown {
  if (schema.isBooleanSchema()) return text === "true";
  if (schema.isNumericSchema()) return Number(text);
  if (schema.isBigIntegerSchema()) return BigInt(text);
  if (schema.isTimestampSchema()) return readTimestamp(schema, text, timestamp);
  if (schema.isBlobSchema()) return new Uint8Array(Buffer.from(text, "base64"));
  return text;
}

/** Returns a scalar as text: an XML element or a header. */
export function writeText(schema: NormalizedSchema, value: unknown, timestamp: TimestampFormat): string {
  if (value instanceof Date) return String(writeTimestamp(schema, value, timestamp));
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  return String(value);
}

/** The schema traits that the protocols here look at. */
export interface Traits {
  readonly xmlName?: string;
  readonly ec2QueryName?: string;
  readonly httpLabel?: 1;
  readonly httpQuery?: string;
  readonly httpHeader?: string;
  readonly httpPayload?: 1;
  readonly httpResponseCode?: 1;
  readonly httpError?: number;
  readonly awsQueryError?: readonly [code: string, status: number];
}

export function traitsOf(schema: NormalizedSchema): Traits {
  return schema.getMergedTraits() as Traits;
}

/** Returns a service's plain output, read as a structure. */
export function fieldsOf(value: unknown): Record<string, unknown> {
  return value && typeof value === "object" ? (value as Record<string, unknown>) : {};
}
