/**
 * The operator's file: `export default defineHoldfast({ … })` in holdfast.config.ts. docs/configuration.md explains it.
 */
import { z } from "zod";
import { monitoringLevels, verificationBounds } from "./bounds.ts";
import { awsName, flag, retention, strict, text, tuned } from "./fields.ts";
import { overlaps } from "./overlap.ts";
import { pool } from "./pool.ts";
import { urlProblem } from "./url.ts";

const email = z.email({ error: "must be an e-mail address, such as on-call@example.com" });
const topicArn = text(
  /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]+$/,
  "must be an SNS topic's ARN, such as arn:aws:sns:us-east-1:123456789012:on-call",
);

/** Where alarms go: to a topic that is made, which notifies the address if there is one, or to one of the operator's. */
const destination = { email: email.exactOptional(), topicArn: topicArn.exactOptional() };
const isOne = (it: { readonly email?: string; readonly topicArn?: string }) => !it.email || !it.topicArn;
const both = "give email or topicArn, not both: to your own topic, subscribe the address yourself";

const notifications = strict({
  ...destination,
  /** For alarms that can wait for the working day; without it, they go where all go. */
  tickets: strict(destination).refine(isOne, { error: both }).exactOptional(),
  /** Where on-call engineers read docs/runbook.md; alarms link to its sections. */
  runbookUrl: text(/^\S+$/, "must be a link, such as https://git.example.com/holdfast/docs/runbook.md").default(
    "docs/runbook.md",
  ),
}).refine(isOne, { error: both });

export const holdfast = strict({
  pools: z
    .record(awsName("pool"), pool, { error: "is missing: give an object from pool name to pool" })
    .refine((pools) => Object.keys(pools).length > 0, { error: "must hold at least one pool" }),
  notifications: notifications.prefault({}),
  /** `lean`: few metrics and alarms, each naming its causes. `full`: one for each cause, which CloudWatch bills. */
  monitoring: z.enum(monitoringLevels, { error: "must be lean or full" }).default("lean"),
  retention: strict({ logDays: retention().default(30) }).prefault({}),
  budgets: strict({ verificationsPerMonth: tuned(verificationBounds) }).prefault({}),
  /**
   * A page that answers with the caller's IP address as plain text: by it, probes know which address they leave from.
   */
  echoUrl: z
    .string({ error: "must be a URL, such as https://checkip.amazonaws.com/" })
    .superRefine((url, context) => {
      const message = urlProblem(url);
      if (message) context.addIssue({ code: "custom", message, input: url });
    })
    .default("https://checkip.amazonaws.com/"),
  /** `create` makes a trail of management events; `existing` means that one is logging in this region already. */
  trail: z.enum(["existing", "create"], { error: "must be existing or create" }).default("existing"),
  /** Whether CloudFormation exports publish each pool's subnets and security groups, beside the parameters that do always. */
  cloudFormationExports: flag().default(false),
  addresses: strict({
    /**
     * What happens to allocated addresses that leave the deployment. `retain`: they stay in the account. `protect`:
     * they stay too, and a removal of the stage stops before it deletes anything. `release`: AWS gets them back, for
     * ever. By default, `protect` in the stage `production` and `release` in others.
     */
    onRemove: z.enum(["protect", "retain", "release"], { error: "must be protect, retain or release" }).exactOptional(),
  }).prefault({}),
}).transform((config, context) => {
  for (const { path, message } of overlaps(config.pools)) {
    context.addIssue({ code: "custom", path: ["pools", ...path], message, input: config.pools });
  }
  return config;
});

/** The file as it is written. */
export type HoldfastInput = z.input<typeof holdfast>;
/** The file with its defaults, validated. */
export type HoldfastConfig = z.output<typeof holdfast>;

export type OnRemove = NonNullable<HoldfastConfig["addresses"]["onRemove"]>;

/** Returns what a removal does with the addresses of a stage: what the file says, or the default. */
export function onRemoveIn({ addresses }: HoldfastConfig, stage: string): OnRemove {
  return addresses.onRemove ?? (stage === "production" ? "protect" : "release");
}

/** A file that cannot be deployed. Each line names a field by its path and what to write there. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";

  constructor(readonly problems: readonly string[]) {
    super(`holdfast.config.ts is not valid, nothing was changed:\n${problems.map((it) => `  ${it}`).join("\n")}`);
  }
}

/**
 * Checks the operator's file and fills in defaults.
 *
 * @throws ConfigError that lists every problem with its path and remediation
 */
export function defineHoldfast(input: HoldfastInput): HoldfastConfig {
  const parsed = holdfast.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new ConfigError(parsed.error.issues.map((issue) => `${pathOf(issue.path)}: ${messageOf(issue)}`));
}

function pathOf(path: readonly PropertyKey[]): string {
  const text = path.map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`)).join("");
  return text.replace(/^\./, "") || "(root)";
}

/** Returns what is wrong. Where the key of a record fails, the reason is inside. */
function messageOf(issue: z.core.$ZodIssue): string {
  return issue.code === "invalid_key" ? (issue.issues[0]?.message ?? issue.message) : issue.message;
}
