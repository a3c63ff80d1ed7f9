import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetParameterCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { expect, it } from "vitest";
import { fixed } from "../../testing/twin/delays.ts";

it("npm run twin serves a region whose time is the wall's, with delays that were measured", async () => {
  const measured = join(mkdtempSync(join(tmpdir(), "measured-")), "rehearsal.json");
  writeFileSync(measured, JSON.stringify({ delays: { interfaceAppears: fixed(9_000) } }));
  const twin = spawn("node_modules/.bin/tsx", ["testing/twin/main.ts", "--port", "0", "--measured", measured], {
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
