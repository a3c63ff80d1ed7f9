/**
 * What the canary is told: `HOLDFAST_SETTINGS`, made at deployment from the operator's file, and of each probe its own
 * place. A probe is told nothing but its rounds. docs/configuration.md describes every field.
 */
import * as z from "zod/mini";
import { awsId, functionArn, load, named, poolNetwork, problemsOf, resourceName } from "./load.ts";
import { syntaxProblem } from "./patterns.ts";
import type { TargetRules } from "./target-rules.ts";

const whole = (least: number, most: number) => z.number().check(z.int(), z.minimum(least), z.maximum(most));

const pattern = z.string().check((context) => {
  const problem = syntaxProblem(context.value);
  if (problem) context.issues.push({ code: "custom", message: problem, input: context.value });
});
const condition = z.object({
  statuses: z.optional(z.array(whole(100, 599))),
  header: z.optional(z.object({ name: z.string(), pattern })),
  body: z.optional(pattern),
  json: z.optional(z.object({ path: z.string(), pattern })),
});
const result = z.union([
  z.object({ kind: z.enum(["ok", "unauthorized", "target-down", "no-egress", "unreachable"]) }),
  z.object({
    kind: z.literal("blocked"),
    scope: z.enum(["address", "network", "country", "client", "rate", "challenge", "legal", "unknown"]),
  }),
]);

const headerValue = z.union([z.string(), z.object({ ssm: z.string() }), z.object({ secret: z.string() })]);

/** A target as the operator's file describes it (src/config/target.ts), which checks more than this. */
const target = z.object({
  name: resourceName,
  url: z.string(),
  method: z._default(z.enum(["OPTIONS", "HEAD", "GET"]), "OPTIONS"),
  headers: z._default(z.record(z.string(), headerValue), {}),
  connectTimeoutMs: z._default(whole(100, 10_000), 3000),
  timeoutMs: z._default(whole(100, 20_000), 5000),
  maxRedirects: z._default(whole(0, 5), 3),
  healthy: z.optional(condition),
  rules: z._default(z.array(z.object({ id: z.string(), when: condition, result })), []),
  sharedPool: z._default(z.boolean(), true),
  allowHttp: z._default(z.boolean(), false),
  allowPrivate: z._default(z.boolean(), false),
});

const probe = z.strictObject({
  functionArn,
  /** Where it leaves from, as alarms and dashboards name it, such as a zone. */
  vantage: z.string().check(z.regex(/^[a-z0-9-]{1,63}$/, "must be lower-case letters, digits and dashes")),
  kind: z._default(z.enum(["serving", "scout"]), "serving"),
});

const pool = z.strictObject({
  name: resourceName,
  network: poolNetwork,
  probes: z.array(probe).check(
    z.refine((list) => new Set(list.map((it) => it.vantage)).size === list.length, "vantages must be unique"),
    z.refine((list) => list.every((it) => it.vantage !== "shared"), "no probe may be called shared"),
  ),
  /** Each is checked by itself, so that a wrong one leaves the others in peace. */
  targets: z.array(z.unknown()).check(z.minLength(1), z.maxLength(20)),
  roundsPerMinute: z._default(whole(1, 6), 1),
  /** Rounds that must agree before an address, a target or a vantage counts as changed. */
  confirm: z._default(
    z
      .strictObject({ atLeast: whole(1, 20), of: whole(1, 20) })
      .check(
        z.refine(({ atLeast, of }) => atLeast <= of && atLeast * 2 > of, "atLeast must be more than half of `of`"),
      ),
    { atLeast: 3, of: 5 },
  ),
});

const canarySettings = z.strictObject({
  pools: named(pool),
  /** A page that answers with the caller's address as plain text. */
  echoUrl: z._default(z.url(), "https://checkip.amazonaws.com/"),
  eventBusName: z._default(z.string(), "default"),
  metricsNamespace: z._default(z.string(), "Holdfast"),
});

export type CanarySettings = z.infer<typeof canarySettings>;
export type ProbingPool = z.infer<typeof pool>;
export type ProbeSettings = z.infer<typeof probe>;
export type ProbingTarget = z.infer<typeof target>;
export type HeaderValue = z.infer<typeof headerValue>;

/**
 * Reads and validates the canary's settings, targets aside.
 * @throws SettingsError that names the field and the remedy
 */
export function loadCanarySettings(
  text: string | undefined,
  readParameter: (name: string) => Promise<string | undefined>,
): Promise<CanarySettings> {
  return load(canarySettings, text, readParameter);
}

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

/** A pool's targets: those that can be used, and what is wrong with the others. */
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

/** What `judge` needs of a target. */
export function targetRules({ rules, healthy }: ProbingTarget): TargetRules {
  return (healthy ? { rules, healthy } : { rules }) as TargetRules;
}
