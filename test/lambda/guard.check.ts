import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Partner } from "../guard/partner.ts";
import { LambdaFunction } from "./lambda-function.ts";

/** What a caller gets of an environment that has ended its process. */
const exited = { status: 502, text: expect.stringContaining("Runtime.ExitError") };

/** The guard as it is shipped, in Lambda's own runtime client: what callers get, and which process answers. */
describe("a guarded function under Lambda's runtime client", () => {
  let folder: string;
  let partner: Partner;
  let lambda: LambdaFunction | undefined;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "guard-lambda-"));
    partner = await Partner.start();
  });
  afterEach(async () => {
    await lambda?.stop();
    await partner.stop();
    rmSync(folder, { recursive: true });
  });

  const optionsOf = (options: object) => {
    const quick = { maxExits: 2, spacingMs: 0, jitterMs: 0, confirmAfterMs: 1, timeoutMs: 2000 };
    return JSON.stringify({ url: partner.url, statePath: join(folder, "state.json"), ...quick, ...options });
  };

  /** The function of the published recipe (docs/guard.md): an async handler, in a CommonJS module. */
  async function deploy(options: object = {}): Promise<LambdaFunction> {
    cpSync("dist/guard.cjs", join(folder, "guard.cjs"));
    const code = `
      const { withEgressGuard } = require("./guard.cjs");
      let calls = 0;
      exports.handler = withEgressGuard(async (event, context) => {
        if (event.fails) throw new RangeError("of the handler");
        return { statusCode: 200, pid: process.pid, calls: ++calls, event, name: context.functionName };
      }, ${optionsOf(options)});
    `;
    writeFileSync(join(folder, "index.js"), code);
    lambda = await LambdaFunction.start(folder, "index.handler");
    return lambda;
  }

  const exits = () => JSON.parse(readFileSync(join(folder, "state.json"), "utf8")).exits as number;

  it("is tested once and then called with event and context", async () => {
    const orders = await deploy();
    const answers = [await orders.invoke({ id: 1 }), await orders.invoke({ id: 2 })];
    const results = answers.map(({ text }) => JSON.parse(text));
    expect(results).toMatchObject([
      { statusCode: 200, calls: 1, event: { id: 1 }, name: "orders" },
      { statusCode: 200, calls: 2, event: { id: 2 } },
    ]);
    expect(results[1].pid).toBe(results[0].pid);
    expect(partner.tests).toBe(1);
  });

  it("fails its caller as the handler fails, without an exit", async () => {
    const orders = await deploy();
    const { text } = await orders.invoke({ fails: true });
    expect(JSON.parse(text)).toMatchObject({ errorType: "RangeError", errorMessage: "of the handler" });
    expect(JSON.parse((await orders.invoke({})).text)).toMatchObject({ calls: 1 });
  });

  it("ends its process when the partner blocks it, and the next call meets a new one", async () => {
    partner.play = "block";
    const orders = await deploy();
    expect(await orders.invoke({})).toEqual(exited);
    expect(orders.output).toContain('"GuardExit":1');
    partner.play = "healthy";
    expect(JSON.parse((await orders.invoke({})).text)).toMatchObject({ statusCode: 200, calls: 1 });
    expect(exits()).toBe(1);
  });

  it("spends its exits, which outlive the process, and then lets the calls pass", async () => {
    partner.play = "block";
    const orders = await deploy();
    expect([await orders.invoke({}), await orders.invoke({})]).toEqual([exited, exited]);
    expect(JSON.parse((await orders.invoke({})).text)).toMatchObject({ statusCode: 200, calls: 1 });
    expect(exits()).toBe(2);
    expect(orders.output).toContain('"GuardExhausted":1');
  });

  it("fails calls with an error of its own when that is asked for, and its process lives on", async () => {
    partner.play = "block";
    const orders = await deploy({ maxExits: 0, onExhausted: "throw", retestMs: 1000 });
    const { text } = await orders.invoke({});
    expect(JSON.parse(text)).toMatchObject({ errorType: "EgressBlockedError" });
    expect(orders.output).not.toContain("Runtime.ExitError");
  });

  it("ends its process when the partner is silent and another page is not, where silence counts", async () => {
    partner.play = "hang";
    const control = await Partner.start();
    const orders = await deploy({ exitOn: ["silence"], controlUrl: control.url, timeoutMs: 300 });
    expect(await orders.invoke({})).toEqual(exited);
    partner.play = "healthy";
    expect(JSON.parse((await orders.invoke({})).text)).toMatchObject({ statusCode: 200 });
    await control.stop();
  });

  it("ends its process while it is loaded, in a module that waits for the test", async () => {
    partner.play = "block";
    cpSync("dist/guard.mjs", join(folder, "guard.mjs"));
    const code = `
      import { withEgressGuard } from "./guard.mjs";
      export const handler = withEgressGuard(async () => "loaded", ${optionsOf({ mode: "init" })});
      await handler.ready;
    `;
    writeFileSync(join(folder, "index.mjs"), code);
    lambda = await LambdaFunction.start(folder, "index.handler");
    // The emulator has no words for an exit before the first call.
    expect(await lambda.invoke({})).toMatchObject({ status: 502 });
    expect(lambda.output).toContain("exit status 1");
    partner.play = "healthy";
    expect(await lambda.invoke({})).toEqual({ status: 200, text: '"loaded"' });
  });

  it("goes on streaming its response", async () => {
    cpSync("dist/guard.cjs", join(folder, "guard.cjs"));
    const code = `
      const { withEgressGuard } = require("./guard.cjs");
      const streamed = awslambda.streamifyResponse(async (event, stream) => {
        stream.write("one ");
        stream.end("two");
      });
      exports.handler = withEgressGuard(streamed, ${optionsOf({})});
    `;
    writeFileSync(join(folder, "index.js"), code);
    lambda = await LambdaFunction.start(folder, "index.handler");
    expect(await lambda.invoke({})).toEqual({ status: 200, text: "one two" });
    expect(partner.tests).toBe(1);
  });
});
