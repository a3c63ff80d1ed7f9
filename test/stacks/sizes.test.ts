import { runtime } from "@pulumi/pulumi";
import { beforeAll, describe, expect, it } from "vitest";
import { defineHoldfast, type HoldfastInput } from "../../src/config/holdfast.ts";
import { type Size, sizeProblems, sizesOf } from "../../stacks/sizes.ts";
import { type Account, accountId, emptyAccount, region } from "../../testing/deployment/stand-in/account.ts";
import { startRecording } from "../../testing/deployment/stand-in/recorder.ts";
import type { Names } from "../../testing/deployment/synthesize.ts";
import { existing as existingAccount } from "../deploy/accounts.ts";
import { type Deployment, deploy, smallest, targets } from "./deployment.ts";
import { account, everything, long } from "./long-names.ts";

const where = { partition: "aws", region, accountId };
const id = (prefix: string, letter: string) => `${prefix}-0${letter}1b2c3d4e5f60718`;
const existing = {
  vpcId: id("vpc", "a"),
  subnetIds: [id("subnet", "a"), id("subnet", "b")],
  securityGroupIds: [id("sg", "a")],
  routeTableIds: [id("rtb", "a"), id("rtb", "b")],
  natSubnetId: id("subnet", "c"),
  scoutSubnetId: id("subnet", "d"),
};
const headers = {
  authorization: { ssm: "/partners/token" },
  "x-key": { secret: "arn:aws:secretsmanager:us-east-1:1:s" },
};
const clientCertificate = { secret: "arn:aws:secretsmanager:us-east-1:1:c" };

const configurations: Record<string, HoldfastInput> = {
  smallest,
  everything,
  "a network that exists, with secrets and members by name": {
    pools: {
      ledger: {
        members: { names: ["ledger-*", "invoices"], tags: { team: "ledger" } },
        network: { existing },
        targets: [{ name: "partner", url: "https://api.example.com/", headers, clientCertificate }],
        fallback: { standby: "cold" },
        guarded: { functions: ["imports", "exports"] },
      },
    },
  },
  "eight pools": {
    pools: Object.fromEntries(
      Array.from({ length: 8 }, (_, index) => [
        `partner-${index}`,
        {
          network: { create: { zones: 2, cidr: `10.${index}.0.0/16` } },
          targets,
          fallback: { standby: "cold" as const },
        },
      ]),
    ),
  },
};

/** The stand-in's addresses (RFC 5737); the longest are predicted. */
const publicIps = /\b198\.51\.100\.\d+\b/g;

/** Returns the registered sizes, by the `what` of each. */
function registered({ of, resources }: Deployment): Record<string, number> {
  const lengths: Record<string, number> = {};
  const component = resources.find(({ name }) => name.endsWith("-relocate-role"))?.name.replace("-relocate-role", "");
  for (const name of ["relocate", "fallback", "attach", "canary"]) {
    const [lambda] = of("lambda/function:Function").filter((it) => it.name === `${component}-${name}-function`);
    if (!lambda) continue;
    const { variables } = lambda.inputs["environment"] as { variables: Record<string, string> };
    const text = variables["HOLDFAST_SETTINGS"] ?? "";
    const base = text.replace(/^ssm:|\/1-\d+:\d+$/g, "");
    const values = of("ssm/parameter:Parameter")
      .filter(({ inputs }) => inputs["name"] === base || String(inputs["name"]).startsWith(`${base}/`))
      .map(({ inputs }) => String(inputs["value"]));
    const sizes = (values.length > 0 ? values : [text]).map((value) => value.replace(publicIps, "255.255.255.255"));
    lengths[`the settings of ${name}`] = Math.max(...sizes.map((value) => Buffer.byteLength(value)));
    const managed = of("iam/policy:Policy").filter((it) => it.name.startsWith(`${component}-${name}-policy-`));
    lengths[`the policies of ${name}'s role`] = managed.length;
    const [policy] = of("iam/rolePolicy:RolePolicy").filter((it) => it.name === `${component}-${name}-policy`);
    lengths[`the policy of ${name}'s role`] = String(policy?.inputs["policy"]).length;
  }
  return lengths;
}

/** Returns the largest predicted size. */
function predicted(sizes: readonly Size[], what: string): number {
  return Math.max(...sizes.filter((it) => it.what.startsWith(what)).map(({ is }) => is));
}

describe.each(Object.entries(configurations))("predicted as it is registered: %s", (_, input) => {
  const stage = input === everything ? long.stage : "test";
  const names: Names = input === everything ? { app: long.app } : {};
  let deployment: Deployment;
  let sizes: readonly Size[];
  beforeAll(async () => {
    deployment = await deploy(
      input,
      stage,
      { ...account, ...existingAccount, addresses: [], addressQuota: 99, vpcQuota: 99, functions: account.functions },
      names,
    );
    sizes = await sizesOf({
      config: defineHoldfast(input),
      prefix: `${names.app ?? "holdfast"}-${stage}`,
      where,
    });
  });

  it("settings and policies", () => {
    const found = registered(deployment);
    const expected = Object.keys(found).map((what) => [what, predicted(sizes, what)]);
    expect(found).toEqual(Object.fromEntries(expected));
    expect(Object.keys(found).length).toBeGreaterThan(3);
  });

  it("alarms", () => {
    const bodies = deployment.of("cloudwatch/dashboard:Dashboard").map(({ inputs }) => String(inputs["dashboardBody"]));
    const shown = bodies.map((body) => {
      const { widgets } = JSON.parse(body) as {
        widgets: { type: string; properties: { title: string; alarms: unknown[] } }[];
      };
      expect(widgets).toHaveLength(predicted(sizes, "the dashboard"));
      const ofPools = widgets.filter(({ type, properties }) => type === "alarm" && properties.title === "Alarms");
      return Math.max(...ofPools.map(({ properties }) => properties.alarms.length));
    });
    expect(shown).toEqual([predicted(sizes, "its section of the dashboard")]);
    const descriptions = deployment
      .of("cloudwatch/metricAlarm:MetricAlarm")
      .map(({ inputs }) => inputs["alarmDescription"]);
    expect(Math.max(...descriptions.map((it) => String(it).length))).toBe(predicted(sizes, "the description"));
  });
});

type PoolInput = HoldfastInput["pools"][string];

const many = <Item>(count: number, make: (index: number) => Item) =>
  Array.from({ length: count }, (_, index) => make(index));
const pools = (count: number, more: Partial<PoolInput> = {}): HoldfastInput => ({
  pools: Object.fromEntries(
    many(count, (index) => [`partner-${index}`, { network: { create: {} }, targets, ...more }]),
  ),
});
const onePool = (more: Partial<PoolInput>) => pools(1, more);
const subnetIds = (count: number) => many(count, (index) => `subnet-${String(index).padStart(17, "0")}`);
const allocationIds = (count: number) => many(count, (index) => `eipalloc-${String(index).padStart(17, "0")}`);
/** A pool in a network with this many subnets, each with an address. */
const spacious = (count: number): Partial<PoolInput> => ({
  network: { existing: { ...existing, subnetIds: subnetIds(count) } },
  addresses: { allocationIds: allocationIds(count), fallbackAllocationId: "eipalloc-0f1b2c3d4e5f60718" },
  fallback: { standby: "cold" },
});
const functions = (count: number) => many(count, (index) => `a-function-whose-name-has-forty-chars-${index + 10}`);
const certificateArn = "arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d";
const callers = (count: number): Partial<PoolInput> => {
  const clients = many(count, (index) => `203.0.${index}.0/24`);
  return { ingress: { kind: "addresses", function: "callbacks", certificateArn, clients } };
};
const secret = (index: number) => ({
  secret: `arn:aws:secretsmanager:us-east-1:123456789012:secret:partners/${index}`,
});
const secretTargets = many(12, (target) => ({
  name: `partner-${target}`,
  url: "https://api.example.com/",
  headers: Object.fromEntries(many(11, (index) => [`x-${index}`, secret(100 * target + index)])),
}));
const networks = many(300, (index) => `203.${index % 200}.${Math.floor(index / 200)}.0/24`);

/** A pool by its number, that attaches functions of its own. */
function attaching(index: number): [string, PoolInput] {
  const own = many(60, (number) => `a-function-whose-name-has-forty-chars-${100 * (index + 1) + number}`);
  return [`partner-${index}`, { network: { create: {} }, targets, guarded: { functions: own, policy: "attach" } }];
}

async function problemsOf(input: HoldfastInput, more: Partial<Account> = {}): Promise<string[]> {
  await startRecording(runtime, { ...emptyAccount, ...more }, "holdfast", "test", false);
  return sizeProblems(defineHoldfast(input), "holdfast-test");
}

describe("refused before anything is created", () => {
  const rows: Record<string, [input: HoldfastInput, problem: RegExp]> = {
    "members selected one by one": [
      onePool({ members: { names: functions(200) } }),
      /^pools\.partner-0\.members: the settings of relocate would have 9\d{3} bytes, but AWS allows 8192: select members by a pattern or a tag instead of one by one, or spread/,
    ],
    "a fallback in many subnets": [
      onePool(spacious(44)),
      /^pools\.partner-0\.fallback: the settings of fallback would have 8\d{3} bytes, but AWS allows 8192: deploy a fallback for fewer pools/,
    ],
    "functions that may be attached, settings": [
      onePool({ guarded: { functions: functions(190), policy: "attach" } }),
      /^pools\.partner-0\.guarded\.functions: the settings of attach would have 8\d{3} bytes, but AWS allows 8192: guard fewer/,
    ],
    "targets of one pool": [
      onePool({ targets: secretTargets }),
      /^pools\.partner-0\.targets: the settings of canary would have 1\d{4} bytes, but AWS allows 8192: use fewer or shorter targets/,
    ],
    "functions that may be attached, policies": [
      { pools: Object.fromEntries(many(5, attaching)) },
      /^pools\.partner-\d\.guarded\.functions: the policies of attach's role would have 1\d managed policies, but AWS allows 10: guard fewer/,
    ],
    "guarded functions in one dashboard": [
      onePool({ guarded: { functions: functions(390) } }),
      /^pools\.partner-0\.guarded\.functions: its section of the dashboard would have 10\d alarms, but AWS allows 100: guard fewer/,
    ],
    "a link to the runbook": [
      { ...pools(1), notifications: { runbookUrl: `https://${"x".repeat(900)}` } },
      /^notifications\.runbookUrl: the description of an alarm of pool partner-0 would have 1\d{3} characters, but AWS allows 1024: use a shorter link/,
    ],
    "networks of partners in a query": [
      onePool({
        network: { create: { flowLogs: {} } },
        targets: [{ name: "partner", url: "https://api.example.com/", networks }],
      }),
      /^pools\.partner-0\.targets: the query for destinations that are not targets would have 1\d{4} characters, but AWS allows 10000: use fewer/,
    ],
    "ranges of clients": [
      onePool(callers(61)),
      /^pools\.partner-0\.ingress\.clients: the security group of its load balancer would have 61 ranges, but AWS allows 60: use fewer/,
    ],
  };
  it.each(Object.entries(rows))("%s", async (_, [input, problem]) => {
    expect(await problemsOf(input)).toContainEqual(expect.stringMatching(problem));
  });

  it("places of more pools than roles have policies for", async () => {
    const more = pools(180, { network: { create: { zones: 2 } }, fallback: { standby: "cold" } });
    const expected = [
      /^pools: the policies of relocate's role would have 1\d managed policies, but AWS allows 10: use fewer subnets/,
      /^pools: a managed policy of canary's role would have 1\d{4} characters, but AWS allows 6144: use fewer subnets/,
      /^pools: the policies of fallback's role would have 1\d managed policies, but AWS allows 10: deploy a fallback for fewer pools/,
    ];
    const problems = await problemsOf(more);
    for (const problem of expected) expect(problems).toContainEqual(expect.stringMatching(problem));
  });

  it("accepts more where the account's quota allows it", async () => {
    expect(await problemsOf(onePool(callers(61)), { rulesQuota: 100 })).toEqual([]);
    expect(await problemsOf(pools(100))).toEqual([]);
  });
});
