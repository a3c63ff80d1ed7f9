import type { IncidentIds, Seen } from "./answer.ts";

/** Headers that identify an answer in its sender's logs. */
const idHeaders: readonly (readonly [header: string, name: string])[] = [
  ["cf-ray", "cloudflare-ray"],
  ["x-amz-cf-id", "cloudfront-request"],
  ["x-amzn-requestid", "aws-request"],
  ["x-amz-apigw-id", "api-gateway-request"],
  ["x-reference-error", "akamai-reference"],
  ["x-azure-ref", "azure-reference"],
  ["x-ms-forbidden-ip", "azure-refused-address"],
  ["x-iinfo", "imperva-session"],
  ["x-sucuri-id", "sucuri-server"],
  ["x-sucuri-block", "sucuri-block"],
  ["x-datadome-cid", "datadome-client"],
  ["x-vercel-id", "vercel-request"],
  ["x-served-by", "fastly-server"],
  ["x-request-id", "request"],
  ["x-correlation-id", "correlation"],
];

/** The same, where they are only in the page. */
const idPatterns: readonly (readonly [name: string, pattern: RegExp])[] = [
  ["cloudflare-ray", /"ray_id":\s*"([0-9a-f]+)"|Ray ID:?\s*(?:<[^>]*>\s*)*([0-9a-f]{16})/],
  ["cloudfront-request", /Request ID:\s*([\w=-]{20,})/],
  ["akamai-reference", /Reference #(\d+\.[0-9a-f]+\.\d+\.[0-9a-f]+)/],
  ["imperva-incident", /incident ID:\s*([\d-]+)/i],
  ["f5-support", /support ID is:?\s*(?:<[^>]*>\s*)*(\d+)/i],
  ["sucuri-block", /Block ID:\s*(?:<[^>]*>\s*)*([A-Z]+\d+)/],
  ["fastly-details", /Details: (cache-[\w-]+ \d+ \d+)/],
];

/** Returns what identifies an answer in its sender's logs, for a support ticket. */
export function incidentIds({ headers, text }: Seen): IncidentIds {
  const ids: Record<string, string> = {};
  for (const [name, pattern] of idPatterns) {
    const found = pattern.exec(text);
    const id = found?.[1] ?? found?.[2];
    if (id) ids[name] = id;
  }
  for (const [header, name] of idHeaders) {
    const id = headers[header];
    if (id) ids[name] = id;
  }
  return ids;
}
