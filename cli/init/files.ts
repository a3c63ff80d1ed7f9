/** The files that `holdfast init` writes. Pure. */
import type { HoldfastInput } from "../../src/config/holdfast.ts";

export interface Choices {
  /** Of the SST application. */
  readonly app: string;
  readonly pool: string;
  /** A partner's API, which the canary asks. */
  readonly url: string;
  readonly zones: number;
  readonly fallback: "off" | "cold" | "warm";
  /** Where alarms are mailed. */
  readonly email: string | undefined;
  readonly trail: "existing" | "create";
}

export interface InitFile {
  readonly name: string;
  readonly text: string;
}

/** Returns the choices as the configuration that the file will hold, to be checked before it is written. */
export function inputOf({ pool, url, zones, fallback, email, trail }: Choices): HoldfastInput {
  const described = {
    network: { create: { zones } },
    targets: [{ name: targetName(url), url }],
    fallback: { standby: fallback },
  };
  return { pools: { [pool]: described }, ...(email && { notifications: { email } }), trail };
}

/** Longest name that the configuration takes. */
const nameLength = 31;

/** Returns a name made of the partner's host. */
function targetName(url: string): string {
  const host = new URL(url).hostname.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  return host.slice(0, nameLength).replace(/^-|-$/g, "") || "partner";
}

/** Returns the configuration. @param source of `defineHoldfast` */
export function configurationFile(choices: Choices, source: string): InitFile {
  const { pool, url, zones, fallback, email, trail } = choices;
  const text = `import { defineHoldfast } from ${quoted(source)};

/** What Holdfast deploys. docs/configuration.md describes every field; \`npx holdfast validate\` checks the file without AWS. */
export default defineHoldfast({
  pools: {
    // Functions with the tag holdfast:pool = ${pool} are members, once they use the subnets and security groups that the
    // deployment prints. \`members\` chooses them by name or ARN instead.
    ${quoted(pool)}: {
      // A VPC of its own with a subnet in each zone. \`existing\` takes subnets that you have.
      network: { create: { zones: ${zones} } },
      // One address for each zone and as many spares are allocated. \`allocationIds\` takes addresses that you have.
      // addresses: { count: ${zones}, spares: ${zones} },
      // The canary asks this every minute from each subnet, so it should be cheap and must change nothing.
      targets: [{ name: ${quoted(targetName(url))}, url: ${quoted(url)} }],
      // When no spare helps, traffic leaves through a NAT gateway: "cold" makes it then, "warm" keeps it, "off" does without.
      fallback: { standby: ${quoted(fallback)} },
    },
  },
  // Alarms are mailed there, once the recipient has confirmed the subscription.
  ${email ? "" : "// "}notifications: { email: ${quoted(email ?? "on-call@example.com")} },
  // Changes are known from CloudTrail: "existing" where a trail records write events in this region, else "create".
  trail: ${quoted(trail)},
});
`;
  return { name: "holdfast.config.ts", text };
}

/** Returns an SST application that deploys the configuration. */
export function applicationFile({ app, pool }: Choices): InitFile {
  const text = `/// <reference path="./.sst/platform/config.d.ts" />

export default $config({
  app(input) {
    // \`sst remove\` refuses a protected stage before it begins.
    return { name: ${quoted(app)}, home: "aws", removal: "remove", protect: input?.stage === "production" };
  },
  async run() {
${runLines(pool, "    ")}
  },
});
`;
  return { name: "sst.config.ts", text };
}

/** Returns what deploys the configuration in an application that is there already. */
export function runLines(pool: string, indent: string): string {
  return [
    'const { Holdfast } = await import("holdfast/sst");',
    'const { default: config } = await import("./holdfast.config.ts");',
    'const { pools } = new Holdfast("Egress", { config, app: $app.name, stage: $app.stage });',
    "// A function joins by its network and its tag:",
    `// new sst.aws.Function("Orders", { handler: "orders.handler", ...pools[${quoted(pool)}]?.member });`,
    `return { addresses: pools[${quoted(pool)}]?.addresses };`,
  ]
    .map((line) => indent + line)
    .join("\n");
}

const quoted = (text: string) => JSON.stringify(text);
