/** A partner's API: how to probe it and what its answers mean. */
import { isIPv6 } from "node:net";
import { z } from "zod";
import { awsName, flag, strict, text, whole } from "./fields.ts";
import { isPublicAddress, literalAddress } from "./network-address.ts";
import { patternProblem } from "./patterns.ts";
import { echoName, type TargetRules } from "./target-rules.ts";

const regularExpression = z.string({ error: "must be a regular expression" }).superRefine((source, context) => {
  const message = patternProblem(source);
  if (message) context.addIssue({ code: "custom", message, input: source });
});
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
  name: awsName("target").refine((name) => name !== echoName, {
    error: "must not be echo, as the page that tells a probe its address is called: rename the target",
  }),
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

/** A probe asks a pool's targets one by one within its minute, and the canary reads no more than these. */
export const mostTargets = 20;

export const targets = z
  .array(target, { error: "is missing: list the partner APIs to probe, such as [{ name, url }]" })
  .min(1, { error: "must list at least one target: without one nobody notices that an address is blocked" })
  .max(mostTargets, { error: `must list at most ${mostTargets} targets: give the others to another pool` })
  .refine((list) => new Set(list.map(({ name }) => name)).size === list.length, {
    error: "must not use one name twice: rename one of the targets",
  });

export type Target = z.output<typeof target>;

/** What `judge` needs of a target. */
export function rulesOf({ rules, healthy }: Target): TargetRules {
  return healthy ? { rules, healthy } : { rules };
}

function urlProblem({ url, allowHttp, allowPrivate }: { url: string; allowHttp: boolean; allowPrivate: boolean }) {
  if (!URL.canParse(url)) return "must be a URL, such as https://api.example.com/health";
  const parsed = new URL(url);
  const { protocol, username, password } = parsed;
  if (username || password) return "must not hold credentials: put them into headers, as a reference to a secret";
  if (protocol === "http:" && !allowHttp) return "must begin with https: (or set allowHttp: true for a plain one)";
  if (protocol !== "https:" && protocol !== "http:") return "must begin with https:";
  if (isPrivate(parsed) && !allowPrivate) return "must not point into a private network (or set allowPrivate: true)";
  const address = literalAddress(parsed);
  if (address && isIPv6(address))
    return "must not be an IPv6 address: Elastic IPs are IPv4, and probes ask over nothing else";
  return undefined;
}

/** A probe looks at what a name resolves to; here the names are told that never lead to a partner. */
function isPrivate(url: Pick<URL, "hostname">): boolean {
  const address = literalAddress(url);
  if (address) return !isPublicAddress(address);
  return url.hostname === "localhost" || /\.(?:localhost|local|internal)$/.test(url.hostname);
}
