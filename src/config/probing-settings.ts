/**
/**
 * The settings of the canary: `HOLDFAST_SETTINGS`, which the deployment makes from the operator's file, and of each probe
 * its own place. A probe has none: each invocation brings its round. docs/configuration.md describes every field.
 */
import * as z from "zod/mini";
import { boundFields, metricLevels, mostTargets, poolRefusals, scheduleBounds, targetBounds } from "./bounds.ts";
import { awsId, bounded, functionArn, loadAs, named, poolNetwork, problemsOf, resourceName } from "./load.ts";
import { syntaxProblem } from "./patterns.ts";
import { blockScopes, failurePhases, methods, otherVerdicts, protocols, type TargetRules } from "./target-rules.ts";

const pattern = z.string().check((context) => {
  const problem = syntaxProblem(context.value);
  if (problem) context.issues.push({ code: "custom", message: problem, input: context.value });
});
const condition = z.object({
  statuses: z.optional(z.array(bounded({ least: 100, most: 599 }))),
  header: z.optional(z.object({ name: z.string(), pattern })),
  body: z.optional(pattern),
  json: z.optional(z.object({ path: z.string(), pattern })),
  failure: z.optional(z.object({ phase: z.optional(z.enum(failurePhases)), code: z.optional(pattern) })),
});
const result = z.union([
  z.object({ kind: z.enum(otherVerdicts) }),
  z.object({ kind: z.literal("blocked"), scope: z.enum(blockScopes) }),
]);

const secret = z.object({ secret: z.string() });
const headerValue = z.union([z.string(), z.object({ ssm: z.string() }), secret]);

/** A target as the operator's file describes it (src/config/target.ts), which checks more than this. */
const target = z.object({
  name: resourceName,
  url: z.string(),
  method: z.enum(methods),
  protocol: z.enum(protocols),
  headers: z.record(z.string(), headerValue),
  clientCertificate: z.optional(secret),
  ...boundFields(targetBounds, bounded),
  healthy: z.optional(condition),
  rules: z.array(z.object({ id: z.string(), when: condition, result })),
  sharedPool: z.boolean(),
  allowHttp: z.boolean(),
  allowPrivate: z.boolean(),
});

const probe = z.strictObject({
  functionArn,
  /** Where its requests leave from, as alarms and dashboards name it, such as a zone. */
  vantage: z.string().check(z.regex(/^[a-z0-9-]{1,63}$/, "must be lower-case letters, digits and dashes")),
  kind: z.enum(["serving", "scout"]),
});

const pool = z.strictObject({
  name: resourceName,
  network: poolNetwork,
  probes: z.array(probe).check(
    z.refine((list) => new Set(list.map((it) => it.vantage)).size === list.length, "vantages must be unique"),
    z.refine((list) => list.every((it) => it.vantage !== "shared"), "no probe may be called shared"),
  ),
  /** Each is checked by itself, so that a wrong one does not stop the others. */
  targets: z.array(z.unknown()).check(z.minLength(1), z.maxLength(mostTargets)),
  roundsPerMinute: bounded(scheduleBounds.roundsPerMinute),
  /** Whether a target that keeps out the whole pool counts in the rate that triggers fallback. */
  poolRefusal: z.enum(poolRefusals),
  metrics: z.enum(metricLevels),
});

const canarySettings = z.strictObject({
  pools: named(pool),
  /** A page that answers with the caller's address as plain text. */
  echoUrl: z.url(),
});

export type CanarySettings = z.infer<typeof canarySettings>;
export type ProbingPool = z.infer<typeof pool>;
export type ProbeSettings = z.infer<typeof probe>;
export type ProbingTarget = z.infer<typeof target>;
export type HeaderValue = z.infer<typeof headerValue>;

/**
 * Reads and validates the canary's settings, targets aside.
 * @throws SettingsError that names the field and the remediation
 */
export const loadCanarySettings = loadAs(canarySettings);

/** The variable of a probe's environment that holds its own place, for the canary. */
export const homeVariable = "HOLDFAST_HOME";

/** Where the deployment has put a probe: it changes with the probe itself, and not a moment before or after. */
const probeHome = z.object({ vpcId: awsId("vpc"), subnetId: awsId("subnet"), securityGroupIds: z.array(awsId("sg")) });

export type ProbeHome = z.infer<typeof probeHome>;

/** Returns a probe's own place; undefined where its environment cannot be read. */
export function homeIn(variables: Readonly<Record<string, string>> | undefined): ProbeHome | undefined {
  try {
    return z.safeParse(probeHome, JSON.parse(variables?.[homeVariable] ?? "null")).data;
  } catch {
    return undefined;
  }
}

export interface ReadTargets {
  readonly targets: readonly ProbingTarget[];
  /** Targets that cannot be probed as they are configured, by name (or place in the list), with the reason. */
  readonly refused: ReadonlyMap<string, string>;
}

/** Returns a pool's targets: those that can be used, and what is wrong with the others. */
export function readTargets({ targets: values }: ProbingPool): ReadTargets {
  const targets: ProbingTarget[] = [];
  const refused = new Map<string, string>();
  values.forEach((value, index) => {
    const parsed = z.safeParse(target, value);
    const name = nameOf(value) ?? `targets.${index}`;
    if (!parsed.success) refused.set(name, problemsOf(parsed.error).join("; "));
    else if (targets.some((it) => it.name === name)) refused.set(`targets.${index}`, `name: ${name} is used twice`);
    else targets.push(parsed.data);
  });
  return { targets, refused };
}

function nameOf(value: unknown): string | undefined {
  return typeof value === "object" && value !== null && "name" in value && typeof value.name === "string"
    ? value.name
    : undefined;
}

/** Returns what `judge` needs of a target. */
export function targetRules({ rules, healthy }: ProbingTarget): TargetRules {
  return (healthy ? { rules, healthy } : { rules }) as TargetRules;
}
