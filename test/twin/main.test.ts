import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { GetParameterCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { expect, it } from "vitest";
import { fixed } from "../../testing/twin/delays.ts";

it("npm run twin -- --deploy serves an account with a deployment, which the command line finds healthy", async () => {
  const args = ["tools/twin.ts", "--port", "0", "--deploy", "holdfast.config.ts"];
  const twin = spawn("node_modules/.bin/tsx", args, { stdio: ["ignore", "pipe", "inherit"] });
  try {
    const [printed] = (await once(twin.stdout, "data")) as [Buffer];
    const [endpoint = ""] = /http:\S+/.exec(String(printed)) ?? [];
    const keys = { AWS_REGION: "us-east-1", AWS_ACCESS_KEY_ID: "x", AWS_SECRET_ACCESS_KEY: "x" };
    const env = { PATH: process.env["PATH"], AWS_ENDPOINT_URL: endpoint, ...keys };
    const { stdout } = await promisify(execFile)("node_modules/.bin/tsx", ["cli/main.ts", "status", "--quiet"], {
      env,
    });
    expect(stdout).toBe("OK        partners: partners-orders reaches its partners\n");
  } finally {
    twin.kill();
    await once(twin, "exit");
  }
});

it("npm run twin serves a region whose time is the wall's, with delays that were measured", async () => {
  const measured = join(mkdtempSync(join(tmpdir(), "measured-")), "rehearsal.json");
  writeFileSync(measured, JSON.stringify({ delays: { interfaceAppears: fixed(9_000) } }));
  const twin = spawn("node_modules/.bin/tsx", ["tools/twin.ts", "--port", "0", "--measured", measured], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const [printed] = (await once(twin.stdout, "data")) as [Buffer];
    const [endpoint = ""] = /http:\S+/.exec(String(printed)) ?? [];
    expect(String(printed)).toContain("as measured: interfaceAppears");
    const ssm = new SSMClient({
      endpoint,
      region: "us-east-1",
      credentials: { accessKeyId: "operator", secretAccessKey: "operator" },
    });
    await ssm.send(new PutParameterCommand({ Name: "/now", Type: "String", Value: "now" }));
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: "/now" }));
    const behindMs = Date.now() - Number(Parameter?.LastModifiedDate);
    expect(Math.abs(behindMs)).toBeLessThan(60_000);
  } finally {
    twin.kill();
    await once(twin, "exit");
  }
});
