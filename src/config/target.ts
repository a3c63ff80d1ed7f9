/** A partner's API: how to probe it and what its answers mean. */
import { BlockList, isIP } from "node:net";
import { z } from "zod";
import type { TargetRules } from "../probing/answer.ts";
import { awsName, flag, strict, text, whole } from "./fields.ts";

const regularExpression = z.string({ error: "must be a regular expression" }).refine(
  (source) => {
    try {
      return new RegExp(source) instanceof RegExp;
    } catch {
      return false;
    }
  },
  { error: "must be a valid regular expression: escape characters such as ( or [ with a backslash" },
);
const headerName = text(/^[A-Za-z0-9-]+$/, "must be a header's name, such as x-api-version");
const secretReference = "must be text, or a reference to a secret: { ssm: '/name' } or { secret: 'arn:aws:…' }";

const condition = strict({
  statuses: z.array(whole(100, 599)).min(1, { error: "must list at least one HTTP status" }).exactOptional(),
  header: strict({ name: headerName, pattern: regularExpression }).exactOptional(),
  body: regularExpression.exactOptional(),
  json: strict({
    path: text(/./, "must be a dotted path, such as error.code"),
    pattern: regularExpression,
  }).exactOptional(),
}).refine((parts) => Object.keys(parts).length > 0, {
  error: "would never hold: give statuses, header, body or json",
});

const scopes = ["address", "network", "country", "client", "rate", "challenge", "legal", "unknown"] as const;
const kinds = ["ok", "unauthorized", "target-down", "no-egress", "unreachable"] as const;
const result = z.union(
  [strict({ kind: z.enum(kinds) }), strict({ kind: z.literal("blocked"), scope: z.enum(scopes) })],
  {
    error: `must be { kind } with one of ${kinds.join(", ")}, or { kind: "blocked", scope } with one of ${scopes.join(", ")}`,
  },
);

const target = strict({
  name: awsName("target"),
  url: z.string({ error: "must be a URL, such as https://api.example.com/health" }),
  method: z
    .enum(["OPTIONS", "HEAD", "GET"], { error: "must be OPTIONS, HEAD or GET: a probe never writes" })
    .default("OPTIONS"),
  headers: z
    .record(
      headerName,
      z.union(
        [
          z.string(),
          strict({ ssm: text(/^\/?[\w./-]+$/, secretReference) }),
          strict({ secret: text(/^arn:aws[a-z-]*:secretsmanager:/, secretReference) }),
        ],
        { error: secretReference },
      ),
      { error: "must be an object from header name to value" },
    )
    .default({}),
  connectTimeoutMs: whole(100, 10_000).default(3000),
  timeoutMs: whole(100, 20_000).default(5000),
  /** What healthy looks like; without it, any answer in which nothing refuses the caller. */
  healthy: condition.exactOptional(),
  /** Looked at before the known signatures, in order. */
  rules: z
    .array(
      strict({ id: text(/^[a-z0-9-]+$/, "must be lower-case letters, digits and dashes"), when: condition, result }),
    )
    .default([]),
  /** Whether the shared address pool of Lambda may probe this target too, for comparison. */
  sharedPool: flag().default(true),
  /** The partner's own address ranges, which the flow-log widget then leaves out. */
  networks: z.array(z.cidrv4({ error: "must be an IPv4 range, such as 203.0.113.0/24" })).default([]),
  allowHttp: flag().default(false),
  allowPrivate: flag().default(false),
})
  .superRefine((it, context) => {
    const error = urlProblem(it);
    if (error) context.addIssue({ code: "custom", path: ["url"], message: error, input: it.url });
  })
  .refine((it) => it.connectTimeoutMs <= it.timeoutMs, {
    path: ["connectTimeoutMs"],
    error: "must not be longer than timeoutMs, which covers the whole request",
  });

export const targets = z
  .array(target, { error: "is missing: list the partner APIs to probe, such as [{ name, url }]" })
  .min(1, { error: "must list at least one target: without one nobody notices that an address is blocked" })
  .refine((list) => new Set(list.map(({ name }) => name)).size === list.length, {
    error: "must not use one name twice: rename one of the targets",
  });

export type Target = z.output<typeof target>;

/** What `judge` needs of a target. */
export function rulesOf({ rules, healthy }: Target): TargetRules {
  return healthy ? { rules, healthy } : { rules };
}

/** Ranges of RFC 1918, 3927, 6598 and 4193, loopback and "this" network: never a partner on the internet. */
const privateRanges = new BlockList();
for (const [range, bits] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
] as const) {
  privateRanges.addSubnet(range, bits, "ipv4");
}
for (const [range, bits] of [
  ["::", 127],
  ["fc00::", 7],
  ["fe80::", 10],
] as const) {
  privateRanges.addSubnet(range, bits, "ipv6");
}

function urlProblem({ url, allowHttp, allowPrivate }: { url: string; allowHttp: boolean; allowPrivate: boolean }) {
  if (!URL.canParse(url)) return "must be a URL, such as https://api.example.com/health";
  const { protocol, hostname, username, password } = new URL(url);
  if (username || password) return "must not hold credentials: put them into headers, as a reference to a secret";
  if (protocol === "http:" && !allowHttp) return "must begin with https: (or set allowHttp: true for a plain one)";
  if (protocol !== "https:" && protocol !== "http:") return "must begin with https:";
  if (isPrivate(hostname) && !allowPrivate) return `must not point into a private network (or set allowPrivate: true)`;
  return undefined;
}

function isPrivate(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, "");
  const version = isIP(host);
  if (version === 0) return host === "localhost" || /\.(?:localhost|local|internal)$/.test(host);
  return privateRanges.check(host, version === 6 ? "ipv6" : "ipv4");
}
