import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Account, emptyAccount } from "../../testing/deployment/stand-in/account.ts";
import { type Backend, startBackend } from "../../testing/deployment/stand-in/backend.ts";
import { deployWith, replaced } from "./deploy-with.ts";

let backend: Backend;
beforeAll(async () => {
  backend = await startBackend();
});
afterAll(() => backend.close());

const account: Account = { ...emptyAccount, functions: ["callbacks"] };
const certificate = `certificateArn: "arn:aws:acm:us-east-1:123456789012:certificate/0a1b"`;
const deployed = (fields: string) => {
  const ingress = `create: {} }, ingress: { ${fields}, function: "callbacks", ${certificate} },`;
  return deployWith("smallest", (file) => replaced(file, "create: {} },", ingress), account, backend, "production");
};

describe("the smallest example with an ingress", () => {
  it("deploys fixed addresses that outlive the stage, and tells their cost", async () => {
    const { exitCode, output, records } = await deployed('kind: "addresses"');
    expect(exitCode, output).toBe(0);
    const accelerator = records.find(({ type }) => type === "aws:globalaccelerator/accelerator:Accelerator");
    expect(accelerator?.options).toMatchObject({ protect: false, retainOnDelete: true });
    const dashboard = records.find(({ type }) => type === "aws:cloudwatch/dashboard:Dashboard");
    expect(dashboard?.inputs["dashboardBody"]).toContain("| Accelerators with two fixed addresses each | 18.25 |");
  });

  it("deploys a fixed name", async () => {
    const { exitCode, output, records } = await deployed('kind: "name", domainName: "callbacks.example.com"');
    expect(exitCode, output).toBe(0);
    const [name] = records.filter(({ type }) => type === "aws:apigatewayv2/domainName:DomainName");
    expect(name?.inputs["domainName"]).toBe("callbacks.example.com");
    expect(records.filter(({ type }) => /globalaccelerator|aws:lb/.test(type))).toEqual([]);
  });
});
