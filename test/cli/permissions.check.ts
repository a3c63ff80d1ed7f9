/** The policies of docs/cli.md, enforced. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { accessKeyIdOf } from "../../testing/twin/dispatch.ts";
import { createAuthorizer } from "../../testing/twin/iam.ts";
import { openScene, type Result, type Scene } from "./scene.ts";

const [looking = "", steering = ""] = [...readFileSync("docs/cli.md", "utf8").matchAll(/```json\n(.*?)```/gs)]
  .map(([, document]) => document)
  .filter((document) => document?.includes("Statement"));
const arnOf = (name: string) => `arn:aws:iam::123456789012:role/${name}`;
const roles = [
  { roleArn: arnOf("looker"), policies: [looking] },
  { roleArn: arnOf("steerer"), policies: [looking, steering] },
];

let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
  const { region } = scene;
  const deployed = region.authorize;
  const ours = createAuthorizer(region, roles);
  const names = new Set(roles.map(({ roleArn }) => roleArn));
  region.authorize = (call) => (names.has(call.principal ?? "") ? ours(call) : deployed?.(call));
});
afterAll(() => scene.close());

const runAs = (name: string, args: string): Promise<Result> =>
  scene.run(args, { AWS_ACCESS_KEY_ID: accessKeyIdOf(arnOf(name)) });

it.each(["status", "plan", "explain orders", "cost", "addresses", "report --json"])(
  "%s needs no more than looking",
  async (command) => {
    expect(await runAs("looker", command)).toMatchObject({ code: 0, stderr: "" });
  },
);

it("the doctor needs no more than looking, and notes that it may not steer", async () => {
  const { code, stdout } = await runAs("looker", "doctor --json");
  const { findings } = JSON.parse(stdout) as { findings: { id: string }[] };
  expect(findings.map(({ id }) => id)).toEqual(["steering-denied"]);
  expect(code).toBe(0);
});

it("who may look may not steer", async () => {
  const { code, stderr } = await runAs("looker", "pause --yes");
  expect(code).toBe(3);
  expect(stderr).toContain("AWS denied ec2:CreateTags");
});

it("who may steer may, and the doctor has nothing to note", async () => {
  const { stdout } = await runAs("steerer", "doctor --json");
  expect((JSON.parse(stdout) as { findings: unknown[] }).findings).toEqual([]);
  expect(await runAs("steerer", "pause --yes")).toMatchObject({ code: 0, stderr: "" });
  expect(await runAs("steerer", "resume --yes")).toMatchObject({ code: 0, stderr: "" });
});

it("the policy for looking holds nothing that no command asks for", async () => {
  const asked = new Set<string>();
  const services: Readonly<Record<string, string>> = { monitoring: "cloudwatch", tagging: "tag" };
  const stop = scene.region.calls.onCall(({ service, operation, principal }) => {
    if (principal === arnOf("looker")) asked.add(`${services[service] ?? service}:${operation}`);
  });
  for (const command of ["status", "plan", "doctor", "explain orders", "cost", "report --json"])
    await runAs("looker", command);
  stop();
  const { Statement } = JSON.parse(looking) as { Statement: { Action: string[] }[] };
  // Of pools with a fallback, of secrets, and of an empty region: asked for in other tests.
  const elsewhere = ["ec2:DescribeInternetGateways", "secretsmanager:DescribeSecret", "ec2:DescribeRegions"];
  expect(Statement[0]?.Action.filter((it) => !asked.has(it) && !elsewhere.includes(it))).toEqual([]);
});
