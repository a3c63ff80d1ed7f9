/** The built command line against an emulator that nobody here wrote. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { DescribeAddressesCommand } from "@aws-sdk/client-ec2";
import { CreateFunctionCommand } from "@aws-sdk/client-lambda";
import { beforeEach, expect, inject, it } from "vitest";
import { type Account, emptyZip, openMember, roleArn, settingsOf } from "./account.ts";
import { enforcing, userWithout } from "./iam.ts";

const binary = fileURLToPath(new URL("../../dist/cli/holdfast.mjs", import.meta.url));

let account: Account;
let networkInterfaceId: string;
let allocationId: string;

/** A deployment as far as the command line looks for it: relocation's function with its tag and its settings. */
beforeEach(async () => {
  ({ account, networkInterfaceId, allocationId } = await openMember(inject("motoUrl")));
  await account.lambda.send(
    new CreateFunctionCommand({
      FunctionName: "holdfast-test-relocate",
      Role: roleArn,
      Runtime: "nodejs24.x",
      Handler: "index.handler",
      Code: { ZipFile: emptyZip },
      Environment: { Variables: { HOLDFAST_SETTINGS: JSON.stringify(settingsOf(account)) } },
      Tags: { "holdfast:stage": "holdfast-test" },
    }),
  );
});

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function holdfast(args: string, more: NodeJS.ProcessEnv = {}): Promise<Ran> {
  const env: NodeJS.ProcessEnv = {
    PATH: process.env["PATH"],
    HOME: "/nonexistent",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_ENDPOINT_URL: account.endpoint,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "operator",
    AWS_SECRET_ACCESS_KEY: "operator",
    ...more,
  };
  return new Promise((resolve) => {
    execFile(process.execPath, [binary, ...args.split(" ")], { env }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
    });
  });
}

// biome-ignore lint/suspicious/noExplicitAny: the shapes are what is tested.
async function json(args: string): Promise<any> {
  const { stdout, stderr } = await holdfast(`${args} --json`);
  expect(stderr).toBe("");
  return JSON.parse(stdout);
}

it("finds the deployment by its tag, and shows what the pool has and lacks", async () => {
  const { stage, pools } = await json("status");
  expect(stage).toBe("holdfast-test");
  expect(pools).toMatchObject([
    {
      name: account.pool,
      members: [{ name: "orders" }],
      interfaces: [{ networkInterfaceId, role: "serving", members: ["orders"] }],
      addresses: [{ allocationId, state: "spare" }],
    },
  ]);
});

it("plans what relocation would do, and does not do it", async () => {
  const { pools } = await json("plan");
  expect(pools[0].relocation.actions).toMatchObject([{ kind: "associate", row: 2, networkInterfaceId, allocationId }]);
  const { Addresses = [] } = await account.ec2.send(new DescribeAddressesCommand({ AllocationIds: [allocationId] }));
  expect(Addresses[0]?.AssociationId).toBeFalsy();
});

it("pauses and resumes by the tag", async () => {
  const overrides = async () => {
    const { Addresses = [] } = await account.ec2.send(new DescribeAddressesCommand({ AllocationIds: [allocationId] }));
    return Addresses[0]?.Tags?.filter(({ Key }) => Key === "holdfast:override").map(({ Value }) => Value);
  };
  expect((await holdfast("pause --yes")).code).toBe(0);
  expect(await overrides()).toEqual(["paused"]);
  expect((await json("status")).pools[0].override).toBe("paused");
  expect((await holdfast("resume --yes")).code).toBe(0);
  expect(await overrides()).toEqual([]);
});

it("diagnoses what is missing around the function", async () => {
  const { code, stdout } = await holdfast("doctor --json");
  const ids = (JSON.parse(stdout) as { findings: { id: string }[] }).findings.map(({ id }) => id);
  expect(code).toBe(4);
  expect(ids).toEqual(expect.arrayContaining(["trail-missing", "function-missing", "queue-missing", "alarms-missing"]));
  expect(ids).toContain("route-not-to-internet");
  expect(ids).not.toContain("network-acl-blocks");
  expect(ids).not.toContain("security-group-blocks");
});

/** The emulator refuses EC2's calls alone in a form that clients read. */
it.each(["ec2:DescribeAddresses", "ec2:DescribeNetworkInterfaces"])(
  "names %s when it is denied",
  async (permission) => {
    const keys = await userWithout(account.endpoint, "operator", [permission]);
    const { code, stdout, stderr } = await enforcing(account.endpoint, () =>
      holdfast("status", { AWS_ACCESS_KEY_ID: keys.accessKeyId, AWS_SECRET_ACCESS_KEY: keys.secretAccessKey }),
    );
    expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
    expect(stderr).toContain(`AWS denied ${permission}`);
  },
);

it("knows that a region without a deployment has none", async () => {
  const { code, stderr } = await holdfast("status --region eu-west-1");
  expect(code).toBe(2);
  expect(stderr).toContain("no deployment of Holdfast in eu-west-1");
});
