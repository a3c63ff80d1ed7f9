import { spawn } from "node:child_process";
import { once } from "node:events";
import { GetParameterCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { expect, it } from "vitest";

it("npm run twin serves a region whose time is the wall's", async () => {
  const twin = spawn("node_modules/.bin/tsx", ["testing/twin/main.ts", "--port", "0"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const [printed] = (await once(twin.stdout, "data")) as [Buffer];
    const [endpoint = ""] = /http:\S+/.exec(String(printed)) ?? [];
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
