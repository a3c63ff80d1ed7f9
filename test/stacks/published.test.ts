/** What is published of pools for other deployment tools. */
import { expect, it } from "vitest";
import { emptyAccount } from "../../testing/deployment/stand-in/account.ts";
import { deploy, targets } from "./deployment.ts";

const vpcId = "vpc-0a1b2c3d4e5f60718";
const existing = {
  vpcId,
  subnetIds: ["subnet-0a1b2c3d4e5f60718", "subnet-0b1b2c3d4e5f60718"],
  securityGroupIds: ["sg-0b1b2c3d4e5f60718"],
  routeTableIds: ["rtb-0a1b2c3d4e5f60718"],
};
const pools = { partners: { network: { create: {} }, targets }, ledger: { network: { existing }, targets } };
const account = {
  ...emptyAccount,
  addressQuota: 20,
  subnets: existing.subnetIds.map((subnetId) => ({ subnetId, vpcId })),
  routeTables: [
    {
      routeTableId: "rtb-0a1b2c3d4e5f60718",
      vpcId,
      main: true,
      subnetIds: existing.subnetIds,
      defaultRoute: "igw-0a",
    },
  ],
};

it("publishes each pool's subnets and security groups in parameters that cost nothing", async () => {
  const deployment = await deploy({ pools }, "test", account);
  const published = deployment.of("ssm/parameter:Parameter").filter(({ inputs }) => inputs["type"] === "StringList");
  const value = (name: string) => published.find(({ inputs }) => inputs["name"] === name)?.inputs["value"];
  const base = "/holdfast/holdfast-test/pools";
  expect(value(`${base}/ledger/subnet-ids`)).toBe(existing.subnetIds.join(","));
  expect(value(`${base}/ledger/security-group-ids`)).toBe("sg-0b1b2c3d4e5f60718");
  expect(value(`${base}/partners/subnet-ids`)).toMatch(/^subnet-/);
  expect(value(`${base}/partners/security-group-ids`)).toMatch(/^sg-/);
  expect(published).toHaveLength(4);
  // Without a tier a parameter is a standard one (Systems Manager API reference, PutParameter).
  for (const { inputs } of published) expect(inputs).not.toHaveProperty("tier");
  expect(deployment.of("cloudformation/stack:Stack")).toEqual([]);
});

it("publishes them as exports of CloudFormation where the file asks for it, with a stack for each pool", async () => {
  const deployment = await deploy({ pools, cloudFormationExports: true }, "test", account);
  const stacks = deployment.of("cloudformation/stack:Stack");
  const named = new Map(stacks.map(({ inputs }) => [inputs["name"], String(inputs["templateBody"])]));
  expect([...named.keys()].sort()).toEqual(["holdfast-test-ledger-exports", "holdfast-test-partners-exports"]);
  const template = JSON.parse(named.get("holdfast-test-ledger-exports") ?? "");
  expect(template.Outputs).toEqual({
    subnetids: { Value: existing.subnetIds.join(","), Export: { Name: "holdfast-test-ledger-subnet-ids" } },
    securitygroupids: {
      Value: "sg-0b1b2c3d4e5f60718",
      Export: { Name: "holdfast-test-ledger-security-group-ids" },
    },
  });
});
