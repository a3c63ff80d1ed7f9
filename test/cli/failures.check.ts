import { spawn } from "node:child_process";
import { mkdtemp, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addEventPath } from "../../testing/twin/event-path.ts";
import { createRegion } from "../../testing/twin/region.ts";
import { AwsError, type Call } from "../../testing/twin/service.ts";
import { binary, environmentOf, openScene, type Result, type Scene } from "./scene.ts";

let scene: Scene;
beforeAll(async () => {
  const others = ["eu-central-1", "eu-west-1", "us-west-2"].map((name) => createRegion({ seed: 2, name }));
  for (const region of others) addEventPath(region);
  scene = await openScene({ others });
});
afterAll(() => scene.close());

const noCredentials = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined };

/** A failure says what failed and what to do, in a few lines, and nothing else. */
function expectFailure({ code, stdout, stderr }: Result, exitCode: number, ...words: (string | RegExp)[]): void {
  for (const word of words) expect(stderr).toMatch(word);
  expect(stderr).toMatch(/^holdfast: .+\n {2}→ .+\n$/);
  expect(stdout).toBe("");
  expect(code).toBe(exitCode);
}

/** While it works, calls of the operator's that `refuse` answers are refused so. */
async function refusing<T>(refuse: (call: Call) => AwsError | undefined, work: () => Promise<T>): Promise<T> {
  const { region } = scene;
  const before = region.authorize;
  region.authorize = (call) => (call.principal === undefined && refuse(call)) || before?.(call);
  try {
    return await work();
  } finally {
    region.authorize = before;
  }
}

describe("credentials and regions", () => {
  it("says that there are no credentials", async () => {
    expectFailure(await scene.run("status", noCredentials), 3, "no AWS credentials", "aws sso login");
  });

  it("says that the credentials have expired, whichever service says so", async () => {
    const expired = ({ service }: Call) =>
      new AwsError(
        service === "ec2" ? "RequestExpired" : "ExpiredTokenException",
        "The security token is expired",
        403,
      );
    for (const command of ["status", "doctor"]) {
      expectFailure(await refusing(expired, () => scene.run(command)), 3, "have expired", "log in again");
    }
    const lateOnes = (call: Call) => (call.service === "tagging" ? undefined : expired(call));
    expectFailure(await refusing(lateOnes, () => scene.run("doctor")), 3, "have expired", "log in again");
  });

  it("says that AWS does not know the credentials", async () => {
    const unknown = () => new AwsError("UnrecognizedClientException", "The security token is invalid", 403);
    expectFailure(await refusing(unknown, () => scene.run("status")), 3, "does not accept these credentials");
  });

  it("says which region has the deployment, in the wrong one", async () => {
    expectFailure(
      await scene.run("status --region eu-west-1"),
      2,
      "account 123456789012 has no deployment of Holdfast in eu-west-1",
      "--region us-east-1",
    );
  });

  it("asks for a region when nothing says which", async () => {
    for (const AWS_REGION of [undefined, ""]) {
      expectFailure(await scene.run("status", { AWS_REGION }), 2, "no AWS region is set", "--region");
    }
  });

  it("takes region and credentials from a profile, as other tools do", async () => {
    const folder = await mkdtemp(join(tmpdir(), "holdfast-"));
    const AWS_CONFIG_FILE = join(folder, "config");
    const AWS_SHARED_CREDENTIALS_FILE = join(folder, "credentials");
    await writeFile(AWS_CONFIG_FILE, "[profile ops]\nregion = us-east-1\n");
    await writeFile(AWS_SHARED_CREDENTIALS_FILE, "[ops]\naws_access_key_id = a\naws_secret_access_key = b\n");
    const files = { ...noCredentials, AWS_REGION: undefined, AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE };
    expect(await scene.run("status --profile ops", files)).toMatchObject({ code: 0, stderr: "" });
    const nobody = await scene.run("status --profile nobody --region us-east-1", files);
    expectFailure(nobody, 2, "no AWS profile nobody", "--profile as one of ops");
  });

  it("says that AWS cannot be reached", async () => {
    const nowhere = { AWS_ENDPOINT_URL: "http://127.0.0.1:9", AWS_MAX_ATTEMPTS: "1" };
    expectFailure(await scene.run("status", nowhere), 3, "could not be reached", "ECONNREFUSED", "check the network");
  });

  it("says that there is no such stage or pool, and which there are", async () => {
    expectFailure(await scene.run("status --stage nowhere"), 2, "no stage nowhere", "holdfast-production");
    expectFailure(await scene.run("plan --pool nowhere"), 2, "no pool nowhere", "partners");
    expect(await scene.run("plan --stage production --pool partners")).toMatchObject({ code: 0 });
  });

  it("says that there is no deployment at all", async () => {
    const tagged = [...scene.region.world.functions.values()].filter(({ tags }) => tags["holdfast:stage"]);
    const before = tagged.map(({ tags }) => tags);
    for (const it of tagged) it.tags = {};
    const result = await scene.run("doctor");
    tagged.forEach((it, index) => {
      it.tags = before[index] ?? {};
    });
    expectFailure(result, 2, "has no deployment of Holdfast in us-east-1", "npx sst deploy");
  });
});

describe("a call that is denied", () => {
  const services: Readonly<Record<string, string>> = { monitoring: "cloudwatch", tagging: "tag" };
  const actionOf = ({ service, operation }: Call) => `${services[service] ?? service}:${operation}`;
  const deny = (action: string) => (call: Call) =>
    actionOf(call) === action
      ? new AwsError(
          call.service === "ec2" ? "UnauthorizedOperation" : "AccessDeniedException",
          "User: u is not authorized",
          403,
        )
      : undefined;

  /** The permissions that a command uses, as AWS hears of them. */
  async function actionsOf(command: string): Promise<string[]> {
    const heard = new Set<string>();
    const stop = scene.region.calls.onCall((call) => call.principal === undefined && heard.add(actionOf(call)));
    const { stderr } = await scene.run(command);
    stop();
    expect(stderr).toBe("");
    // It cannot be denied.
    heard.delete("sts:GetCallerIdentity");
    return [...heard];
  }

  it("ends a command with the permission's name and a remediation, whichever it is", async () => {
    const tried = new Set<string>();
    for (const command of ["status", "explain orders", "cost", "report --json"]) {
      for (const action of await actionsOf(command)) {
        if (tried.has(action)) continue;
        tried.add(action);
        const result = await refusing(deny(action), () => scene.run(command));
        expectFailure(result, 3, `AWS denied ${action}`, "docs/cli.md");
      }
    }
    expect(tried.size).toBeGreaterThan(12);
  }, 300_000);

  it("leaves the override as it is", async () => {
    for (const [command, action] of [
      ["pause --yes", "ec2:CreateTags"],
      ["resume --yes", "ec2:DeleteTags"],
    ] as const) {
      expectFailure(await refusing(deny(action), () => scene.run(command)), 3, `AWS denied ${action}`);
      expect(await scene.run(command)).toMatchObject({ code: 0, stderr: "" });
    }
  });

  it("hides nothing else from the doctor, who says which it is", async () => {
    const actions = (await actionsOf("doctor")).filter((it) => it !== "tag:GetResources" && it !== "ec2:CreateTags");
    expect(actions.length).toBeGreaterThan(20);
    for (const action of actions) {
      const { code, stdout, stderr } = await refusing(deny(action), () => scene.run("doctor --json"));
      expect(stderr).toBe("");
      const { findings } = JSON.parse(stdout) as { findings: unknown[] };
      expect(findings).toEqual([expect.objectContaining({ id: "unreadable", text: expect.stringContaining(action) })]);
      expect(code).toBe(1);
    }
  }, 300_000);

  it("of what the doctor tries dry is a note: who only looks needs no more", async () => {
    const { code, stdout } = await refusing(deny("ec2:CreateTags"), () => scene.run("doctor --json"));
    const { findings } = JSON.parse(stdout) as { findings: { id: string; severity: string }[] };
    expect(findings).toMatchObject([{ id: "steering-denied", severity: "note" }]);
    expect(code).toBe(0);
  });
});

describe("an account that others keep busy", () => {
  it("delays a command, which retries what AWS throttles", async () => {
    let throttled = 0;
    const throttle = ({ service }: Call) =>
      service === "lambda" && ++throttled <= 5
        ? new AwsError("TooManyRequestsException", "Rate exceeded", 429)
        : undefined;
    expect(await refusing(throttle, () => scene.run("status"))).toMatchObject({ code: 0, stderr: "" });
    expect(throttled).toBeGreaterThan(5);
  });
});

describe("an account of 1,000 functions", () => {
  it("is no trouble: the deployment is found by its tag, and members alone are read", async () => {
    const { region } = scene;
    const { functions } = region.world;
    const orders = functions.get("orders");
    if (!orders) throw new Error("there is no member");
    for (let index = 0; index < 1000; index++) {
      const functionName = `somebodys-${index}`;
      functions.set(functionName, { ...orders, functionName, functionArn: `${orders.functionArn}-${index}`, tags: {} });
    }
    let calls = 0;
    const stop = region.calls.onCall(({ principal }) => {
      if (principal === undefined) calls++;
    });
    const { code, stderr } = await scene.run("status");
    stop();
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    // 1,000 functions are 21 pages of ListFunctions; nothing else grows with them.
    expect(calls).toBeLessThan(40);
  });
});

describe("a reader that goes away, and Ctrl-C", () => {
  it("ends quietly when nobody reads its output any more", async () => {
    const child = spawn(process.execPath, [binary, "status"], { env: environmentOf(scene.url) });
    child.stdout.destroy();
    let stderr = "";
    child.stderr.on("data", (data) => {
      stderr += data;
    });
    const code = await new Promise((resolve) => child.once("close", resolve));
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });

  it("ends at once with 130 on Ctrl-C, whatever it waits for", async () => {
    const silent = createServer(() => {}).listen(0, "127.0.0.1");
    await new Promise((resolve) => silent.once("listening", resolve));
    const address = silent.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const asked = new Promise((resolve) => silent.once("connection", resolve));
    const child = spawn(process.execPath, [binary, "status"], { env: environmentOf(`http://127.0.0.1:${port}`) });
    await asked;
    child.kill("SIGINT");
    const startedMs = Date.now();
    const code = await new Promise((resolve) => child.once("exit", resolve));
    silent.close();
    expect(code).toBe(130);
    expect(Date.now() - startedMs).toBeLessThan(2_000);
  });
});
