import type { IncidentIds, Seen } from "./answer.ts";

/** What each id is called on the page or in the logs of the one who gave it. */
export const idNames = {
  "cloudflare-ray": "Cloudflare Ray ID",
  "cloudfront-request": "CloudFront request ID",
  "aws-request": "AWS request ID (x-amzn-requestid)",
  "api-gateway-request": "API Gateway request ID (x-amz-apigw-id)",
  "akamai-reference": "Akamai reference number",
  "azure-reference": "Azure reference (x-azure-ref)",
  "azure-refused-address": "IP address that Azure refused",
  "imperva-session": "Imperva session (x-iinfo)",
  "imperva-incident": "Imperva incident ID",
  "f5-support": "F5 support ID",
  "sucuri-server": "Sucuri server (x-sucuri-id)",
  "sucuri-block": "Sucuri block ID",
  "datadome-client": "DataDome client ID",
  "vercel-request": "Vercel request ID",
  "fastly-server": "Fastly server (x-served-by)",
  "fastly-details": "Fastly details",
  request: "request ID (x-request-id)",
  correlation: "correlation ID (x-correlation-id)",
} as const;

type IdName = keyof typeof idNames;

/** Headers that identify an answer in its sender's logs. */
const idHeaders: readonly (readonly [header: string, name: IdName])[] = [
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
const idPatterns: readonly (readonly [name: IdName, pattern: RegExp])[] = [
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
  const ids: Partial<Record<IdName, string>> = {};
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
