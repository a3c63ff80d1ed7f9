import type { NormalizedSchema } from "@smithy/core/schema";
import { parseJson, readJson, statusOf, writeJson } from "./codec-json.ts";
import type { Codec, OperationModel, ServiceModel, WireRequest } from "./codec-model.ts";
import { DEFAULT_TIMESTAMP, fieldsOf, readText, traitsOf, writeText } from "./codec-values.ts";
import { AwsError } from "./service.ts";

interface Route {
  readonly operation: OperationModel;
  readonly pattern: RegExp;
  readonly labels: readonly string[];
  /** Query parameters that are part of the route, such as `List=ALL`. */
  readonly query: readonly (readonly [string, string])[];
}

/** restJson1: the operation is the method and the path; members travel in labels, query, headers and body. */
export function restJsonCodec(model: ServiceModel): Codec {
  // Routes that ask for more come first: another operation may have the same path without the query parameter.
  const routes = [...model.operations.values()].flatMap(toRoute).sort((a, b) => b.query.length - a.query.length);
  return {
    model,
    decode(request) {
      for (const { operation, pattern, labels, query } of routes) {
        if (operation.http?.method !== request.method) continue;
        const match = pattern.exec(request.path);
        if (!match || query.some(([name, value]) => request.query.get(name) !== value)) continue;
        const values = new Map(labels.map((label, index) => [label, decodeURIComponent(match[index + 1] ?? "")]));
        return { operation: operation.name, input: readInput(operation.input, request, values) };
      }
      throw new AwsError("UnknownOperationException", `Unknown operation ${request.method} ${request.path}`, 404);
    },
    encode(name, output, requestId) {
      const operation = model.operations.get(name);
      const response = {
        status: operation?.http?.status ?? 200,
        headers: jsonHeaders(requestId),
        body: new Uint8Array(),
      };
      return operation?.output.isStructSchema() ? writeOutput(operation.output, fieldsOf(output), response) : response;
    },
    encodeError(error, requestId) {
      const body = { Type: error.status < 500 ? "User" : "Server", message: error.message, Message: error.message };
      return {
        status: statusOf(error, model),
        headers: { ...jsonHeaders(requestId), "x-amzn-errortype": error.code },
        body: Buffer.from(JSON.stringify(body)),
      };
    },
  };
}

function jsonHeaders(requestId: string): Record<string, string> {
  return { "content-type": "application/json", "x-amzn-requestid": requestId };
}

function toRoute(operation: OperationModel): Route[] {
  if (!operation.http) return [];
  const [path = "", constants = ""] = operation.http.path.split("?");
  const labels: string[] = [];
  const source = path
    .split(/(\{[^}]+\})/)
    .map((part) => {
      if (!part.startsWith("{")) return part.replace(/[.*+?^$()|[\]\\]/g, "\\$&");
      const greedy = part.endsWith("+}");
      labels.push(part.slice(1, greedy ? -2 : -1));
      return greedy ? "(.+)" : "([^/]+)";
    })
    .join("");
  // A trailing slash is optional: some of Lambda's paths have one that clients may drop.
  const pattern = new RegExp(`^${source.replace(/\/$/, "")}/?$`);
  const query = [...new URLSearchParams(constants)];
  return [{ operation, pattern, labels, query }];
}

function readInput(
  schema: NormalizedSchema,
  request: WireRequest,
  labels: Map<string, string>,
): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  if (!schema.isStructSchema()) return input;
  let body: Record<string, unknown> | undefined;
  for (const [name, member] of schema.structIterator()) {
    const traits = traitsOf(member);
    let value: unknown;
    if (traits.httpLabel) value = readText(member, labels.get(name) ?? "", DEFAULT_TIMESTAMP.query);
    else if (traits.httpQuery) value = readQuery(member, request.query.getAll(traits.httpQuery));
    else if (traits.httpHeader) value = readHeader(member, request.headers[traits.httpHeader.toLowerCase()]);
    else if (traits.httpPayload) value = readPayload(member, request.body);
    else {
      body ??= fieldsOf(parseJson(request.body));
      value = readJson(member, body[name]);
    }
    if (value !== undefined) input[name] = value;
  }
  return input;
}

function readQuery(schema: NormalizedSchema, values: string[]): unknown {
  const first = values[0];
  if (first === undefined) return undefined;
  if (!schema.isListSchema()) return readText(schema, first, DEFAULT_TIMESTAMP.query);
  const member = schema.getValueSchema();
  return values.map((value) => readText(member, value, DEFAULT_TIMESTAMP.query));
}

function readHeader(schema: NormalizedSchema, text: string | undefined): unknown {
  return text === undefined ? undefined : readText(schema, text, DEFAULT_TIMESTAMP.header);
}

function readPayload(schema: NormalizedSchema, body: Uint8Array): unknown {
  if (body.length === 0) return undefined;
  if (schema.isBlobSchema()) return body;
  if (schema.isStringSchema()) return Buffer.from(body).toString();
  return readJson(schema, parseJson(body));
}

interface Mutable {
  status: number;
  headers: Record<string, string>;
  body: Uint8Array;
}

function writeOutput(schema: NormalizedSchema, output: Record<string, unknown>, response: Mutable): Mutable {
  const body: Record<string, unknown> = {};
  let payload: Uint8Array | undefined;
  for (const [name, member] of schema.structIterator()) {
    const value = output[name];
    const traits = traitsOf(member);
    if (traits.httpPayload) payload = writePayload(member, value);
    else if (value === undefined || value === null) continue;
    else if (traits.httpResponseCode) response.status = Number(value);
    else if (traits.httpHeader)
      response.headers[traits.httpHeader.toLowerCase()] = writeText(member, value, DEFAULT_TIMESTAMP.header);
    else body[name] = writeJson(member, value);
  }
  // 204 answers have no body at all.
  const text = response.status === 204 ? "" : JSON.stringify(body);
  return { ...response, body: payload ?? Buffer.from(text) };
}

function writePayload(schema: NormalizedSchema, value: unknown): Uint8Array {
  if (value === undefined || value === null) return new Uint8Array();
  if (value instanceof Uint8Array) return value;
  if (schema.isBlobSchema() || schema.isStringSchema()) return Buffer.from(String(value));
  return Buffer.from(JSON.stringify(writeJson(schema, value)));
}
