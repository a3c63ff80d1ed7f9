import { jsonRpcCodec } from "./codec-json.ts";
import { readModel, type ServiceModel } from "./codec-model.ts";
import { awsQueryCodec, ec2QueryCodec } from "./codec-query.ts";
import { restJsonCodec } from "./codec-rest.ts";
import type { AwsError } from "./service.ts";

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

const PROTOCOLS: Readonly<Record<string, (model: ServiceModel) => Codec>> = {
  "aws.protocols#ec2Query": ec2QueryCodec,
  "aws.protocols#awsQuery": awsQueryCodec,
  "aws.protocols#awsJson1_0": (model) => jsonRpcCodec(model, "1.0"),
  "aws.protocols#awsJson1_1": (model) => jsonRpcCodec(model, "1.1"),
  "aws.protocols#restJson1": restJsonCodec,
};

/** The codec of a client package, by the protocol that its client speaks. Throws for a protocol not known here. */
export function createCodec(sdk: Record<string, unknown>): Codec {
  const model = readModel(sdk);
  const create = PROTOCOLS[model.protocol];
  if (!create) throw new Error(`${model.signingName} speaks ${model.protocol}, which the twin does not`);
  return create(model);
}
