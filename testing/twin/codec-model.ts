import { NormalizedSchema } from "@smithy/core/schema";
import type { AwsError } from "./service.ts";

/** One operation as the SDK's runtime schemas describe it. `http` is set for REST protocols only. */
export interface OperationModel {
  readonly name: string;
  readonly input: NormalizedSchema;
  readonly output: NormalizedSchema;
  readonly http: { readonly method: string; readonly path: string; readonly status: number } | undefined;
}

/** The facts about a service in its client package. */
export interface ServiceModel {
  /** The service's name in a signature's credential scope, e.g. `events` for EventBridge. */
  readonly signingName: string;
  /** Smithy shape id, e.g. `aws.protocols#ec2Query`. */
  readonly protocol: string;
  /** First half of `X-Amz-Target`. */
  readonly serviceTarget: string;
  readonly xmlNamespace: string;
  readonly namespace: string;
  readonly operations: ReadonlyMap<string, OperationModel>;
  readonly errors: ReadonlyMap<string, NormalizedSchema>;
}

/** An HTTP request, complete. Header names are in lower case; the path is still percent-encoded. */
export interface WireRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface WireResponse {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
}

export interface DecodedCall {
  readonly operation: string;
  readonly input: Record<string, unknown>;
}

/** The server's side of one service's protocol. */
export interface Codec {
  readonly model: ServiceModel;
  /** Throws `AwsError` for a request that names no operation of the service. */
  decode(request: WireRequest): DecodedCall;
  encode(operation: string, output: unknown, requestId: string): WireResponse;
  encodeError(error: AwsError, requestId: string): WireResponse;
}

interface ClientConfig {
  readonly defaultSigningName: string;
  readonly protocol: { getShapeId(): string };
  readonly protocolSettings: { serviceTarget?: string; xmlNamespace?: string; defaultNamespace: string };
}

type ClientConstructor = new (settings: Record<string, unknown>) => { config: ClientConfig };

/** Static schemas are tuples `[kind, namespace, name, traits, …]`; these are the kinds that matter here. */
const KIND_OPERATION = 9;
const KIND_ERROR = -3;

/**
 * Reads the model out of a client package's exports (`import * as ec2 from "@aws-sdk/client-ec2"`).
 * Throws when the package exports no client or no schemas.
 */
export function readModel(sdk: Record<string, unknown>): ServiceModel {
  const { config } = new (findClient(sdk))({ region: "us-east-1", endpoint: "http://twin.invalid" });
  const operations = new Map<string, OperationModel>();
  const errors = new Map<string, NormalizedSchema>();
  for (const value of Object.values(sdk)) {
    if (!Array.isArray(value)) continue;
    if (value[0] === KIND_OPERATION) operations.set(value[2], readOperation(value));
    if (value[0] === KIND_ERROR) errors.set(value[2], NormalizedSchema.of(value as never));
  }
  if (operations.size === 0)
    throw new Error(`no operation schemas exported by the package of ${config.defaultSigningName}`);
  return {
    signingName: config.defaultSigningName,
    protocol: config.protocol.getShapeId(),
    serviceTarget: config.protocolSettings.serviceTarget ?? "",
    xmlNamespace: config.protocolSettings.xmlNamespace ?? "",
    namespace: config.protocolSettings.defaultNamespace,
    operations,
    errors,
  };
}

/** `EC2Client` and its like; packages also export the base class as `__Client`. */
function findClient(sdk: Record<string, unknown>): ClientConstructor {
  const name = Object.keys(sdk).find((key) => /^[A-Z]\w*Client$/.test(key));
  if (!name) throw new Error("the package exports no client");
  return sdk[name] as ClientConstructor;
}

function readOperation(schema: unknown[]): OperationModel {
  const traits = (schema[3] || {}) as { http?: [string, string, number] };
  return {
    name: schema[2] as string,
    input: NormalizedSchema.of(schema[4] as never),
    output: NormalizedSchema.of(schema[5] as never),
    http: traits.http && { method: traits.http[0], path: traits.http[1], status: traits.http[2] },
  };
}
