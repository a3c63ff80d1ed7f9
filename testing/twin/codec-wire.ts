/** What all protocols have in common: requests, responses, and the codec that reads and writes them. */
import type { ServiceModel } from "./codec-model.ts";
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
