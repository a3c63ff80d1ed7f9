/** A partner's API: how to probe it and what its answers mean. */
import { z } from "zod";
import { boundFields, mostTargets, targetBounds } from "./bounds.ts";
import { awsName, flag, strict, text, tuned, whole } from "./fields.ts";
import { patternProblem } from "./patterns.ts";
import {
  blockScopes,
  echoName,
  failurePhases,
  methods,
  otherVerdicts,
  protocols,
  type TargetRules,
} from "./target-rules.ts";
import { urlProblem } from "./url.ts";

const regularExpression = z.string({ error: "must be a regular expression" }).superRefine((source, context) => {
  const message = patternProblem(source);
  if (message) context.addIssue({ code: "custom", message, input: source });
});
const headerName = text(/^[A-Za-z0-9-]+$/, "must be a header's name, such as x-api-version");
const secretReference = "must be text, or a reference to a secret: { ssm: '/name' } or { secret: 'arn:aws:…' }";

const secretOf = (error: string) => strict({ secret: text(/^arn:aws[a-z-]*:secretsmanager:/, error) });

const condition = strict({
  statuses: z.array(whole(100, 599)).min(1, { error: "must list at least one HTTP status" }).exactOptional(),
  header: strict({ name: headerName, pattern: regularExpression }).exactOptional(),
  body: regularExpression.exactOptional(),
  json: strict({
    path: text(/./, "must be a dotted path, such as error.code"),
    pattern: regularExpression,
  }).exactOptional(),
  failure: strict({
    phase: z.enum(failurePhases, { error: `must be one of ${failurePhases.join(", ")}` }).exactOptional(),
    code: regularExpression.exactOptional(),
  }).exactOptional(),
})
  .refine((parts) => Object.keys(parts).length > 0, {
    error: "would never hold: give statuses, header, body, json or failure",
  })
  .refine(({ failure, ...answer }) => !failure || Object.keys(answer).length === 0, {
    error: "would never hold: a failure has no statuses, header, body or json",
  });

const result = z.union(
  [strict({ kind: z.enum(otherVerdicts) }), strict({ kind: z.literal("blocked"), scope: z.enum(blockScopes) })],
  {
    error: `must be { kind } with one of ${otherVerdicts.join(", ")}, or { kind: "blocked", scope } with one of ${blockScopes.join(", ")}`,
  },
);

const target = strict({
  name: awsName("target").refine((name) => name !== echoName, {
    error: "must not be echo, as the page that tells a probe its address is called: rename the target",
  }),
  url: z.string({ error: "must be a URL, such as https://api.example.com/health" }),
  /** docs/decisions/0015-the-default-method.md says why. */
  method: z.enum(methods, { error: "must be GET, HEAD or OPTIONS: a probe never writes" }).default("GET"),
  protocol: z.enum(protocols, { error: `must be one of ${protocols.join(", ")}` }).default("http/1.1"),
  headers: z
    .record(
      headerName,
      z.union([z.string(), strict({ ssm: text(/^\/?[\w./-]+$/, secretReference) }), secretOf(secretReference)], {
        error: secretReference,
      }),
      { error: "must be an object from header name to value" },
    )
    .default({}),
  /** A secret in JSON with `certificate`, `privateKey` and, for a partner with an authority of its own, `certificateAuthority`. */
  clientCertificate: secretOf(
    "must be a reference to a secret of Secrets Manager: { secret: 'arn:aws:secretsmanager:…' }",
  ).exactOptional(),
  ...boundFields(targetBounds, tuned),
  /** What healthy looks like; without it, any answer in which nothing refuses the caller. */
  healthy: condition.exactOptional(),
  /** Looked at before the known signatures, in order. */
  rules: z
    .array(
      strict({ id: text(/^[a-z0-9-]+$/, "must be lower-case letters, digits and dashes"), when: condition, result }),
    )
    .default([]),
  /**
   * Whether the shared address pool of Lambda may probe this target too, for comparison. Without a word on it, a target
   * with secrets may not: they would leave from addresses that anybody has.
   */
  sharedPool: flag().exactOptional(),
  /** The partner's own address ranges, which the flow-log widget then leaves out. */
  networks: z.array(z.cidrv4({ error: "must be an IPv4 range, such as 203.0.113.0/24" })).default([]),
  allowHttp: flag().default(false),
  allowPrivate: flag().default(false),
})
  .superRefine((it, context) => {
    const error = urlProblem(it.url, it);
    if (error) context.addIssue({ code: "custom", path: ["url"], message: error, input: it.url });
  })
  .refine((it) => it.connectTimeoutMs <= it.timeoutMs, {
    path: ["connectTimeoutMs"],
    error: "must not be longer than timeoutMs, which covers the whole request",
  })
  .refine((it) => !it.clientCertificate || !it.url.startsWith("http:"), {
    path: ["clientCertificate"],
    error: "needs TLS: begin url with https:",
  })
  .transform((it) => ({ ...it, sharedPool: it.sharedPool ?? !hasSecrets(it) }));

/** What a target's requests carry that nobody else may see. */
interface Carried {
  readonly headers: Readonly<Record<string, string | object>>;
  readonly clientCertificate?: object | undefined;
}

/** Returns whether a target's requests carry secrets. */
function hasSecrets({ headers, clientCertificate }: Carried): boolean {
  return clientCertificate !== undefined || Object.values(headers).some((it) => typeof it !== "string");
}

export const targets = z
  .array(target, { error: "is missing: list the partner APIs to probe, such as [{ name, url }]" })
  .min(1, { error: "must list at least one target: without one no probe can find a blocked address" })
  .max(mostTargets, { error: `must list at most ${mostTargets} targets: give the others to another pool` })
  .refine((list) => new Set(list.map(({ name }) => name)).size === list.length, {
    error: "must not use one name twice: rename one of the targets",
  });

export type Target = z.output<typeof target>;

/** Returns what `judge` needs of a target. */
export function rulesOf({ rules, healthy }: Target): TargetRules {
  return healthy ? { rules, healthy } : { rules };
}
