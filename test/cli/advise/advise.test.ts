/** What `holdfast advise` says of accounts as AWS answers about them. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { type Advice, adviseOn } from "../../../cli/advise/advice.ts";
import { configurationFile } from "../../../cli/advise/configuration.ts";
import { migrationPlan } from "../../../cli/advise/migration.ts";
import { regionText } from "../../../cli/advise/text.ts";
import { plain } from "../../../cli/support/style.ts";
import { defineHoldfast } from "../../../src/config/holdfast.ts";
import { createAuthorizer } from "../../../testing/twin/iam.ts";
import { AwsError } from "../../../testing/twin/service.ts";
import { accountId, group, nowMs, serve } from "./account.ts";
import { accounts } from "./accounts.ts";

type Name = keyof typeof accounts;
type RegionAdvice = Advice["regions"][number];
const known = new Map<Name, Promise<RegionAdvice>>();

/** Each account is read once. */
function advised(name: Name): Promise<RegionAdvice> {
  const reading =
    known.get(name) ??
    serve(accounts[name])
      .read()
      .then((facts) => adviseOn(facts).regions[0] as RegionAdvice);
  known.set(name, reading);
  return reading;
}

const rounded = (value: number | undefined) => value && Math.round(value * 100) / 100;
/** USD a month: a NAT gateway is 32.85, an address 3.65, a gigabyte 0.045; 30 days of traffic are 730/720 of a month. */
const rows: readonly {
  readonly name: Name;
  readonly todayUsd: number;
  readonly verdicts: readonly string[];
  readonly functions?: number;
  readonly members?: number;
  readonly goes?: number;
}[] = [
  {
    name: "three NAT gateways and twelve functions",
    todayUsd: 3 * (32.85 + 3.65) + 3 * 40 * 0.045 * (730 / 720) + 2 * 3.65,
    verdicts: ["worth-it"],
    functions: 13,
    members: 12,
    goes: 2,
  },
  { name: "nothing", todayUsd: 0, verdicts: [] },
  {
    name: "IPv6",
    todayUsd: 2 * 36.5 + 2 * 40 * 0.045 * (730 / 720),
    verdicts: ["ipv6"],
    functions: 3,
    members: 3,
    goes: 2,
  },
  { name: "shared VPC", todayUsd: 0, verdicts: ["shared-vpc"], functions: 2, members: 2, goes: 0 },
  {
    name: "one NAT gateway and little traffic",
    todayUsd: 36.5 + 2 * 0.045 * (730 / 720),
    verdicts: ["little-saved"],
    functions: 2,
    members: 2,
    goes: 1,
  },
  {
    name: "a hundred functions",
    todayUsd: 36.5 + 3000 * 0.045 * (730 / 720),
    verdicts: ["worth-it"],
    functions: 100,
    members: 100,
    goes: 1,
  },
  {
    name: "instances and tasks behind the gateways",
    todayUsd: 2 * 36.5 + 2 * 40 * 0.045 * (730 / 720),
    verdicts: ["gateways-stay"],
    functions: 5,
    members: 5,
    goes: 0,
  },
  {
    name: "a gateway for instances alone",
    todayUsd: 36.5 + 2 * 0.045 * (730 / 720),
    verdicts: ["no-function"],
    functions: 0,
    members: 0,
    goes: 0,
  },
  {
    name: "instances of Lambda alone",
    todayUsd: 36.5 + 2 * 0.045 * (730 / 720),
    verdicts: ["no-member"],
    functions: 1,
    members: 0,
    goes: 0,
  },
  {
    name: "a regional gateway and no public subnet",
    todayUsd: 3 * (32.85 + 3.65) + 40 * 0.045 * (730 / 720),
    verdicts: ["worth-it"],
    functions: 4,
    members: 4,
    goes: 1,
  },
];

it.each(rows)("$name", async ({ name, todayUsd, verdicts, functions, members, goes }) => {
  const region = await advised(name);
  expect(rounded(region.todayUsd)).toBe(rounded(todayUsd));
  expect(region.networks.map(({ verdict }) => verdict)).toEqual(verdicts);
  const [network] = region.networks;
  expect(network?.functions.length).toBe(functions);
  expect(network?.functions.filter(({ obstacle }) => !obstacle).length).toBe(members);
  expect(network?.gateways.filter(({ fate }) => fate === "goes").length).toBe(goes);
});

it("sees every page, also while AWS throttles", async () => {
  const served = serve(accounts["a hundred functions"]);
  for (const operation of ["ListFunctions", "DescribeSubnets", "GetMetricData"]) {
    const error = new AwsError(operation === "ListFunctions" ? "TooManyRequestsException" : "Throttling", "Rate", 429);
    served.region.faults.inject({ operation, when: "before", error, skip: 1, times: 2 });
  }
  const [region] = adviseOn(await served.read()).regions;
  expect(region?.networks[0]?.functions).toHaveLength(100);
  expect(region?.networks[0]?.verdict).toBe("worth-it");
  expect(rounded(region?.networks[0]?.gateways[0]?.gbPerMonth)).toBe(rounded((3000 * 730) / 720));
});

it("says why a function cannot be a member in the doctor's words, and what keeps a gateway", async () => {
  const region = await advised("three NAT gateways and twelve functions");
  const text = regionText(plain, region, accountId);
  expect(text).toContain("member-on-instances: batch runs on Lambda Managed Instances");
  expect(text).toContain("carries 12 possible members, the function batch: it stays");
  expect(text).toMatch(/idle Elastic IPs: 2\s+7\.30/);
  expect(text).not.toContain("other interface");
});

it.each([
  ["instances and tasks behind the gateways", "2 × EC2 instance: it stays"],
  ["instances and tasks behind the gateways", "Holdfast comes on top"],
  ["one NAT gateway and little traffic", "less than the $25"],
  ["IPv6", "needs neither a NAT gateway nor Holdfast"],
  ["shared VPC", "the NAT gateways are on its bill"],
  ["a gateway for instances alone", "other workloads do"],
  ["nothing", "Holdfast saves nothing. 1 function is in no VPC"],
  ["a regional gateway and no public subnet", "no configuration: no subnet of"],
] as const)("is honest about %s: %s", async (name, sentence) => {
  const region = await advised(name);
  expect(regionText(plain, region, accountId)).toContain(sentence);
});

it("proposes the public subnets of the functions' zones with the groups that most functions have", async () => {
  const region = await advised("three NAT gateways and twelve functions");
  expect(region.configuration?.pools["partners"]?.network.existing).toEqual({
    vpcId: "vpc-0a1b2c3d4e5f60718",
    subnetIds: ["subnet-0a1b2c3d4e5f60718", "subnet-0b1b2c3d4e5f60718", "subnet-0c1b2c3d4e5f60718"],
    securityGroupIds: [group],
    routeTableIds: ["rtb-0d1b2c3d4e5f60718"],
  });
  // Two idle addresses do not suffice for three subnets.
  expect(region.configuration?.pools["partners"]?.addresses).toBeUndefined();
});

it.each(Object.keys(accounts) as Name[])(
  "%s: what is written is valid, and its price that of the bill",
  async (name) => {
    const region = await advised(name);
    const { configuration } = region;
    if (!configuration) return expect(migrationPlan(region, accountId)).toBeUndefined();
    const file = configurationFile(configuration, region.region, nowMs);
    const body = file.slice(file.indexOf("defineHoldfast({"), file.lastIndexOf(";"));
    const written = new Function("defineHoldfast", `return ${body}`)(defineHoldfast);
    expect(written).toEqual(defineHoldfast(configuration));
    expect(region.holdfastUsd).toBe(region.networks[0]?.holdfastUsd);
  },
);

it("takes idle addresses where they suffice, since partners may know them", async () => {
  const region = await advised("idle addresses, enough for a pool");
  expect(region.configuration?.pools["partners"]?.addresses?.allocationIds).toHaveLength(5);
});

it("plans the move so that partners allow new and old addresses before any function moves, and keeps the old ones", async () => {
  const region = await advised("three NAT gateways and twelve functions");
  const plan = migrationPlan(region, accountId) ?? "";
  const order = [
    "Deploy the pool without members",
    "Have partners allow the pool's addresses as well",
    "They keep allowing 203.0.113.97, 203.0.113.98, 203.0.113.99",
    "--function-name orders-1 --vpc-config SubnetIds=subnet-0a",
    "# back: aws lambda update-function-configuration --region us-east-1 --function-name orders-1 --vpc-config SubnetIds=subnet-1a",
    "nat-0a1b2c3d4e5f60718 stays: the function batch",
    "delete-nat-gateway --region us-east-1 --nat-gateway-id nat-0b",
    "eipalloc-0b1b2c3d4e5f60718, eipalloc-0c1b2c3d4e5f60718: do not release them",
  ].map((it) => plan.indexOf(it));
  expect(order).not.toContain(-1);
  expect(order).toEqual([...order].sort((a, b) => a - b));
  expect(plan).not.toContain("--function-name batch ");
  expect(plan).toContain("other-groups has another now");
});

const looker = `arn:aws:iam::${accountId}:role/advised`;
const policy = [...readFileSync("docs/cli.md", "utf8").matchAll(/```json\n(.*?)```/gs)].at(-1)?.[1] ?? "";

it("needs the permissions that docs/cli.md lists, and no other", async () => {
  const served = serve(accounts["three NAT gateways and twelve functions"]);
  const asked = new Set<string>();
  createAuthorizer(served.region, [{ roleArn: looker, policies: [policy] }], ({ ask }) => asked.add(ask.action));
  const [region] = (await served.read(looker)).regions;
  expect(region?.unreadable).toEqual([]);
  const { Statement } = JSON.parse(policy) as { Statement: { Action: string[] }[] };
  expect(new Set(Statement[0]?.Action)).toEqual(new Set([...asked].filter((it) => it !== "sts:GetCallerIdentity")));
});

it.each(["cloudwatch:GetMetricData", "ec2:DescribeNetworkInterfaces"])(
  "goes on without %s, and says so",
  async (action) => {
    const served = serve(accounts["three NAT gateways and twelve functions"]);
    const rest = policy.replace(`"${action}"`, '"ec2:DescribeVpcs"');
    createAuthorizer(served.region, [{ roleArn: looker, policies: [rest] }]);
    const [region] = adviseOn(await served.read(looker)).regions;
    expect(region?.networks[0]?.verdict).toBe("worth-it");
    expect(region && regionText(plain, region, accountId)).toContain(`Not read: ${action}`);
  },
);
