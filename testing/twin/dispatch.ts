import { gunzipSync } from "node:zlib";
import type { Codec, WireRequest, WireResponse } from "./codec-model.ts";
import { NoAnswer } from "./faults.ts";
import type { Region } from "./region.ts";
import { AwsError } from "./service.ts";

/**
 * Returns a principal's access key id. AWS's own ids say nothing about the principal; the twin's carry its ARN, so that the
 * Authorization header alone identifies the caller, in-process and over HTTP.
 */
export function accessKeyIdOf(principal: string): string {
  return `${PRINCIPAL_KEY}${Buffer.from(principal).toString("base64url")}`;
}

const PRINCIPAL_KEY = "TWIN";

/** Returns the principal behind an access key id; any other key is the operator's. */
export function principalOf(accessKeyId: string): string | undefined {
  if (!accessKeyId.startsWith(PRINCIPAL_KEY)) return undefined;
  return Buffer.from(accessKeyId.slice(PRINCIPAL_KEY.length), "base64url").toString();
}

/** `Credential=<access key id>/<date>/<region>/<service>/aws4_request` */
const CREDENTIAL = /Credential=([^/]+)\/\d+\/[^/]+\/([^/]+)\/aws4_request/;

/**
 * Serves one request of any service of the region.
 * Throws `NoAnswer` when an injected fault keeps the answer back.
 */
export async function dispatch(region: Region, request: WireRequest): Promise<WireResponse> {
  const [, accessKeyId = "", scope] = CREDENTIAL.exec(request.headers["authorization"] ?? "") ?? [];
  const requestId = region.identifiers.uuid();
  const codec = (scope && region.codecs.get(scope)) || codecByTarget(region, request);
  if (!codec) return unknownService(scope);
  try {
    const { operation, input } = codec.decode(unzipped(request));
    const call = { service: codec.model.signingName, operation, input, principal: principalOf(accessKeyId) };
    return codec.encode(operation, await region.call(call, requestId), requestId);
  } catch (error) {
    if (error instanceof AwsError) return codec.encodeError(error, requestId);
    if (error instanceof NoAnswer) throw error;
    throw new Error(`the twin failed at ${request.method} ${request.path} of ${codec.model.signingName}`, {
      cause: error,
    });
  }
}

/** CloudWatch's clients compress large requests. */
function unzipped(request: WireRequest): WireRequest {
  return request.headers["content-encoding"] === "gzip" ? { ...request, body: gunzipSync(request.body) } : request;
}

/** Unsigned requests still name their service in `X-Amz-Target`; a form can only be EC2's. */
function codecByTarget(region: Region, request: WireRequest): Codec | undefined {
  const target = request.headers["x-amz-target"]?.split(".")[0];
  if (target) return [...region.codecs.values()].find(({ model }) => model.serviceTarget === target);
  const form = request.headers["content-type"]?.startsWith("application/x-www-form-urlencoded");
  return form ? region.codecs.get("ec2") : undefined;
}

function unknownService(scope: string | undefined): WireResponse {
  const text = scope ? `The twin has no service ${scope}.` : "The request is not signed and names no service.";
  return { status: 404, headers: { "content-type": "text/plain" }, body: Buffer.from(text) };
}
