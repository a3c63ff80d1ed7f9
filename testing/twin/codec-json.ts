import type { NormalizedSchema } from "@smithy/core/schema";
import type { Codec, ServiceModel } from "./codec-model.ts";
import { DEFAULT_TIMESTAMP, fieldsOf, readTimestamp, type Traits, traitsOf, writeTimestamp } from "./codec-values.ts";
import { AwsError } from "./service.ts";

/** awsJson 1.0 and 1.1: one path, the operation in `X-Amz-Target`, members under their own names. */
export function jsonRpcCodec(model: ServiceModel, version: "1.0" | "1.1"): Codec {
  const headers = (requestId: string) => ({
    "content-type": `application/x-amz-json-${version}`,
    "x-amzn-requestid": requestId,
  });
  return {
    model,
    decode(request) {
      const name = request.headers["x-amz-target"]?.split(".").at(-1) ?? "";
      const operation = model.operations.get(name);
      if (!operation) throw new AwsError("UnknownOperationException", `Unknown operation ${name}`, 404);
      return { operation: name, input: fieldsOf(readJson(operation.input, parseJson(request.body))) };
    },
    encode(name, output, requestId) {
      const schema = model.operations.get(name)?.output;
      const fields = schema?.isStructSchema() ? writeJson(schema, fieldsOf(output)) : {};
      return { status: 200, headers: headers(requestId), body: Buffer.from(JSON.stringify(fields)) };
    },
    encodeError(error, requestId) {
      const traits = errorTraits(model, error);
      // Services that once spoke awsQuery send the old code in a header, which the SDK prefers.
      const query = traits.awsQueryError && { "x-amzn-query-error": `${traits.awsQueryError[0]};${fault(error)}` };
      const body = { __type: `${model.namespace}#${error.code}`, message: error.message, Message: error.message };
      return {
        status: statusOf(error, model),
        headers: { ...headers(requestId), ...query },
        body: Buffer.from(JSON.stringify(body)),
      };
    },
  };
}

/** Returns the status that the error's schema names, unless the thrower chose one other than the default. */
export function statusOf(error: AwsError, model: ServiceModel): number {
  if (error.status !== 400) return error.status;
  return errorTraits(model, error).httpError ?? 400;
}

function errorTraits(model: ServiceModel, error: AwsError): Traits {
  const schema = model.errors.get(error.code);
  return schema ? traitsOf(schema) : {};
}

function fault(error: AwsError): "Sender" | "Receiver" {
  return error.status < 500 ? "Sender" : "Receiver";
}

/** An empty body reads as an empty structure. Throws `AwsError` `SerializationException` for what is no JSON. */
export function parseJson(body: Uint8Array): unknown {
  if (body.length === 0) return {};
  try {
    return JSON.parse(Buffer.from(body).toString());
  } catch {
    throw new AwsError("SerializationException", "The request body is not valid JSON.");
  }
}

/** JSON → SDK values. Members go by their own names: none of the services here renames one (`jsonName`). */
export function readJson(schema: NormalizedSchema, value: unknown): unknown {
  if (value === null || value === undefined) return undefined;
  if (schema.isStructSchema()) {
    const source = fieldsOf(value);
    const fields: Record<string, unknown> = {};
    for (const [name, member] of schema.structIterator()) {
      const field = readJson(member, source[name]);
      if (field !== undefined) fields[name] = field;
    }
    return fields;
  }
  if (schema.isListSchema() && Array.isArray(value)) {
    return value.map((item) => readJson(schema.getValueSchema(), item));
  }
  if (schema.isMapSchema()) return mapValues(value, (item) => readJson(schema.getValueSchema(), item));
  if (schema.isTimestampSchema()) return readTimestamp(schema, value as string | number, DEFAULT_TIMESTAMP.json);
  if (schema.isBlobSchema()) return new Uint8Array(Buffer.from(String(value), "base64"));
  return value;
}

/** SDK values → JSON. Members without a value are left out, as AWS does. */
export function writeJson(schema: NormalizedSchema, value: unknown): unknown {
  if (value === null || value === undefined) return undefined;
  if (schema.isStructSchema()) {
    const source = fieldsOf(value);
    const fields: Record<string, unknown> = {};
    for (const [name, member] of schema.structIterator()) {
      fields[name] = writeJson(member, source[name]);
    }
    return fields;
  }
  if (schema.isListSchema() && Array.isArray(value)) {
    return value.map((item) => writeJson(schema.getValueSchema(), item));
  }
  if (schema.isMapSchema()) return mapValues(value, (item) => writeJson(schema.getValueSchema(), item));
  if (value instanceof Date) return writeTimestamp(schema, value, DEFAULT_TIMESTAMP.json);
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  return value;
}

function mapValues(value: unknown, change: (item: unknown) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fieldsOf(value)).map(([key, item]) => [key, change(item)]));
}
