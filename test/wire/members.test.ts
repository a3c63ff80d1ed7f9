/**
 * The examples of docs/members.md, each run with the tool that it is for: Terraform's language is parsed, the CDK's app
 * synthesized, the service of the Serverless Framework packaged; cfn-lint judges what comes of them, and the commands of the AWS
 * CLI make a member of a deployment in the twin.
 */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { transform } from "esbuild";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type DeployedRegion, openDeployedRegion } from "../../testing/deployment/deployed-region.ts";
import { memberTools } from "../../testing/toolchain/member-tools.ts";
import { type RunningServer, startServer } from "../../testing/twin/server.ts";

const run = promisify(execFile);
const python = resolve(".venv/bin");
const folder = mkdtempSync(join(tmpdir(), "holdfast-members-"));
const minuteMs = 60_000;
/** The first run downloads the tools. */
const downloadMs = 5 * minuteMs;
const pool = "/holdfast/holdfast-production/pools/partners";

/** Returns the example below a heading. */
function example(heading: string): string {
  const page = readFileSync("docs/members.md", "utf8");
  const section = page.split(/^## /m).find((it) => it.startsWith(`${heading}\n`));
  const [, text] = /```(?:hcl|ts|yaml|sh)\n(.*?)```/s.exec(section ?? "") ?? [];
  if (text === undefined) throw new Error(`docs/members.md has no example below ${heading}`);
  return text;
}

function write(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

let deployed: DeployedRegion;
let server: RunningServer;
let published: { readonly subnetIds: string[]; readonly securityGroupIds: string[] };
/** What a tool sees: the twin for AWS, and nothing of this process but where programs are. */
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  symlinkSync(memberTools(), join(folder, "node_modules"));
  const targets = [{ name: "partner", url: "https://api.example.com/" }];
  const pools = { partners: { network: { create: {} }, targets } };
  deployed = await openDeployedRegion({ pools }, { stage: "production", consistent: true });
  const { operator, region } = deployed;
  await operator("lambda", "CreateFunction", {
    FunctionName: "orders",
    Runtime: "nodejs22.x",
    Handler: "index.handler",
    Code: { ZipFile: new Uint8Array() },
    Role: "arn:aws:iam::123456789012:role/orders",
  });
  await region.clock.advance(5 * minuteMs);
  const idsOf = async (part: string) => {
    const input = { Name: `${pool}/${part}` };
    const { Parameter } = await operator<{ Parameter: { Value: string } }>("ssm", "GetParameter", input);
    return Parameter.Value.split(",");
  };
  published = { subnetIds: await idsOf("subnet-ids"), securityGroupIds: await idsOf("security-group-ids") };
  server = await startServer(region);
  environment = {
    PATH: `${python}:${process.env["PATH"]}`,
    HOME: folder,
    AWS_ENDPOINT_URL: server.url,
    AWS_REGION: "us-east-1",
    AWS_DEFAULT_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "operator",
    AWS_SECRET_ACCESS_KEY: "operator",
    AWS_EC2_METADATA_DISABLED: "true",
    SLS_TELEMETRY_DISABLED: "1",
    SLS_NOTIFICATIONS_MODE: "off",
    CDK_OUTDIR: join(folder, "cdk.out"),
  };
}, downloadMs);
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Template {
  readonly Parameters?: Readonly<Record<string, { readonly Type: string; readonly Default: string }>>;
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties: Properties }>>;
}
interface Properties {
  readonly VpcConfig: { readonly SubnetIds: unknown; readonly SecurityGroupIds: unknown };
  readonly Tags: readonly { readonly Key: string; readonly Value: string }[];
}

/** Returns what a template says of its one function. */
function functionIn(file: string): { readonly template: Template; readonly properties: Properties } {
  const template = JSON.parse(readFileSync(file, "utf8")) as Template;
  const [found, ...more] = Object.values(template.Resources).filter(({ Type }) => Type === "AWS::Lambda::Function");
  if (!found || more.length > 0) throw new Error(`${file} has ${more.length + (found ? 1 : 0)} functions`);
  return { template, properties: found.Properties };
}

const tag = { Key: "holdfast:pool", Value: "partners" };

/** Warnings are about other things than networks: retention of logs, old runtimes, doubled dependencies. */
async function lint(...files: string[]): Promise<string> {
  const args = ["--non-zero-exit-code", "error", "--regions", "us-east-1", "--ignore-checks", "W", "--", ...files];
  const { stdout } = await run(join(python, "cfn-lint"), args, { env: environment }).catch((error) => error);
  return stdout;
}

it("Terraform: the data sources name the parameters, and the function uses both and has the tag", async () => {
  const program = "import sys, json, hcl2; print(json.dumps(hcl2.load(sys.stdin)))";
  const parsing = run(join(python, "python"), ["-c", program], { env: environment });
  parsing.child.stdin?.end(example("Terraform"));
  const text = (await parsing).stdout.replaceAll('\\"', "");
  const { data, resource } = JSON.parse(text);
  const names = data.flatMap((it: Record<string, Record<string, { name?: string }>>) =>
    Object.values(it["aws_ssm_parameter"] ?? {}).map(({ name }) => name),
  );
  expect(names).toEqual([`${pool}/subnet-ids`, `${pool}/security-group-ids`]);
  const lambda = resource.flatMap((it: Record<string, Record<string, object>>) =>
    Object.values(it["aws_lambda_function"] ?? {}),
  );
  expect(lambda).toHaveLength(1);
  expect(lambda[0].tags).toEqual({ "holdfast:pool": "partners" });
  const [network] = lambda[0].vpc_config;
  expect(network.subnet_ids).toContain("data.aws_ssm_parameter.subnet_ids.insecure_value");
  expect(network.security_group_ids).toContain("data.aws_ssm_parameter.security_group_ids.insecure_value");
});

it("AWS CDK: the app synthesizes a function in the published network", async () => {
  const { code } = await transform(example("AWS CDK"), { loader: "ts", format: "esm" });
  await run(process.execPath, [write("cdk.mjs", code)], { env: environment, cwd: folder });
  const file = join(folder, "cdk.out", "Orders.template.json");
  const { template, properties } = functionIn(file);
  const defaultOf = (it: unknown) => template.Parameters?.[(it as { Ref: string }).Ref];
  const type = "AWS::SSM::Parameter::Value<List<String>>";
  expect(defaultOf(properties.VpcConfig.SubnetIds)).toEqual({ Type: type, Default: `${pool}/subnet-ids` });
  expect(defaultOf(properties.VpcConfig.SecurityGroupIds)).toEqual({
    Type: type,
    Default: `${pool}/security-group-ids`,
  });
  expect(properties.Tags).toContainEqual(tag);
  expect(await lint(file)).toBe("");
});

it("AWS SAM and CloudFormation: the templates are valid, and name what is published", async () => {
  const sam = example("AWS SAM");
  expect(sam).toContain(`Default: ${pool}/subnet-ids\n`);
  expect(sam).toContain(`Default: ${pool}/security-group-ids\n`);
  const imports = example("Exports of CloudFormation");
  expect(imports).toContain("!ImportValue holdfast-production-partners-subnet-ids]");
  expect(imports).toContain("!ImportValue holdfast-production-partners-security-group-ids]");
  expect(await lint(write("sam.yaml", sam), write("exports.yaml", imports))).toBe("");
});

it("Serverless Framework: the package has the ids of the deployment", async () => {
  // In a folder of its own: a package holds all that lies beside the service, the tools as well.
  const service = join(folder, "service");
  mkdirSync(service);
  write("service/serverless.yml", example("Serverless Framework"));
  write("service/index.js", "exports.handler = async () => {};\n");
  await run(join(folder, "node_modules", ".bin", "osls"), ["package"], { env: environment, cwd: service });
  const file = join(service, ".serverless", "cloudformation-template-update-stack.json");
  const { properties } = functionIn(file);
  expect(properties.VpcConfig).toEqual({
    SubnetIds: published.subnetIds,
    SecurityGroupIds: published.securityGroupIds,
  });
  expect(properties.Tags).toContainEqual(tag);
});

it("AWS CLI: the commands make a member, and it leaves by an address of the pool", async () => {
  await run("bash", ["-euc", example("Plain AWS CLI")], { env: environment });
  const { world } = deployed.region;
  const orders = world.functions.get("orders");
  expect(orders?.tags).toEqual({ "holdfast:pool": "partners" });
  expect(orders?.versions.get("$LATEST")?.vpcConfig).toMatchObject(published);
  await server.advance(5 * minuteMs);
  const own = [...world.networkInterfaces.values()].filter(
    ({ interfaceType, subnetId, securityGroupIds }) =>
      interfaceType === "lambda" &&
      published.subnetIds.includes(subnetId) &&
      securityGroupIds.join() === published.securityGroupIds.join(),
  );
  const serving = new Set([...world.addresses.values()].map(({ networkInterfaceId }) => networkInterfaceId));
  expect(own.length).toBeGreaterThan(0);
  expect(own.filter(({ networkInterfaceId }) => !serving.has(networkInterfaceId))).toEqual([]);
});
