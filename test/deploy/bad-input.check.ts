import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Account, emptyAccount } from "../../testing/deployment/stand-in/account.ts";
import { type Backend, startBackend } from "../../testing/deployment/stand-in/backend.ts";
import { besideStage, existing, inFallback } from "./accounts.ts";
import { deployWith, replaced } from "./deploy-with.ts";

let backend: Backend;
beforeAll(async () => {
  backend = await startBackend();
});
afterAll(() => backend.close());

const same = (file: string) => file;
const replace = (from: string, to: string) => (file: string) => replaced(file, from, to);
const memberNames = Array.from({ length: 200 }, (_, index) => `a-function-whose-name-has-40-chars--${index + 1000}`);

const rows: Record<
  string,
  [example: string, change: (file: string) => string, account: Account, problems: readonly string[]]
> = {
  "mistakes of several kinds, listed together": [
    "smallest",
    (file) =>
      replaced(
        replaced(file, "create: {}", 'create: { zones: "two" as never }'),
        'targets: [{ name: "partner", url: "https://api.example.com/" }]',
        `spares: 1, targets: [{ name: "a", url: "https://169.254.169.254/" }, { name: "b", url: "http://api.example.com/" },
          { name: "c", url: "https://api.example.com/", healthy: { body: "^(a|a)*$" } }]`,
      ),
    emptyAccount,
    [
      "pools.partners.network.create.zones: must be a whole number from 1 to 3",
      'pools.partners: unknown key "spares": remove it, or use one of',
      "pools.partners.targets[0].url: must not point into a private network",
      "pools.partners.targets[1].url: must begin with https:",
      "pools.partners.targets[2].healthy.body: takes too long on some texts",
    ],
  ],
  "subnets where VPC Block Public Access allows egress by NAT gateways alone": [
    "existing-network",
    same,
    { ...existing, blockMode: "block-ingress" },
    [
      "network.existing.subnetIds: VPC Block Public Access of subnet-0a1b2c3d4e5f60718 is block-ingress, which allows egress through a NAT gateway only",
    ],
  ],
  "more members than a parameter holds": [
    "smallest",
    replace("partners: {", `partners: { members: { names: ${JSON.stringify(memberNames)} },`),
    emptyAccount,
    ["pools.partners.members: the settings of relocate would have 9"],
  ],
};

describe("a deployment that must not happen", () => {
  it.each(Object.entries(rows))("%s", async (_, [example, change, account, problems]) => {
    const { exitCode, output, records } = await deployWith(example, change, account, backend);
    expect(output).toContain("nothing was changed");
    for (const problem of problems) expect(output).toContain(problem);
    expect(exitCode).not.toBe(0);
    expect(records).toEqual([]);
  });
});

describe("a deployment with long names", () => {
  const named = replace("partners: {", '"partners-feature-swap-addresses": {');

  it("goes through, with names that their services take", async () => {
    const stage = "feature-swap-addresses-of-every-partner-at-once-and-back";
    const { exitCode, output, records } = await deployWith("smallest", named, emptyAccount, backend, stage);
    expect(exitCode, output).toBe(0);
    const lengths = (type: string) =>
      records.filter((it) => it.type === type).map(({ outputs }) => String(outputs["name"]).length);
    expect(Math.max(...lengths("aws:cloudwatch/eventRule:EventRule"))).toBeLessThanOrEqual(64);
    expect(Math.max(...lengths("aws:iam/role:Role"))).toBeLessThanOrEqual(64);
    expect(Math.max(...lengths("aws:lambda/function:Function"))).toBe(64);
    expect(Math.max(...lengths("aws:sqs/queue:Queue"))).toBe(80);
  });
});

describe("a deployment beside another stage", () => {
  it("goes through with pools that are named after the stage", async () => {
    const named = replace("partners: {", `[\`partners-\${$app.stage}\`]: {`);
    const account = besideStage("holdfast-production");
    const { exitCode, output, records } = await deployWith("smallest", named, account, backend);
    expect(exitCode, output).toBe(0);
    const pools = records.filter(({ type }) => type === "aws:ec2/eip:Eip").map(({ inputs }) => inputs["tags"]);
    expect(pools).toEqual(Array(2).fill(expect.objectContaining({ "holdfast:pool": "partners-test" })));
  });
});

describe("a deployment that is not refused", () => {
  it("says what it could not check, and goes on", async () => {
    const denied = ["DescribeAddresses", "DescribeVpcBlockPublicAccessOptions", "getServiceQuota"];
    const { exitCode, output } = await deployWith("smallest", same, { ...emptyAccount, denied }, backend);
    expect(exitCode, output).toBe(0);
    expect(output).toContain("the quota of Elastic IPs was not checked, which needs servicequotas:GetServiceQuota");
    expect(output).toContain("the quota of VPCs was not checked");
    expect(output).toContain(
      "VPC Block Public Access was not checked, which needs ec2:DescribeVpcBlockPublicAccessOptions: You are not authorized",
    );
  });
});

describe("a deployment while the pool is in fallback", () => {
  it("is not refused and touches no route", async () => {
    const { exitCode, output, records } = await deployWith("existing-network", same, inFallback, backend);
    expect(exitCode, output).toBe(0);
    expect(records.filter(({ type }) => type.startsWith("aws:ec2/route"))).toEqual([]);
  });
});
