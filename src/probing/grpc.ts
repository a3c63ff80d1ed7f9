/** A unary gRPC call with an empty message, and what its answer means in HTTP's terms, which all rules read. Pure. */
import type { BodyStart, Incoming } from "./body.ts";

/** The standard health check (grpc/grpc, doc/health-checking.md): asked where the URL names no method of its own. */
export const healthPath = "/grpc.health.v1.Health/Check";

/** What makes a request a call (grpc/grpc, doc/PROTOCOL-HTTP2.md). */
export const callHeaders = { "content-type": "application/grpc", te: "trailers" } as const;

/** No compression, and no bytes: a message with all of its fields unset. */
export const emptyMessage = /* @__PURE__ */ Buffer.alloc(5);

/** By code, the status of HTTP that `google/rpc/code.proto` gives. */
const statuses = [200, 499, 500, 400, 504, 404, 409, 403, 429, 400, 409, 400, 501, 500, 503, 500, 401];
/** UNKNOWN: a code that is not in the list, or none at all. */
const unknown = 500;

/** What the health check's answer says (grpc.health.v1.HealthCheckResponse.ServingStatus). */
const servingStatuses = ["UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"];

/** Returns the URL to call. */
export function callUrl(url: URL): URL {
  return url.pathname === "/" ? new URL(healthPath, url) : url;
}

/**
 * Returns the answer as HTTP's, with the trailers among its headers and the call's message as its text. What is no answer
 * of gRPC, such as a page of a firewall, is left as it is (undefined).
 */
export function answerOfCall(
  url: URL,
  { status, headers, trailers }: Incoming,
  { bytes, complete }: BodyStart,
): { readonly status: number; readonly headers: Incoming["headers"]; readonly body: string } | undefined {
  if (status !== 200 || !headers["content-type"]?.startsWith("application/grpc")) return undefined;
  const all = { ...headers, ...trailers() };
  const code = all["grpc-status"];
  if (code === undefined) return { status: complete ? unknown : status, headers: all, body: "" };
  const message = decoded(all["grpc-message"] ?? "");
  if (code !== "0") return { status: statuses[Number(code)] ?? unknown, headers: all, body: message };
  if (url.pathname !== healthPath) return { status, headers: all, body: message };
  const serving = servingStatus(bytes);
  return { status: serving === "SERVING" ? 200 : 503, headers: all, body: serving };
}

/** Returns the health check's one field: a varint with the number 1, left out where it is 0 (Protocol Buffers, encoding). */
function servingStatus(bytes: Buffer): string {
  const [tag, value = 0] = bytes.subarray(emptyMessage.length);
  return servingStatuses[tag === 0x08 ? value : 0] ?? "UNKNOWN";
}

/** The message is percent-encoded; what is not is read as it is. */
function decoded(message: string): string {
  try {
    return decodeURIComponent(message);
  } catch {
    return message;
  }
}
